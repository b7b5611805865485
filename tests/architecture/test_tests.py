"""Rules for the tests themselves."""

import ast

from tests.architecture import tree

TEST_LINES = 25


def test_nothing_is_patched_by_its_dotted_path():
    """A patched path proves that code calls what the test says; a stand-in proves that it works.

    `unittest.mock.patch` is refused by ruff (pyproject.toml, banned-api).
    """
    patched = [
        f"{tree.name_of(path)}:{call.lineno}"
        for path in tree.python_files(below=tree.ROOT / "tests")
        for call in tree.calls(tree.parse(path))
        if tree.dotted(call.func).endswith("patch.setattr") and is_text(call.args[:1])
    ]
    assert patched == []


def is_text(arguments: list[ast.expr]) -> bool:
    return bool(arguments) and isinstance(arguments[0], ast.Constant)


def test_every_test_is_short():
    long = {
        f"{tree.name_of(path)}:{node.lineno} {node.name}": length
        for path in tree.python_files(below=tree.ROOT / "tests")
        for node in ast.walk(tree.parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and (length := (node.end_lineno or 0) - node.lineno + 1) > TEST_LINES
    }
    assert long == {}
