"""A small house with something in every corner, and ways to copy it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from tenantline.backups import actions, restoring, tables
from tenantline.backups.manifest import Manifest
from tenantline.backups.restoring import Restored
from tenantline.conversations.models import Message
from tenantline.facilities.models import Facility
from tenantline.kernel import clock
from tenantline.outbox.models import Text
from tests import cast
from tests.support import databases

CHANGED_BY_A_RESTORE = {
    "carrier_sandboxtext",
    "consent_ledgerhead",
    "outbox_attempt",
    "outbox_text",
}
GROWN_BY_A_RESTORE = {
    "audit_entry",
    "consent_ledgerevent",
    "consent_particulars",
    "recovery_recovery",
}


def nobody(_done: int, _total: int) -> None:
    """Look at no progress."""


def contents() -> dict[str, list[bytes]]:
    """Return all that a backup would hold, by table."""
    return {
        tables.table_of(model): list(tables.written(model, using="default"))
        for model in tables.kept()
    }


def beside(work: Callable[[], object]) -> None:
    """Do something on a thread with a connection of its own, as another process would."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join(60)
    assert not thread.is_alive(), "a writer was held up"
    assert not failures, failures


@dataclass
class House:
    """A facility with a line, tenants and texts in every state; backups of it lie in ``folder``."""

    site: Facility
    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "house.tenantline"

    def back_up(self, tell: actions.Tell = nobody) -> Manifest:
        """Make a backup."""
        return actions.make(file=self.file, now=clock.now(), tell=tell)

    def restore(self, *, replace: bool = True) -> Restored:
        """Put the backup in the place of what is there."""
        return restoring.restore(
            file=self.file, replace=replace, by=cast.TESTER, now=clock.now(), tell=nobody
        )


def built(folder: Path) -> House:
    """Build a house in the database that is there."""
    site = cast.site()
    who = cast.opted_in(site)
    cast.stopped(site)
    cast.member("olive", "owner")
    cast.write(who, "Your unit is ready: “A12”.")
    cast.receive(cast.mobile_of(who), site, "Gracias 🎉")
    assert Text.objects.exists()
    assert Message.objects.exists()
    return House(site, folder)


@pytest.fixture(scope="module")
def shared_database(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path]:
    """A database for all tests of a file, which look at one thing that was done in it once."""
    folder = tmp_path_factory.mktemp("shared")
    with django_db_blocker.unblock(), databases.fresh(folder):
        yield folder
