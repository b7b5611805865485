"""Which SQLite the product runs on.

Python's own library may carry the WAL-reset bug (sqlite.org/wal.html#walresetbug), which can
corrupt a database under write-ahead logging. The pysqlite3 wheel brings a fixed one; it takes
the place of the standard module before Django looks for it. Where no wheel exists and the
standard library's version lies in the bad range, WAL is refused and the slower rollback journal
is used instead.
"""

from __future__ import annotations

import sqlite3
import sys

Version = tuple[int, int, int]
_FIRST_BAD: Version = (3, 7, 0)
_FIRST_FIXED: Version = (3, 51, 3)


def install() -> None:
    """Make ``import sqlite3`` mean pysqlite3 where its wheel is present. Safe to repeat."""
    try:
        import pysqlite3  # noqa: PLC0415 - absent where no wheel exists
        import pysqlite3.dbapi2  # noqa: PLC0415
    except ImportError:
        return
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def version() -> Version:
    """Return the version of the SQLite library in use."""
    module = sys.modules.get("sqlite3", sqlite3)
    major, minor, patch = module.sqlite_version_info
    return (major, minor, patch)


def wal_is_safe(found: Version) -> bool:
    """Tell whether write-ahead logging may be used with this SQLite version."""
    return not (_FIRST_BAD <= found < _FIRST_FIXED)


def journal_mode() -> str:
    """Return ``WAL``, or ``DELETE`` where the SQLite in use might corrupt a WAL."""
    return "WAL" if wal_is_safe(version()) else "DELETE"
