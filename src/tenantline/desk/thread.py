"""A thread as the chat shows it: texts with day separators, pictures and keywords in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tenantline.carrier import codes
from tenantline.desk import files
from tenantline.desk.files import ShownFile

if TYPE_CHECKING:
    from tenantline.consent.answers import Given
    from tenantline.conversations.models import Message
    from tenantline.intake.models import OtherContent
    from tenantline.outbox.models import Text
    from tenantline.outbox.waiting import Waiting

_HEARD = {
    "stop": "Heard as STOP: no more texts to this number",
    "start": "Heard as START",
    "help": "Heard as HELP",
    "unclear": "Unclear: automatic texts wait until somebody has looked",
}
_ANSWERED = {
    "no_more": "they want no more texts",
    "message": "just a message",
    "same": "still the same person",
    "not_theirs": "not their number any more",
}
_SAID_LENGTH = 120
AUTOMATIC = "Automatic"


@dataclass(frozen=True)
class Item:
    """One text. ``day`` is set where a new day begins; ``files`` are its pictures and other files.

    ``heard`` says what an inbound text was taken for, ``because`` by which of its words;
    ``said`` what a screen reader announces,
    ``addressee`` whose text it is where two share the phone (R12). ``waiting`` is why a queued
    text has not left, or that only a person can tell what became of it; ``asks`` that an unclear
    one has no answer yet.
    """

    message: Message
    day: date | None
    day_words: str
    files: list[ShownFile]
    heard: str
    because: str
    said: str
    addressee: str
    waiting: Waiting | None = None
    asks: bool = False

    @property
    def inbound(self) -> bool:
        """Tell whether the tenant wrote it."""
        return self.message.direction == "in"

    @property
    def awaits_more(self) -> bool:
        """Tell whether a file or an answer is still awaited, so that the page asks again."""
        return self.asks or any(file.state == "fetching" for file in self.files)

    @property
    def others(self) -> list[OtherContent]:
        """Return what came again under the same id with other content."""
        call = self.message.call
        return list(call.others.all()) if call is not None and call.differs else []

    @property
    def author(self) -> str:
        """Return who stands under an outbound text."""
        return author(self.message.text)

    @property
    def automatic(self) -> bool:
        """Tell whether no person wrote an outbound text."""
        return self.author == AUTOMATIC

    @property
    def doubtful(self) -> bool:
        """Tell whether a person has to say what became of the text."""
        return self.waiting is not None and self.waiting.code == "doubtful"

    @property
    def next_step(self) -> str:
        """Return what a failure means for the one who reads it, after its own words."""
        return next_step(self.message.text.error_code) if self.message.text is not None else ""


@dataclass(frozen=True)
class Known:
    """By outbox row why a text waits; what was answered about the number, oldest first."""

    waits: Mapping[int, Waiting] = field(default_factory=dict)
    given: Sequence[Given] = ()


def items(
    messages: Iterable[Message],
    *,
    zone: str,
    now: datetime,
    sender: str,
    shared: bool = False,
    follows: Message | None = None,
    split: bool = True,
    known: Known | None = None,
) -> list[Item]:
    """Return texts of a thread, oldest first; ``split`` puts separators between the days.

    ``follows`` is the text shown just before them. ``known`` is what else is known about them.
    """
    known = known or Known()
    before = _day(follows.at, zone) if follows is not None else None
    found = []
    for message in messages:
        day = _day(message.at, zone)
        new = split and day != before
        answer = next((one for one in known.given if one.at >= message.at), None)
        found.append(
            Item(
                message=message,
                day=day if new else None,
                day_words=day_words(day, _day(now, zone)) if new else "",
                files=files.shown(message.call),
                heard=_heard(message, answer),
                asks=message.heard_as == "unclear" and answer is None,
                because=_because(message),
                said=_said(message, sender),
                addressee=_addressee(message) if shared else "",
                waiting=known.waits.get(message.text_id or 0),
            )
        )
        before = day
    return found


def day_words(day: date, today: date) -> str:
    """Return a day as a separator names it: Today, Yesterday, or the date."""
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    words = f"{day:%A}, {day:%B} {day.day}"
    return words if day.year == today.year else f"{words}, {day.year}"


def next_step(error_code: str) -> str:
    """Return what a carrier's error means for the one who reads it, empty for none."""
    if not (error_code.isascii() and error_code.isdecimal()):
        return ""
    return codes.NEXT[codes.meaning_of(int(error_code)).kind]


def first_words(message: Message) -> str:
    """Return what a list shows of a text, on one line."""
    words = " ".join(message.body.split())
    if words:
        return words[:_SAID_LENGTH]
    return files.words_for(str(message.media[0]["type"])) if message.media else "(no words)"


def author(text: Text | None) -> str:
    """Return the staff username under an outbound text; a machine's says that it was automatic."""
    return text.author_name if text is not None and text.author_kind != "system" else AUTOMATIC


def _heard(message: Message, answer: Given | None) -> str:
    """Return what a text was taken for; of an unclear one, what was answered and by whom."""
    if message.heard_as != "unclear" or answer is None:
        return _HEARD.get(message.heard_as, "")
    if answer.said in ("start", "stop"):
        return f"Was unclear, until {answer.said.upper()} came"
    by = f"{answer.by} said" if answer.by else "answered"
    return f"Was unclear; {by}: {_ANSWERED[answer.said]}"


def _because(message: Message) -> str:
    """Return the words that decided, where the text says more than they do."""
    words = message.heard_words
    return words if message.body.strip(" .!").casefold() != words else ""


def _said(message: Message, sender: str) -> str:
    who = f"New text from {sender}" if message.direction == "in" else "Text sent"
    return f"{who}: {first_words(message)}"


def _addressee(message: Message) -> str:
    return "" if message.text is None else message.text.clearance.tenant.name


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()
