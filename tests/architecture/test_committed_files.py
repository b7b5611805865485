"""What no committed file may hold."""

import re

from tests.architecture import tree

BINARY = {".png", ".ico", ".jpg", ".pdf", ".woff2", ".ttf", ".gz"}
# Files that fetch something when they are run.
FETCHING = ("Makefile", "pyproject.toml", "requirements", "scripts/", ".ci/")
ADDRESS = re.compile(r"\w+://(?!localhost\b|127\.0\.0\.1\b)[\w%]")
OPTION = re.compile(r"(?:index-url|find-links|trusted-host|registry)[= ]+\S*://")


def texts():
    for path in tree.committed():
        if path.suffix not in BINARY:
            yield tree.name_of(path), path.read_text(encoding="utf-8")


def test_where_packages_come_from_is_the_machines_affair():
    """A mirror, a proxy or a disk: no file that fetches names an address, none sets an index."""
    named = [name for name, text in texts() if name.startswith(FETCHING) and ADDRESS.search(text)]
    assert named == []
    assert [name for name, text in texts() if OPTION.search(text)] == []


def test_every_locked_package_has_its_hash():
    for lock in sorted(tree.ROOT.glob("requirements*.txt")):
        text = lock.read_text(encoding="utf-8")
        hashed = re.findall(r"(?m)^[a-z0-9][^\n]*==[^\n]*\\\n    --hash=sha256:", text)
        assert len(hashed) == len(re.findall(r"(?m)^[a-z0-9]", text)), lock.name


def test_no_merge_conflict_is_left():
    marker = re.compile(r"(?m)^(<{7}|>{7}) ")
    assert [name for name, text in texts() if marker.search(text)] == []
