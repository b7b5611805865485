"""The checker complains of what it is there for: it is held against worlds that are wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tenantline.carrier.types import Accepted
from tenantline.intake.models import InboundCall
from tenantline.outbox.models import Attempt, Text
from tenantline.outbox.settle import settle
from tests import cast
from tests.faults.carrier import Carrier, Heard, Told
from tests.faults.checker import Checker
from tests.faults.machine import Clock, monotonic
from tests.faults.world import Wanted

pytestmark = pytest.mark.usefixtures("db")


@dataclass
class Sent:
    """A world in which one text was sent, and both sides know it; nothing runs."""

    carrier: Carrier
    number: str
    wanted: list[Wanted] = field(default_factory=list)
    silent_from: list[datetime] = field(default_factory=list)

    @property
    def complaints(self) -> list[str]:
        """What the checker says, without the words of the texts."""
        return sorted({one.partition(":")[0] for one in Checker(self).check().complaints})  # type: ignore[arg-type]

    def hears(self, body: str, *, answered: bool = True) -> Heard:
        """Let the carrier have an inbound text that our webhook answered, or did not."""
        sid = self.carrier.receive(from_=self.number, to="+15125550100", body=body).sid
        now = self.carrier.clock.now()
        heard = Heard(sid, self.number, body, now, now, now if answered else None, monotonic())
        self.carrier.heard.append(heard)
        return heard


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Sent]:
    carrier = Carrier(Clock(tmp_path / "clock"))
    site = cast.site()
    who = cast.opted_in(site)
    Text.objects.update(state="withheld")
    message = cast.write(who, "Hello")
    [job] = cast.claim(now=carrier.clock.now() + timedelta(seconds=3))
    number = str(cast.mobile_of(who))
    token = Attempt.objects.get(pk=job.attempt_id).token
    taken = carrier.send(number, cast.number_of(site), "Hello")
    taken.form["StatusCallback"] = f"/twilio/status/{token}"
    carrier.seen_at[taken.status_callback] = monotonic()
    settle(attempt_id=job.attempt_id, outcome=Accepted(taken.sid, "queued", 1), now=cast.at_noon())
    yield Sent(carrier, number, [Wanted(str(who.pk), number, "Hello", "key", message.pk)])
    carrier.close()


def test_it_has_nothing_to_say_where_both_sides_agree(world):
    assert world.complaints == []


def test_it_sees_a_text_that_was_taken_twice(world):
    world.carrier.send(world.number, "+15125550100", "Hello")
    assert "twice" in world.complaints


def test_it_sees_a_text_that_nobody_here_knows_of(world):
    world.carrier.send(world.number, "+15125550100", "Other words")
    assert world.complaints == ["disagrees"]


def test_it_sees_a_text_that_never_left(world):
    Text.objects.filter(body="Hello").update(state="queued")
    assert world.complaints == ["lost"]


def test_it_sees_a_text_that_we_only_believe_was_taken(world):
    world.carrier.messages.clear()
    assert world.complaints == ["disagrees"]


def test_it_sees_a_text_that_was_withheld_for_nothing(world):
    Text.objects.filter(body="Hello").update(state="withheld")
    assert world.complaints == ["lost"]


def test_it_sees_a_text_that_left_after_a_stop_was_answered(world):
    heard = world.hears("STOP")
    Attempt.objects.update(started_at=heard.received + timedelta(seconds=1))
    assert "after a STOP" in world.complaints


def test_it_sees_a_text_that_left_after_a_stop_that_only_the_carrier_has(world):
    heard = world.hears("STOP", answered=False)
    Attempt.objects.update(started_at=heard.received + timedelta(seconds=1))
    assert "after a STOP" in world.complaints


def test_it_sees_an_answered_text_that_is_not_stored(world):
    world.hears("Hello?")
    assert world.complaints == ["not stored"]


def test_it_sees_a_stored_text_that_nobody_worked_on(world):
    heard = world.hears("Hello?")
    now = heard.received
    InboundCall.objects.create(
        message_sid=heard.sid, sender=world.number, params={}, received_at=now
    )
    assert world.complaints == ["not stored"]


def test_it_sees_a_callback_that_is_not_kept_and_not_applied(world):
    [taken] = world.carrier.accepted
    world.carrier.tellings.append(Told(taken.sid, "delivered", answered=True))
    assert world.complaints == ["disagrees", "not stored"]
