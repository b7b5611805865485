"""Small files and small functions, so that one person can hold the house in the head."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

from tests.architecture import tree

FILE_LINES = 400
FUNCTION_LINES = 60
FUNCTION_LINES_OF_NINE_IN_TEN = 30
# Style sheets, scripts and templates are read by people too.
WRITTEN_BY_HAND = {".py", ".html", ".css", ".js", ".typ", ".sh"}


def test_no_source_file_is_longer_than_400_lines():
    lengths = {
        tree.name_of(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in tree.committed()
        if path.suffix in WRITTEN_BY_HAND and path.parent.name != "migrations"
    }
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES} == {}


def test_no_function_is_longer_than_60_lines():
    long = {where: lines for where, lines in functions(tree.ROOT) if lines > FUNCTION_LINES}
    assert long == {}


def test_nine_functions_in_ten_have_30_lines_or_fewer():
    lengths = [lines for _, lines in functions(tree.PACKAGE)]
    assert quantiles(lengths, n=10)[-1] <= FUNCTION_LINES_OF_NINE_IN_TEN


def functions(below: Path) -> Iterator[tuple[str, int]]:
    for path in tree.python_files(below=below):
        for node in ast.walk(tree.parse(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                where = f"{tree.name_of(path)}:{node.lineno} {node.name}"
                yield where, node.end_lineno - node.lineno + 1
