"""Which phones Twilio blocks for a line, as far as it lets us know, and where our ledger differs.

Twilio's list cannot be read. What is known of it comes from the keywords that it acts upon and
hands on, and from the texts that it refuses (21610). A block holds for the line's whole Messaging
Service.
(Source: https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out)
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from tenantline.carrier.models import Block
from tenantline.carrier.pointing import is_toll_free
from tenantline.facilities.models import Line

# A text blocks or unblocks only if it is such a word and nothing else.
STOP_WORDS: Final = frozenset(
    {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"}
)
START_WORDS: Final = frozenset({"START", "YES", "UNSTOP"})
_TOLL_FREE_STOP: Final = frozenset({"STOP"})
_TOLL_FREE_START: Final = frozenset({"START", "UNSTOP"})
_BY_KEYWORD: Final = "keyword"


def note_keyword(*, line: Line, number: str, body: str, at: datetime) -> None:
    """Keep what Twilio has done because of a text, where it was a keyword of its own."""
    word = body.strip().upper()
    free = is_toll_free(line.number)
    if word in (_TOLL_FREE_STOP if free else STOP_WORDS):
        _note(line, number, blocked=True, told_by=_BY_KEYWORD, at=at)
    elif word in (_TOLL_FREE_START if free else START_WORDS):
        _note(line, number, blocked=False, told_by=_BY_KEYWORD, at=at)


def note_refusal(*, line: Line, number: str, code: int, at: datetime) -> None:
    """Keep that Twilio has refused a text to a phone that it blocks."""
    _note(line, number, blocked=True, told_by=str(code), at=at)


def blocked(line: Line) -> dict[str, Block]:
    """Return the phones that Twilio blocks for texts from a line, by number, with the newest word.

    What a phone texted to another number of the same Messaging Service counts too.
    """
    rows = Block.objects.filter(line=line)
    if line.messaging_service_sid:
        rows |= Block.objects.filter(
            line__messaging_service_sid=line.messaging_service_sid,
            line__account_sid=line.account_sid,
        )
    newest = {row.number: row for row in rows.order_by("at", "id")}
    return {number: row for number, row in newest.items() if row.blocked}


def refusals(lines: Collection[int], *, since: datetime) -> list[Block]:
    """Return the blocks that only a refused text has told us of, newest first."""
    rows = Block.objects.filter(line__in=lines, blocked=True, at__gte=since)
    return list(rows.exclude(told_by=_BY_KEYWORD).select_related("line").order_by("-at")[:50])


def _note(line: Line, number: str, *, blocked: bool, told_by: str, at: datetime) -> None:
    row, is_new = Block.objects.get_or_create(
        line=line,
        number=number,
        defaults={"blocked": blocked, "told_by": told_by, "at": at},
    )
    if not is_new and row.at <= at:
        row.blocked, row.told_by, row.at = blocked, told_by, at
        row.save(update_fields=["blocked", "told_by", "at"])
