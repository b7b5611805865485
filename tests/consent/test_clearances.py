"""What let a text go can be neither altered, invented, copied nor deleted unseen (ADR 23)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest

from tenantline.consent import chain, ledger
from tenantline.consent.models import Clearance, LedgerEvent
from tenantline.conversations.models import Message
from tenantline.kernel import clock
from tenantline.outbox.models import Text
from tests import cast
from tests.consent.test_anchor import broken, folder  # noqa: F401 - a data directory of its own
from tests.consent.test_chain import opened  # noqa: F401 - a ledger without walls

pytestmark = pytest.mark.django_db
Committing = Callable[..., AbstractContextManager[list[Callable[[], None]]]]


@pytest.fixture
def noted(
    opened: list[LedgerEvent],  # noqa: F811
    django_capture_on_commit_callbacks: Committing,
) -> Clearance:
    """The clearance of a text that was written, noted when it was committed."""
    with django_capture_on_commit_callbacks(execute=True):
        message = cast.write(cast.opted_in(cast.site("MESA")))
    return cast.outgoing(message).clearance


def delete(row: Clearance) -> None:
    """Delete a clearance with all that rests on it, as whoever holds the database can."""
    Message.objects.filter(text__clearance=row).delete()
    Text.objects.filter(clearance=row).delete()
    Clearance.objects.filter(pk=row.pk).delete()


def test_every_clearance_is_noted_when_it_is_committed(noted: Clearance):
    found = chain.verify_all().clearances
    # The START of the ledger made before was heard without a commit.
    assert (found.kept - found.noted, found.noted) == (1, 2)


def test_a_deleted_clearance_is_named(noted: Clearance):
    delete(noted)
    assert broken().startswith(f"Clearance {noted.pk}, which let a text go on ")
    assert broken().endswith("is missing: it was deleted.")


def test_a_clearance_put_in_a_deleted_ones_place_is_named(noted: Clearance):
    delete(noted)
    noted.purpose, noted.pk = "notice", noted.pk
    noted.seal = ledger.clearance_seal(noted)
    noted.save(force_insert=True)
    assert "is another one now" in broken()


def test_a_copied_clearance_is_named(noted: Clearance):
    noted.pk = None
    noted.save(force_insert=True)
    assert broken() == f"Clearance {noted.pk} is a copy of another one."


def test_a_restore_explains_only_what_its_backup_cannot_hold(noted: Clearance):
    delete(noted)
    now = clock.now()
    chain.go_on_after_restore(backup_id="B1", made_at=now + timedelta(hours=1), now=now)
    assert broken().startswith(f"Clearance {noted.pk}")
    chain.go_on_after_restore(
        backup_id="B2", made_at=now - timedelta(hours=1), now=clock.now() + timedelta(seconds=1)
    )
    assert chain.verify_all().clearances.noted == 2


def test_a_lost_note_is_no_alarm(noted: Clearance, folder: Path):  # noqa: F811
    for path in folder.glob("consent-clearances-*"):
        path.unlink()
    assert chain.verify_all().clearances.noted == 0


def test_the_end_alone_is_checked_without_walking_the_ledger(
    opened: list[LedgerEvent],  # noqa: F811
):
    ledger.note_end()
    assert chain.check_end().marks == 1
    LedgerEvent.objects.filter(pk=opened[-1].pk).delete()
    with pytest.raises(ledger.LedgerBroken, match="ends at event"):
        chain.check_end()
