"""What the product's settings read from the environment, set before Django loads them."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tests.support import postgres

SECRET_KEY = "a-key-for-tests-only-that-opens-nothing-anywhere-0123456789"
PUBLIC_URL = "https://desk.example.test"
ENGINES = ("sqlite", "postgres")


def prepare() -> Path:
    """Make the environment the same on every machine; return the data folder."""
    engine = os.environ.get("TENANTLINE_TEST_DATABASE", "sqlite")
    if engine not in ENGINES:
        raise SystemExit(f"TENANTLINE_TEST_DATABASE must be one of {', '.join(ENGINES)}.")
    for name in list(os.environ):
        if name.startswith("TENANTLINE_") or name in {"DATABASE_URL", "EMAIL_URL"}:
            del os.environ[name]
    data_dir = Path(tempfile.mkdtemp(prefix="tenantline-test-"))
    atexit.register(shutil.rmtree, data_dir, ignore_errors=True)
    (data_dir / "static").mkdir()
    os.environ.update(
        TENANTLINE_TEST_DATABASE=engine,
        TENANTLINE_SECRET_KEY=SECRET_KEY,
        TENANTLINE_DATA_DIR=str(data_dir),
        TENANTLINE_PUBLIC_URL=PUBLIC_URL,
        # Nobody listens there; tests of e-mail start a server of their own.
        EMAIL_URL="smtp://127.0.0.1:9",
        DATABASE_URL=postgres.url()
        if engine == "postgres"
        else f"sqlite:///{data_dir}/main.sqlite3",
        DJANGO_SETTINGS_MODULE="tenantline.config.settings",
    )
    return data_dir
