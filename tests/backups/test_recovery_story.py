"""A restore, told to its end: nothing twice, nothing after a STOP (R7)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tenantline.backups import actions, recovering, restoring
from tenantline.kernel import clock
from tenantline.outbox.models import Text
from tenantline.recovery import actions as recovery
from tenantline.recovery import rules
from tenantline.tenants.models import Tenant
from tests import cast
from tests.backups.conftest import nobody
from tests.worker.conftest import Desk, at_work, desk

__all__ = ["desk"]


@dataclass
class Story:
    """Three texts wait in a backup. One leaves after it, one's tenant texts STOP, one stays."""

    desk: Desk
    file: Path
    left: Text
    stopped: Text
    never_taken: Text
    confirmation: Text

    def restored(self) -> None:
        """Lose everything since the backup."""
        restoring.restore(
            file=self.file, replace=True, by=cast.TESTER, now=clock.now(), tell=nobody
        )

    def now(self, text: Text) -> Text:
        """Return a text as it is now."""
        self.desk.listen()
        return Text.objects.get(pk=text.pk)


def waiting(who: Tenant, body: str) -> Text:
    """Return a text that waits in the queue."""
    text = cast.write(who, body).text
    assert text is not None
    return text


@pytest.fixture
def story(desk: Desk, tmp_path: Path, settings) -> Story:
    settings.SETTLE_SECONDS = 1
    people = [cast.opted_in(desk.site, name) for name in ("Ann", "Bob", "Cid", "Dora")]
    confirmation = Text.objects.get(clearance__tenant=people[3])
    Text.objects.exclude(pk=confirmation.pk).update(state="withheld")
    told = Story(
        desk=desk,
        file=tmp_path / "backup",
        left=waiting(people[0], "Your gate code has changed."),
        stopped=waiting(people[1], "See you at noon."),
        never_taken=waiting(people[2], "Unit B7 is clean again."),
        confirmation=confirmation,
    )
    actions.make(file=told.file, now=clock.now(), tell=nobody)
    desk.twilio.send(cast.mobile_of(people[0]), desk.line.number, told.left.body)
    desk.twilio.receive(from_=cast.mobile_of(people[1]), to=desk.line.number, body="STOP")
    return told


def settled(story: Story) -> None:
    """Let a worker do what it can without an owner."""
    with at_work():
        story.desk.waits_for("sent", story.left)
        story.desk.waits_for("withheld", story.stopped)
        story.desk.waits_for("sent", story.never_taken)
        story.desk.waits_for("queued", story.confirmation)


def assert_each_went_once(story: Story) -> None:
    """What had left is adopted, what a STOP overtook is withheld, the third was sent now."""
    bodies = [message.body for message in story.desk.twilio.accepted]
    assert sorted(bodies) == sorted([story.left.body, story.never_taken.body])
    [adopted] = story.desk.twilio.sent_to(story.left.clearance.number)
    assert story.now(story.left).carrier_sid == adopted.sid
    assert story.now(story.stopped).reason_code == "opted_out"


def test_each_text_is_settled_as_it_really_went_and_automatic_ones_wait_for_an_owner(
    story: Story,
):
    story.restored()
    settled(story)
    assert_each_went_once(story)
    assert not recovering.end_if_done(now=clock.now())
    ticked = [item.key for item in rules.UNKNOWABLE]
    recovery.confirm(ticked=ticked, by=cast.TESTER, now=clock.now())
    with at_work():
        story.desk.waits_for("sent", story.confirmation)
    recovering.end_if_done(now=clock.now())
    assert recovering.progress(clock.now()) is None
