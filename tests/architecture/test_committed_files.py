"""What no committed file may hold."""

import re

from tests.architecture import tree

# Put together here, or this file would hold them.
REGISTRY_HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
    )
]
BINARY = {".png", ".ico", ".jpg", ".pdf", ".woff2", ".ttf", ".gz"}


def texts():
    for path in tree.committed():
        if path.suffix not in BINARY:
            yield tree.name_of(path), path.read_text(encoding="utf-8")


def test_no_registry_is_named():
    """Where packages come from is the machine's affair: a mirror, a proxy or a disk."""
    pattern = re.compile("|".join(map(re.escape, REGISTRY_HOSTS)), re.IGNORECASE)
    assert [name for name, text in texts() if pattern.search(text)] == []


def test_locks_hold_hashes_and_no_addresses():
    for lock in sorted(tree.ROOT.glob("requirements*.txt")):
        text = lock.read_text(encoding="utf-8")
        pinned = re.findall(r"(?m)^[a-z0-9][^\n]*==[^\n]*\\\n    --hash=sha256:", text)
        assert len(pinned) == len(re.findall(r"(?m)^[a-z0-9]", text)), lock.name
        assert "://" not in text, lock.name


def test_no_merge_conflict_is_left():
    marker = re.compile(r"(?m)^(<{7}|>{7}) ")
    assert [name for name, text in texts() if marker.search(text)] == []
