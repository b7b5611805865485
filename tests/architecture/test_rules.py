"""docs/rules.md and the code say the same: every rule has its row, every name in it exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.architecture import tree

RULES = [f"R{number}" for number in range(1, 17)]
ROW = re.compile(r"(?m)^\| \*\*(R\d+)\*\* [^|]+\|[^|]+\|([^|]*)\|([^|]*)\|$")
NAME = re.compile(r"`([a-z_]+(?:\.\w+)+)`")
TEST_FILE = re.compile(r"`(tests/[\w/]+\.py)`")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
LATER = "with a later issue"


def rows() -> dict[str, tuple[str, str]]:
    """Rule to (decided by, tried in)."""
    text = (tree.ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    return {rule: (decided, tried) for rule, decided, tried in ROW.findall(text)}


def test_every_rule_has_a_row():
    assert list(rows()) == RULES


@pytest.mark.parametrize("rule", RULES)
def test_what_decides_a_rule_exists(rule):
    decided, _ = rows()[rule]
    names = NAME.findall(decided)
    assert names or LATER in decided
    assert [name for name in names if not exists(name)] == []


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_is_decided_is_tried(rule):
    decided, tried = rows()[rule]
    files = TEST_FILE.findall(tried)
    assert files or LATER in decided
    assert [name for name in files if not (tree.ROOT / name).is_file()] == []


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_is_decided_is_named_in_the_code(rule):
    decided, _ = rows()[rule]
    named = re.compile(rf"\b{rule}\b")
    files = tree.python_files(below=tree.PACKAGE)
    found = any(named.search(path.read_text(encoding="utf-8")) for path in files)
    assert found or LATER in decided


def test_every_test_that_a_document_names_exists():
    documents = [path for path in tree.committed() if path.suffix == ".md"]
    named = {
        (file, test)
        for path in documents
        for file, test in TEST.findall(path.read_text(encoding="utf-8"))
    }
    missing = [f"{file}::{test}" for file, test in named if test not in defined(tree.ROOT / file)]
    assert missing == []


def exists(name: str) -> bool:
    """Whether `room.file.thing` (or `room.file.Class.method`) is defined below the package."""
    room, file, *thing = name.split(".")
    return ".".join(thing) in defined(tree.PACKAGE / room / f"{file}.py")


@cache
def defined(path: Path) -> frozenset[str]:
    """The functions, classes, methods and constants that a file defines."""
    return frozenset(names(tree.parse(path).body)) if path.is_file() else frozenset()


def names(body: list[ast.stmt], prefix: str = "") -> list[str]:
    found = []
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.append(prefix + node.name)
        if isinstance(node, ast.ClassDef):
            found += names(node.body, f"{prefix}{node.name}.")
        if isinstance(node, ast.AnnAssign | ast.Assign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found += [prefix + target.id for target in targets if isinstance(target, ast.Name)]
    return found
