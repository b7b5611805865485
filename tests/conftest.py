"""The ground that every test stands on: settings, databases, a closed network, a browser."""

import gc
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import django
import pytest
from django.db import connections, transaction
from playwright.sync_api import Playwright, expect
from pytest_django import DjangoDbBlocker

from tests.support import databases, environment, network

# Here and not in a hook: other conftests and test files import models when they are loaded.
DATA_DIR = environment.prepare()
network.close()
django.setup()
# Pages show what lower rooms decide, and one run says for both databases that they do. What these
# pages ask of a database, the files named ask of both; test_addresses.py opens all there are.
ON_BOTH = {
    "desk": (
        "addresses",
        "scope",
        "exports",
        "home",
        "import",
        "inbox",
        "tenants",
        "waiting",
        "widgets",
    ),
    "public": ("counter", "statement"),
    "sandbox": ("twilio_side",),
}
# A page is waited for as long as a slow machine may need; no test asserts a speed.
expect.set_options(timeout=20_000)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Let each xdist worker load the settings from its own environment, not early from ours."""
    if session.config.getoption("numprocesses", None):
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Refuse what cannot work here, and mark what one run says for all databases."""
    _refuse_flush(item)
    if not _meets_the_suites_database(item) or _only_shows(item.path):
        item.add_marker("once")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put browser tests last, behind what pytest-django has put in order.

    Playwright leaves an event loop in its process for good, which ordinary tests must not meet.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leave what was loaded out of every later search for garbage, and search less often.

    Four thousand tests and what they stand on stay until the end; to look through them again and
    again takes a tenth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


def _meets_the_suites_database(item: pytest.Item) -> bool:
    """Tell whether a test stands on the database that the suite runs on.

    Without the marker or one of these fixtures pytest-django lets nobody near it, and an
    installation of a test's own has an SQLite of its own.
    """
    if item.get_closest_marker("django_db") is not None:
        return True
    fixtures: Iterable[str] = getattr(item, "fixturenames", ())
    return any(name in {"db", "world"} or name.endswith("database") for name in fixtures)


def _only_shows(path: Path) -> bool:
    room, name = path.parent.name, path.stem.removeprefix("test_")
    return room in ON_BOTH and name not in ON_BOTH[room]


def _refuse_flush(item: pytest.Item) -> None:
    marker = item.get_closest_marker("django_db")
    flushes = marker is not None and marker.kwargs.get("transaction", False)
    if flushes or {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())):
        raise pytest.UsageError(
            f"{item.nodeid} would flush tables that only grow; use the fixture fresh_database."
        )


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Name the test database: a file in this process's own folder, or a suffix for each worker."""
    databases.use_file_for_sqlite(DATA_DIR)


@pytest.fixture(scope="session", autouse=True)
def _settings_for_tests() -> Iterator[None]:
    """Two settings that would cost every test time and prove nothing in it."""
    from django.test import override_settings

    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            # The manifest exists only after collectstatic.
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
    ):
        yield


@pytest.fixture(autouse=True)
def _closed_network() -> Iterator[None]:
    """Fail also where a thread or a library has swallowed the refusal."""
    network.take_attempts()
    yield
    attempts = network.take_attempts()
    assert not attempts, f"tests reach this machine only, but: {attempts}"


@pytest.fixture(autouse=True)
def _database_from_a_browser_test(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Playwright's loop runs in this thread: Django takes every query for one in async code.

    It also keeps a connection of its own for such code, which nobody else would close.
    """
    if not request.node.get_closest_marker("browser"):
        yield
        return
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(scope="session")
def shared_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run, the same one for all of xdist's processes."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if hasattr(request.config, "workerinput") else own


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_modify_db_settings: None,
    shared_folder: Path,
) -> Iterator[None]:
    """The migrated database.

    pytest-django's own would leave it out when no test asks for `db`, and knows no fresh_database.
    """
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            stack.enter_context(databases.migrated(shared_folder))
        yield
        with django_db_blocker.unblock():
            stack.close()


@pytest.fixture
def fresh_database(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> Iterator[databases.FreshDatabase]:
    """A database of its own for a test that commits, uses threads or starts processes."""
    with django_db_blocker.unblock(), databases.fresh(tmp_path) as database:
        yield database


@pytest.fixture(scope="module")
def shared_rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A transaction around a module's tests: what its module's fixtures write stands for them all.

    Each test that asks for `db` as well still rolls back to where it began. Not for a module in
    which something closes the connection: a fresh database, a browser.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser that `make chromium` found or installed."""
    from scripts.ensure_chromium import find

    path = find()
    if path is None:
        pytest.fail("no Chromium on this machine: run `make chromium`")
    return path


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict, chromium_path: str) -> dict:
    """Chromium as it behaves on a closed network, as root or not."""
    quiet = (
        "--no-sandbox",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    )
    return {**browser_type_launch_args, "executable_path": chromium_path, "args": [*quiet]}


@pytest.fixture(scope="session")
def playwright(django_db_setup: None, playwright: Playwright) -> Playwright:
    """Between making and dropping the database, which both need a thread without its loop."""
    return playwright
