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
from django.db.models import Exists, OuterRef, Q

from tenantline.audit import actions as audit
from tenantline.feed import actions as feed
from tenantline.intake.models import StatusCall
from tenantline.kernel import segments
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import BadInput, Refused
from tenantline.outbox import pacing, settle
from tenantline.outbox.models import Attempt, Text

# The list must be read back until it shows texts this much older than the attempt.
OLDER_BY: Final = timedelta(minutes=1)
LATER: Final = timedelta(seconds=20)  # where the list could not be read
_TRIAL_PREFIX: Final = re.compile(r"^sent from your twilio trial account\s*-\s*", re.IGNORECASE)
_BLANKS: Final = re.compile(r"\s+")
_OPEN: Final = ("", "unclear")  # outcomes of an attempt of which nobody knows the end


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


def unsettled(*, now: datetime, line_id: int | None = None, limit: int = 50) -> list[Attempt]:
    """Return open attempts of texts that are unknown and whose turn it is to be looked for.

    With ``line_id``, those of that line, whether it is their turn or not: somebody asks for it.
    One of which a person has to decide is left alone, unless the text that made it doubtful has
    turned out to be another's.
    """
    taken = Text.objects.filter(carrier_sid=OuterRef("doubtful_sid"))
    rows = Attempt.objects.select_related("text__line__facility", "text__clearance").filter(
        Q(doubtful_sid="") | Exists(taken),
        text__state="unknown",
        outcome__in=_OPEN,
    )
    asked = Q(text__next_at__lte=now) if line_id is None else Q(text__line_id=line_id)
    return list(rows.filter(asked).order_by("text_id", "id")[:limit])


def look_later(*, text_id: int, now: datetime) -> None:
    """Leave a text unknown whose line's list could not be read, and look for others first."""
    Text.objects.filter(pk=text_id, state="unknown").update(next_at=now + LATER)


def unknown_on(line_id: int) -> int:
    """Return how many texts of a line are unknown, those that a person has to decide included."""
    return Text.objects.filter(line_id=line_id, state="unknown").count()


def doubtful(text_ids: Collection[int]) -> set[int]:
    """Return those of these texts of which a person has to decide."""
    if not text_ids:
        return set()
    rows = Attempt.objects.filter(text__in=text_ids, outcome__in=_OPEN).exclude(doubtful_sid="")
    return set(rows.values_list("text_id", flat=True))


def adopted_sids(sids: Collection[str], *, attempt: Attempt) -> set[str]:
    """Return those of these SIDs that belong to another attempt than this one.

    A text of ours has them, or a callback bears another text's token. A token that nobody knows
    says nothing: after a restore it may be this very text's.
    """
    texts = Text.objects.filter(carrier_sid__in=sids).values_list("carrier_sid", flat=True)
    earlier = Attempt.objects.filter(text_id=attempt.text_id, carrier_sid__in=sids)
    earlier = earlier.exclude(pk=attempt.pk)
    others = Attempt.objects.exclude(text_id=attempt.text_id).values("token")
    calls = StatusCall.objects.filter(message_sid__in=sids, attempt_token__in=others)
    found = {sid for sid in texts if sid is not None}
    found.update(earlier.values_list("carrier_sid", flat=True))
    found.update(calls.values_list("message_sid", flat=True))
    return found


def keep_verdict(*, attempt_id: int, verdict: Verdict, read_at: datetime, now: datetime) -> None:
    """Keep what a complete reading of the carrier's list, begun at ``read_at``, has said.

    Twice absent, far enough apart and no callback in between: the carrier provably never took the
    text; it waits again and is asked at the gate again.
    """
    with transaction.atomic():
        attempt = Attempt.objects.select_related("text").get(pk=attempt_id)
        text = Text.objects.select_for_update(of=("self",)).get(pk=attempt.text_id)
        attempt.refresh_from_db()
        if text.state != "unknown" or attempt.outcome not in _OPEN:
            return
        text.next_at = now + timedelta(seconds=settings.SETTLE_SECONDS) / 4
        if verdict.sid and verdict.sid in adopted_sids([verdict.sid], attempt=attempt):
            text.save()  # another attempt's by now: the next look sees it
            return
        _apply(verdict, text, attempt, read_at, now)
        attempt.save()
        text.save()
        feed.tell(facility_id=text.facility_id, topic="status", ref=text.pk, now=now)


def _apply(
    verdict: Verdict, text: Text, attempt: Attempt, read_at: datetime, now: datetime
) -> None:
    attempt.doubtful_sid = verdict.sid if verdict.answer == "doubtful" else ""
    if verdict.answer == "found":
        settle.adopt(text, verdict.sid, verdict.status, now)
        attempt.outcome, attempt.carrier_sid = "accepted", verdict.sid
        attempt.ended_at = attempt.ended_at or now
    elif verdict.answer == "doubtful":
        attempt.absent_since = None
    elif attempt.absent_since is None:
        attempt.absent_since = read_at
    elif read_at - attempt.absent_since >= timedelta(seconds=settings.SETTLE_SECONDS):
        _never_taken(text, attempt, now)


def _never_taken(text: Text, attempt: Attempt, now: datetime) -> None:
    """Queue a text again whose attempt the carrier provably never took."""
    if _is_called_back(attempt):
        return
    attempt.outcome = "never_taken"
    attempt.ended_at = attempt.ended_at or now
    pacing.give_back(line_id=text.line_id, segments=text.segments, taken_at=attempt.started_at)
    if not text.attempts.filter(outcome__in=_OPEN).exclude(pk=attempt.pk).exists():
        text.state, text.next_at, text.waits_for = "queued", now, ""


def _is_called_back(attempt: Attempt) -> bool:
    """Tell whether a stored callback, applied or not, proves that the carrier took the attempt.

    One whose SID another text has by now proves nothing: the same words went out twice, and each
    has one of the two SIDs.
    """
    sids = StatusCall.objects.filter(attempt_token=attempt.token).values("message_sid")
    taken = Text.objects.filter(carrier_sid__in=sids).exclude(pk=attempt.text_id)
    return sids.exclude(message_sid__in=taken.values("carrier_sid")).exists()


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
            text.carrier_sid = text.carrier_sid or _free_sid(attempt)
            text.sent_at = text.sent_at or attempt.started_at
        else:
            text.attempts.filter(outcome__in=_OPEN).update(outcome="never_taken")
            attempt.outcome = "never_taken"
            text.state, text.next_at, text.waits_for = "queued", now, ""
        attempt.ended_at = attempt.ended_at or now
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


def _free_sid(attempt: Attempt) -> str | None:
    """Return the SID of the text that may be this one, unless it is another's by now."""
    sid = attempt.doubtful_sid
    return sid if sid and sid not in adopted_sids([sid], attempt=attempt) else None
