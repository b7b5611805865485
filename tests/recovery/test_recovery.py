"""What may leave while the installation recovers from a restore, and when that is over (R7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tenantline.backups import recovering
from tenantline.facilities.models import Line
from tenantline.intake import hearing
from tenantline.kernel import clock
from tenantline.kernel.errors import BadInput, NotFound
from tenantline.outbox import actions as outbox
from tenantline.outbox import claiming, stale, waiting
from tenantline.outbox.models import Attempt, Text
from tenantline.recovery import actions, queries, rules
from tests import cast

pytestmark = pytest.mark.django_db
EVERYTHING = [item.key for item in rules.UNKNOWABLE]


def restored() -> None:
    """Say that a backup was restored just now."""
    now = clock.now()
    made_at = now - timedelta(hours=3)
    actions.begin(backup_id="b", made_at=made_at, texts=0, by=cast.TESTER, now=now)


def read(*lines: Line) -> None:
    """Let somebody listen, and these lines be read to their end."""
    now = clock.now()
    hearing.beat(name="web", unbroken=True, now=now)
    for line in lines:
        hearing.note_reading(line_id=line.pk, began_at=clock.now(), now=now)


def claimed() -> list[bool]:
    """Claim what may leave; return of each text whether it is automatic."""
    jobs = claiming.claim(worker="w", limit=9, now=clock.now() + timedelta(seconds=2))
    texts = Text.objects.filter(attempts__in=[job.attempt_id for job in jobs])
    return list(texts.values_list("automatic", flat=True))


@pytest.fixture
def lines() -> list[Line]:
    """Two lines; at the first an automatic text waits, and one that a person wrote."""
    first = cast.line(cast.facility())
    cast.write(cast.opted_in(first.facility))
    second = cast.line(cast.facility("MESA"))
    restored()
    return [first, second]


def test_nothing_leaves_before_every_line_has_been_read_back(lines):
    read(lines[0])
    assert claimed() == []
    read(*lines)
    assert claimed() == [False]


def test_a_reading_from_before_the_restore_does_not_count(lines):
    read(*lines)
    restored()
    assert claimed() == []


def test_an_owner_can_go_on_without_a_line_that_cannot_be_read(lines):
    read(lines[0])
    actions.leave_out(
        line_id=lines[1].pk,
        facility_id=lines[1].facility_id,
        by=cast.TESTER,
        now=clock.now(),
    )
    assert claimed() == [False]


def test_automatic_texts_are_held_until_an_owner_has_confirmed(lines):
    read(*lines)
    Text.objects.filter(automatic=False).update(state="withheld")
    assert claimed() == []
    actions.confirm(ticked=EVERYTHING, by=cast.TESTER, now=clock.now())
    assert claimed() == [True]


def test_what_a_backup_cannot_know_is_confirmed_as_a_whole(lines):
    with pytest.raises(BadInput, match="Go through the whole list"):
        actions.confirm(ticked=EVERYTHING[1:], by=cast.TESTER, now=clock.now())
    found = queries.current()
    assert found is not None
    assert found.confirmed_at is None


def test_it_is_over_when_all_is_read_and_found_and_confirmed(lines):
    now = clock.now()
    assert not recovering.end_if_done(now=now)
    actions.confirm(ticked=EVERYTHING, by=cast.TESTER, now=now)
    assert not recovering.end_if_done(now=now)
    read(*lines)
    assert recovering.end_if_done(now=clock.now())
    with pytest.raises(NotFound):
        actions.confirm(ticked=EVERYTHING, by=cast.TESTER, now=now)


def test_a_text_that_is_looked_for_holds_the_end_up_and_one_for_a_person_does_not(lines):
    read(*lines)
    actions.confirm(ticked=EVERYTHING, by=cast.TESTER, now=clock.now())
    text = Text.objects.filter(automatic=False).get()
    Text.objects.filter(pk=text.pk).update(state="unknown")
    attempt = Attempt.objects.create(text=text, token="t", started_at=clock.now())
    assert not recovering.end_if_done(now=clock.now())
    Attempt.objects.filter(pk=attempt.pk).update(doubtful_sid="SM1")
    progress = recovering.progress(clock.now())
    assert progress is not None
    assert (progress.open_texts, progress.doubtful) == (0, 1)
    assert recovering.end_if_done(now=clock.now())


def test_another_restore_begins_anew(lines):
    actions.confirm(ticked=EVERYTHING, by=cast.TESTER, now=clock.now())
    restored()
    found = queries.current()
    assert found is not None
    assert found.confirmed_at is None


def test_without_a_restore_there_is_nothing_to_recover_from():
    assert queries.current() is None
    assert recovering.progress(clock.now()) is None
    assert not recovering.end_if_done(now=clock.now())


def test_what_waits_says_that_it_waits_for_the_recovery(lines):
    outbox.beat(worker="w", started_at=clock.now(), now=clock.now())
    mine, automatic = Text.objects.order_by("automatic")
    read(lines[0])
    assert "every line has been read back" in why(mine)
    read(*lines)
    assert "wait for an owner's word" in why(automatic)
    assert "owner" not in why(mine)


def why(text: Text) -> str:
    found = waiting.of([text], now=clock.now()).get(text.pk)
    return found.words if found else ""


def test_texts_that_were_young_in_the_backup_are_asked_about(lines):
    text = Text.objects.filter(automatic=False).get()
    made_at = clock.now() - timedelta(days=30)
    asked = {"state": "sent", "carrier_sid": "SM1", "line": lines[0], "sent_at": made_at}
    Text.objects.filter(pk=text.pk).update(**asked, next_at=made_at)
    assert stale.stale(now=clock.now()) == []
    now = clock.now()
    actions.begin(backup_id="old", made_at=made_at, texts=0, by=cast.TESTER, now=now)
    assert stale.stale(now=now) == [text]
