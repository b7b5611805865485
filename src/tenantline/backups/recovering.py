"""How far the installation has recovered from a restore, and when that is over (R7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tenantline.facilities import queries as facilities
from tenantline.intake import hearing
from tenantline.intake import queries as intake
from tenantline.outbox import restored
from tenantline.recovery import actions, queries, rules

if TYPE_CHECKING:
    from tenantline.facilities.models import Line
    from tenantline.recovery.models import Recovery


@dataclass(frozen=True, slots=True)
class LineBack:
    """A line that has to be read back: whether it was, or that the owner goes on without it.

    ``problem`` is why it could not be read yet, empty where nothing was in the way. ``is_late``:
    it should have been read by now, so that an owner may go on without it.
    """

    line: Line
    is_read: bool
    left_out: bool
    problem: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """What is done and what is left. ``open_texts`` are looked for at the carrier still;
    of ``doubtful`` ones a person decides in the chat.
    """

    recovery: Recovery
    lines: list[LineBack]
    open_texts: int
    doubtful: int

    @property
    def lines_to_read(self) -> int:
        """Return how many lines have to be read back before anything leaves."""
        return sum(not one.is_read and not one.left_out for one in self.lines)

    @property
    def is_confirmed(self) -> bool:
        """Tell whether an owner has been through what a backup cannot know."""
        return self.recovery.confirmed_at is not None

    @property
    def is_done(self) -> bool:
        """Tell whether nothing is left that this installation waits for."""
        return self.is_confirmed and not self.lines_to_read and not self.open_texts


def progress(now: datetime) -> Progress | None:
    """Return how far the recovery is, None where the installation is not in recovery."""
    recovery = queries.current()
    if recovery is None:
        return None
    unread = set(hearing.knowledge(now).to_read_back)
    lines = facilities.heard_lines()
    readings = intake.readings([line.pk for line in lines])
    open_texts, doubtful = restored.still_unknown(before=recovery.restored_at)
    return Progress(
        recovery=recovery,
        lines=[
            LineBack(
                line=line,
                is_read=line.pk not in unread and line.pk not in recovery.left_out,
                left_out=line.pk in recovery.left_out,
                problem=readings[line.pk].problem if line.pk in readings else "",
                is_late=now - recovery.restored_at > rules.READ_BACK_WITHIN,
            )
            for line in lines
        ],
        open_texts=open_texts,
        doubtful=doubtful,
    )


def end_if_done(*, now: datetime) -> bool:
    """End the recovery if nothing is left to do; say whether it ended. Cheap where there is none.

    A text of which a person has to decide does not hold it up: it is shown until somebody does.
    """
    found = progress(now)
    if found is None or not found.is_done:
        return False
    actions.end(recovery_id=found.recovery.pk, now=now)
    return True
