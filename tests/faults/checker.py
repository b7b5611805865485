"""Compares what the carrier holds with what we hold, one to one, after a round.

It asks the tables directly and none of the product's own questions, so that it cannot share their
mistakes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tenantline.consent import ledger
from tenantline.consent.models import LedgerEvent
from tenantline.conversations.models import Message
from tenantline.intake.models import InboundCall, StatusCall
from tenantline.outbox.models import Attempt, Text

if TYPE_CHECKING:
    from tests.faults.carrier import Heard
    from tests.faults.world import Wanted, World

TAKEN = {"sent", "delivered", "undelivered"}
# R1: the gate's yes is at most two seconds old at the socket; the rest is a slow machine's.
ON_ITS_WAY = 5.0


@dataclass
class Count:
    """What rounds have come to; from ``lost`` on, everything has to be 0."""

    texts: int = 0
    stops: int = 0
    inbound: int = 0
    callbacks: int = 0
    lost: int = 0
    twice: int = 0
    after_stop: int = 0
    unstored: int = 0
    disagreements: int = 0

    def __add__(self, other: Count) -> Count:
        """Both together."""
        ours, theirs = asdict(self), asdict(other)
        return Count(**{name: ours[name] + theirs[name] for name in ours})

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing went wrong."""
        wrong = (self.lost, self.twice, self.after_stop, self.unstored, self.disagreements)
        return not any(wrong)

    def since(self, earlier: Count) -> Count:
        """What has come in addition to an earlier count of the same world."""
        ours, before = asdict(self), asdict(earlier)
        return Count(**{name: ours[name] - before[name] for name in ours})


@dataclass
class Checker:
    """Judges a world that has come to rest. ``complaints`` say what is wrong, in sentences."""

    world: World
    complaints: list[str] = field(default_factory=list)
    count: Count = field(default_factory=Count)

    def check(self) -> Checker:
        """Count what is there and what is wrong with it."""
        self.count = Count(
            texts=len(self.world.carrier.accepted),
            stops=sum(heard.body == "STOP" for heard in self.world.carrier.heard),
            inbound=len(self.world.carrier.heard),
            callbacks=len(self.world.carrier.tellings),
            lost=self._note("lost", self._lost()),
            twice=self._note("twice", self._twice()),
            after_stop=self._note("after a STOP", self._after_stop()),
            unstored=self._note("not stored", self._unstored()),
            disagreements=self._note("disagrees", self._disagreements()),
        )
        return self

    def _note(self, kind: str, found: Iterator[str]) -> int:
        sentences = [f"{kind}: {one}" for one in found]
        self.complaints += sentences
        return len(sentences)

    def _lost(self) -> Iterator[str]:
        """A text that somebody was told is queued, and that neither left nor was withheld."""
        for wanted in self.world.wanted:
            if wanted.message is None:
                continue
            row = Message.objects.select_related("text").filter(pk=wanted.message).first()
            if row is None or row.text is None:
                yield f"{wanted.body!r} is not in the database"
            elif row.text.state not in self._ends(wanted):
                yield f"{wanted.body!r} to {wanted.number} ended as {row.text.state}"

    def _ends(self, wanted: Wanted) -> set[str]:
        """The states in which a text may end."""
        if wanted.is_refused:
            return {"failed"}
        return TAKEN | {"withheld"} if self._stopped(wanted.number) else TAKEN

    def _stopped(self, number: str) -> bool:
        heard = self.world.carrier.heard
        return any(one.sender == number and one.body == "STOP" for one in heard)

    def _twice(self) -> Iterator[str]:
        wanted = Counter((one.number, one.body) for one in self.world.wanted if one.message)
        taken = Counter((one.recipient, one.body) for one in self.world.carrier.accepted)
        for (number, body), times in taken.items():
            # What nobody wrote by hand are confirmations: one for each person.
            if times > max(1, wanted[number, body]):
                yield f"{body!r} was taken {times} times for {number}"

    def _disagreements(self) -> Iterator[str]:
        """Texts that the carrier took and rows that say so, one to one; statuses; the ledger."""
        rows = {
            row.carrier_sid or "": row
            for row in Text.objects.select_related("clearance").exclude(carrier_sid=None)
        }
        taken = {message.sid: message for message in self.world.carrier.accepted}
        for sid in taken.keys() - rows.keys():
            yield f"nobody here knows of {taken[sid].body!r}, which the carrier took"
        for sid in rows.keys() - taken.keys():
            yield f"the carrier never took {rows[sid].body!r}"
        for sid in taken.keys() & rows.keys():
            ours, theirs = rows[sid], taken[sid]
            if (ours.clearance.number, ours.body) != (theirs.recipient, theirs.body):
                yield f"{ours.body!r} here is {theirs.body!r} there"
        told = {(one.sid, one.status) for one in self.world.carrier.told if one.answered}
        delivered = {sid for sid, status in told if status == "delivered"}
        for sid in delivered & rows.keys():
            if rows[sid].state != "delivered":
                yield f"{rows[sid].body!r} was told as delivered and is {rows[sid].state}"
        yield from self._broken_chain()

    def _after_stop(self) -> Iterator[str]:
        started = {
            attempt.token: attempt.started_at
            for attempt in Attempt.objects.only("token", "started_at")
        }
        for heard in self.world.carrier.heard:
            if heard.body != "STOP":
                continue
            for message in self.world.carrier.sent_to(heard.sender):
                token = message.status_callback.rpartition("/")[2]
                seen = self.world.carrier.seen_at[message.status_callback]
                late = heard.answered_at is not None and seen > heard.answered_at + ON_ITS_WAY
                # Attempts that a restore took away can no longer be asked when they began.
                claimed = started.get(token)
                if late or (claimed is not None and claimed > self._known_by(heard)):
                    yield f"{message.body!r} left for {heard.sender} after its STOP"

    def _known_by(self, heard: Heard) -> datetime:
        """From when on nothing may be claimed for a number whose STOP this is.

        A call that we answered, or gave up with an error, is known to be open or lost until then.
        A web process that was killed says nothing: workers notice its silence.
        """
        if heard.answered is not None:
            return heard.answered
        came = heard.given_up or heard.received
        return max([came, *self.world.silent_from])

    def _unstored(self) -> Iterator[str]:
        """Inbound texts and callbacks: stored once, worked on, shown once."""
        stored = {row.message_sid: row for row in InboundCall.objects.all()}
        shown = Counter(Message.objects.exclude(call=None).values_list("call_id", flat=True))
        for heard in self.world.carrier.heard:
            row = stored.get(heard.sid)
            if row is None:
                how = "was answered 2xx" if heard.answered else "was missed"
                yield f"{heard.body!r} from {heard.sender} {how} and is not here"
            elif row.worked_at is None or shown[row.pk] != 1:
                yield f"{heard.body!r} from {heard.sender} is shown {shown[row.pk]} times"
        told = Counter((one.sid, one.status) for one in self.world.carrier.told if one.answered)
        kept = Counter(StatusCall.objects.values_list("message_sid", "status"))
        for (sid, status), times in told.items():
            if kept[sid, status] < times:
                yield f"{status} of {sid} was told {times} times and kept {kept[sid, status]} times"

    def _broken_chain(self) -> Iterator[str]:
        previous: str | None = None
        for event in LedgerEvent.objects.order_by("sequence"):
            if event.hash != ledger.event_hash(event):
                yield f"ledger event {event.sequence} was altered"
            if previous is not None and event.previous != previous:
                yield f"ledger event {event.sequence} does not follow the one before"
            previous = event.hash
