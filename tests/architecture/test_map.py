"""The map of the house in README.md and ARCHITECTURE.md names every room, and no other."""

import re

import pytest

from tests.architecture import tree


def rooms() -> set[str]:
    """The folders of the package."""
    return {path.parent.name for path in tree.PACKAGE.glob("*/__init__.py")}


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md"])
def test_every_room_is_on_the_map(document):
    text = (tree.ROOT / document).read_text(encoding="utf-8")
    assert [room for room in sorted(rooms()) if not re.search(rf"\b{room}/", text)] == []


def test_the_map_shows_no_room_that_is_not_there():
    text = (tree.ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| ((?:`\w+/` ?)+)\|", text)
    assert {name for row in rows for name in re.findall(r"`(\w+)/`", row)} == rooms()
