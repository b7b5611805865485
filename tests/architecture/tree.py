"""The project's files as these tests read them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "tenantline"


@cache
def committed() -> tuple[Path, ...]:
    """Every file that a commit of this work tree would hold: tracked or new, and not ignored."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    paths = (ROOT / name for name in listing.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def python_files(*, below: Path = ROOT) -> Iterator[Path]:
    """The Python sources under a folder, but for migrations: a program writes those."""
    return (path for path in _python(below) if path.parent.name != "migrations")


def migrations() -> Iterator[Path]:
    """Every migration of the product."""
    return (path for path in _python(PACKAGE) if path.parent.name == "migrations")


def _python(below: Path) -> Iterator[Path]:
    return (path for path in committed() if path.suffix == ".py" and path.is_relative_to(below))


def parse(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name_of(path: Path) -> str:
    """A path as a person would say it."""
    return path.relative_to(ROOT).as_posix()


def dotted(node: ast.AST) -> str:
    """`a.b.c` for a chain of attributes; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = dotted(node.value)
        return f"{left}.{node.attr}" if left else ""
    return ""


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call in a tree."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))
