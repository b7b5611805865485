"""Settling texts of which nobody knows whether the carrier took them (R7).

Pure judgement over what the carrier lists for the pair of numbers, and the writes that follow
from it. Who reads the list is ``conversations.unclear``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from django.conf import settings
from django.db import transaction

from tenantline.audit import actions as audit
from tenantline.feed import actions as feed
from tenantline.kernel import segments
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import BadInput, Refused
from tenantline.outbox import settle
from tenantline.outbox.models import Attempt, Text

# The list must be read back until it shows texts this much older than the attempt.
OLDER_BY: Final = timedelta(minutes=1)
_TRIAL_PREFIX: Final = re.compile(r"^sent from your twilio trial account\s*-\s*", re.IGNORECASE)
_BLANKS: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Listed:
    """An outgoing text as the carrier lists it for a pair of numbers."""

    sid: str
    body: str
    status: str
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the carrier's list says of an attempt; ``sid`` and ``status`` of the text concerned.

    ``found``: this is it. ``doubtful``: a text that nobody has adopted lies in the window, with
    another body; a person decides. ``absent``: the carrier holds no such text.
    """

    answer: Literal["found", "doubtful", "absent"]
    sid: str = ""
    status: str = ""


def judge(
    listed: Iterable[Listed], *, body: str, started_at: datetime, adopted: Collection[str]
) -> Verdict:
    """R7: look for an attempt's text among what the carrier lists for the pair, oldest first.

    ``adopted`` are SIDs that other texts have. There is no upper end to the window: a suspended
    process may have sent long after its attempt was recorded.
    """
    window = [
        item
        for item in listed
        if item.sid not in adopted
        and (item.created_at is None or item.created_at >= started_at - OLDER_BY)
    ]
    window.sort(key=lambda item: item.created_at or started_at)
    same = [item for item in window if normalised(item.body) == normalised(body)]
    if same:
        return Verdict("found", same[0].sid, same[0].status)
    if window:
        return Verdict("doubtful", window[0].sid, window[0].status)
    return Verdict("absent")


def normalised(body: str) -> str:
    """Return a body without what Twilio may change: line ends, blanks, smart encoding, prefix."""
    plain = segments.plain_form(_TRIAL_PREFIX.sub("", body))
    return _BLANKS.sub(" ", plain).strip()


def unsettled(*, now: datetime, limit: int = 50) -> list[Attempt]:
    """Return the last attempts of texts that are unknown and whose turn it is to be looked for."""
    rows = Attempt.objects.select_related("text__line__facility", "text__clearance").filter(
        text__state="unknown", text__next_at__lte=now, doubtful_sid=""
    )
    return list(rows.exclude(outcome__in=("retry", "rejected")).order_by("text_id")[:limit])


def adopted_sids(sids: Collection[str]) -> set[str]:
    """Return those of these SIDs that a text of ours has."""
    rows = Text.objects.filter(carrier_sid__in=sids)
    return {sid for sid in rows.values_list("carrier_sid", flat=True) if sid is not None}


def keep_verdict(*, attempt_id: int, verdict: Verdict, read_at: datetime, now: datetime) -> None:
    """Keep what a complete reading of the carrier's list, begun at ``read_at``, has said.

    Twice absent, far enough apart and no callback in between: the carrier provably never took the
    text; it waits again and is asked at the gate again.
    """
    with transaction.atomic():
        attempt = Attempt.objects.select_for_update().get(pk=attempt_id)
        text = Text.objects.select_for_update(of=("self",)).get(pk=attempt.text_id)
        if text.state != "unknown":
            return
        settle_after = timedelta(seconds=settings.SETTLE_SECONDS)
        text.next_at = now + settle_after / 4
        match verdict.answer:
            case "found":
                settle.adopt(text, verdict.sid, verdict.status, now)
                attempt.carrier_sid = verdict.sid
            case "doubtful":
                attempt.doubtful_sid = verdict.sid
            case "absent" if attempt.absent_since is None:
                attempt.absent_since = read_at
            case "absent" if read_at - attempt.absent_since >= settle_after:
                attempt.outcome = "never_taken"
                text.state, text.next_at = "queued", now
        attempt.save()
        text.save()
        feed.tell(facility_id=text.facility_id, topic="status", ref=text.pk, now=now)


def decide(*, text: Text, arrived: bool, by: Actor, now: datetime) -> None:
    """Let a person settle an unknown text: it ``arrived``, or is sent again past the gate.

    Raises:
        Refused: the text has been settled meanwhile.
    """
    with transaction.atomic():
        text = Text.objects.select_for_update(of=("self",)).get(pk=text.pk)
        if text.state != "unknown":
            raise Refused("settled", "This text has been settled meanwhile; look again.")
        attempt = text.attempts.order_by("-id").first()
        if attempt is None:
            raise BadInput("This text was never attempted.")
        if arrived:
            attempt.outcome, text.state = "accepted", "sent"
            text.carrier_sid = text.carrier_sid or attempt.doubtful_sid or None
            text.sent_at = text.sent_at or attempt.started_at
        else:
            attempt.outcome = "never_taken"
            text.state, text.next_at = "queued", now
        attempt.save()
        text.save()
        audit.record(
            act="text.arrived" if arrived else "text.sent_again",
            by=by,
            now=now,
            facility_id=text.facility_id,
            subject=f"text:{text.pk}",
        )
        feed.tell(facility_id=text.facility_id, topic="status", ref=text.pk, now=now)
