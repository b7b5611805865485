"""Return files as banks write them: NACHA's records of 94 characters. Pure; takes nothing damaged.

A file is read whole or not at all. Each total that it carries is counted again: records to a block,
batches, entries and addenda, the hash of the routing numbers, debits and credits, of each batch and
of the file. What no total covers (names, ids, reason codes) cannot be checked here; ``matching``
asks for more than one sign before anything is done.

Account numbers are passed over and returned nowhere. What a notification of change wants changed
may be one; it is returned as ``Change.corrected`` and kept sealed by whoever keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from tenantline.kernel.errors import BadInput

WIDTH: Final = 94
BLOCK: Final = 10  # records
LARGEST: Final = 1024 * 1024
_PADDING: Final = "9" * WIDTH
_CLASSES: Final = {"200": "mixed", "220": "credits", "225": "debits"}
# Returns and notifications have codes of their own (the first of each kind: checking, savings,
# general ledger, loan). Some banks leave the code of the entry that came back, which is as clear.
_CREDITS: Final = frozenset({"21", "31", "41", "51", "22", "32", "42", "52"})
_DEBITS: Final = frozenset({"26", "36", "46", "56", "27", "37", "47", "55"})
_HASH: Final = 10**10
_REASON: Final = re.compile(r"R\d\d")
_CHANGE: Final = re.compile(r"C\d\d")
_PRINTABLE: Final = re.compile(r"[ -~]*")


class Damaged(BadInput):
    """The file cannot be used as a whole; ``line`` is the record, from 1, that shows it."""

    code = "damaged_file"

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"Line {line}: {reason} The file is refused whole.", field="file")
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Item:
    """What every entry of the file tells. ``line`` is that of its entry record, from 1.

    ``seal_words`` are the records that make it what it is: the same return in another file has the
    same ones. ``effective_on`` is the day that the batch names, None where it names none.
    """

    line: int
    is_debit: bool
    amount_cents: int
    individual_id: str
    individual_name: str
    trace: str
    original_trace: str
    effective_on: date | None
    seal_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Return(Item):
    """An entry that came back; ``information`` is what the bank adds."""

    reason: str = ""
    information: str = ""


@dataclass(frozen=True, slots=True)
class Change(Item):
    """A notification that something is to be written otherwise the next time (addenda 98)."""

    change: str = ""
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class ReturnFile:
    """A whole and sound file. ``made_on`` is the day that its header names.

    Nothing may be in it: some banks write a file on every day.
    """

    made_on: date
    bank: str
    returns: Sequence[Return]
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    text: str

    def at(self, first: int, last: int) -> str:
        """Return the characters at these places, counted from 1 as the rules count them."""
        return self.text[first - 1 : last]

    def number(self, first: int, last: int, what: str) -> int:
        """Return a figure, which is all digits."""
        digits = self.at(first, last)
        if not (digits.isascii() and digits.isdigit()):
            raise Damaged(self.line, f"{what} is not a number.")
        return int(digits)

    def demand(self, first: int, last: int, wanted: str, what: str) -> None:
        """Refuse the file unless these characters stand here."""
        if self.at(first, last) != wanted:
            raise Damaged(self.line, f"{what} is not “{wanted.strip()}”.")


@dataclass(slots=True)
class _Totals:
    """What has been counted of a batch or of the file."""

    count: int = 0
    hash: int = 0
    debits: int = 0
    credits: int = 0

    def add(self, other: _Totals) -> None:
        self.count += other.count
        self.hash += other.hash
        self.debits += other.debits
        self.credits += other.credits


def read(content: bytes) -> ReturnFile:
    """Read a return file.

    Raises:
        Damaged: anything about it is not as it must be; says on which line, and what.
    """
    records = _records(content)
    head = records[0]
    made_on, bank = _header(head)
    end = next((r.line for r in reversed(records) if r.text != _PADDING), 0)
    _demand_padding(records, end)
    body, last = records[1 : end - 1], records[end - 1]
    if last.at(1, 1) != "9":
        raise Damaged(last.line, "The file ends without its control record (9).")
    returns: list[Return] = []
    changes: list[Change] = []
    whole, batches, place = _Totals(), 0, 0
    while place < len(body):
        batches += 1
        batch = _batch_from(body, place)
        place += len(batch)
        totals, found = _batch(batch)
        whole.add(totals)
        returns += [item for item in found if isinstance(item, Return)]
        changes += [item for item in found if isinstance(item, Change)]
    _file_control(last, whole, batches, end)
    return ReturnFile(made_on, bank, returns, changes)


def _records(content: bytes) -> list[_Record]:
    """Return the records, whether lines end in LF, CRLF or not at all."""
    if len(content) > LARGEST:
        raise Damaged(1, "The file is larger than 1 MB.")
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError as error:
        raise Damaged(
            content.count(b"\n", 0, error.start) + 1, "A character is not ASCII."
        ) from None
    text = text.rstrip("\r\n")  # blank lines at its end hold nothing
    if not text:
        raise Damaged(1, "The file is empty.")
    if "\n" in text:
        lines = text.split("\r\n" if "\r\n" in text else "\n")
    else:
        lines = [text[place : place + WIDTH] for place in range(0, len(text), WIDTH)]
    for line, record in enumerate(lines, 1):
        if len(record) != WIDTH:
            raise Damaged(line, f"The record has {len(record)} characters, not {WIDTH}.")
        if not _PRINTABLE.fullmatch(record):
            raise Damaged(line, "The record holds a control character.")
    return [_Record(line, record) for line, record in enumerate(lines, 1)]


def _header(head: _Record) -> tuple[date, str]:
    head.demand(1, 3, "101", "The file header's type and priority")
    head.demand(35, 37, "094", "The record size")
    head.demand(38, 39, "10", "The blocking factor")
    head.demand(40, 40, "1", "The format code")
    made_on = _day(head, 24, "The day on which the file was made")
    if made_on is None:
        raise Damaged(head.line, "The header does not say on which day the file was made.")
    return made_on, head.at(64, 86).strip()


def _demand_padding(records: Sequence[_Record], end: int) -> None:
    """Refuse a last block that is filled up in part: something may be missing.

    Many banks leave the filling out altogether, which takes nothing away.
    """
    if len(records) > end and (len(records) % BLOCK or len(records) - end >= BLOCK):
        raise Damaged(len(records), "The last block is not filled up to ten records.")


def _batch_from(body: Sequence[_Record], place: int) -> Sequence[_Record]:
    """Return the records of the batch that begins here."""
    if body[place].at(1, 1) != "5":
        raise Damaged(body[place].line, "A batch header (5) belongs here.")
    for ahead in range(place + 1, len(body)):
        match body[ahead].at(1, 1):
            case "8":
                return body[place : ahead + 1]
            case "6" | "7":
                continue
        raise Damaged(
            body[ahead].line, "An entry (6), addenda (7) or batch control (8) belongs here."
        )
    raise Damaged(body[-1].line, "The last batch has no control record (8).")


def _batch(batch: Sequence[_Record]) -> tuple[_Totals, list[Return | Change]]:
    head, *entries, control = batch
    if head.at(2, 4) not in _CLASSES:
        raise Damaged(head.line, "The service class is none of 200, 220 and 225.")
    if head.at(51, 53) == "IAT":
        raise Damaged(head.line, "International entries (IAT) cannot be read.")
    totals, found = _Totals(), []
    traces: set[str] = set()
    for entry, addenda in _entries(entries):
        item = _item(head, entry, addenda)
        if item.trace in traces:
            raise Damaged(entry.line, f"The trace number {item.trace} stands twice in the batch.")
        traces.add(item.trace)
        totals.add(_counted(entry, item))
        found.append(item)
    if not found:
        raise Damaged(control.line, "The batch holds no entry.")
    _demand_class(head, totals)
    _batch_control(head, control, totals)
    return totals, found


def _entries(records: Sequence[_Record]) -> Iterator[tuple[_Record, _Record]]:
    """Yield each entry with its addenda: a return or notification has exactly one."""
    for place in range(0, len(records), 2):
        entry = records[place]
        if entry.at(1, 1) != "6":
            raise Damaged(entry.line, "An entry (6) belongs here; a return has one addenda record.")
        if place + 1 == len(records) or records[place + 1].at(1, 1) != "7":
            raise Damaged(entry.line, "The entry has no addenda record (7), so it is no return.")
        yield entry, records[place + 1]


def _item(head: _Record, entry: _Record, addenda: _Record) -> Return | Change:
    entry.demand(79, 79, "1", "The addenda indicator")
    code = entry.at(2, 3)
    if code not in _CREDITS | _DEBITS:
        raise Damaged(entry.line, f"The transaction code {code} is none of a return.")
    _demand_check_digit(entry)
    addenda.number(7, 21, "The original trace number")
    trace = entry.at(80, 94)
    entry.number(80, 94, "The trace number")
    addenda.demand(80, 94, trace, "The addenda's trace number")
    shared: dict[str, Any] = {
        "line": entry.line,
        "is_debit": code in _DEBITS,
        "amount_cents": entry.number(30, 39, "The amount"),
        "individual_id": entry.at(40, 54).strip(),
        "individual_name": entry.at(55, 76).strip(),
        "trace": trace,
        "original_trace": addenda.at(7, 21),
        "effective_on": _day(head, 70, "The effective entry date"),
        # Not the batch's number: that depends on what else stands in the file.
        "seal_words": (head.at(1, 87), entry.text, addenda.text),
    }
    match addenda.at(2, 3), addenda.at(4, 6):
        case "99", reason if _REASON.fullmatch(reason):
            return Return(**shared, reason=reason, information=addenda.at(36, 79).strip())
        case "98", change if _CHANGE.fullmatch(change):
            # Its batch is one of its own (COR) by the rules; some banks put it among the returns.
            if entry.number(30, 39, "The amount"):
                raise Damaged(entry.line, "A notification of change has no amount.")
            return Change(**shared, change=change, corrected=addenda.at(36, 64).strip())
    raise Damaged(addenda.line, "The addenda are neither a return (99) nor a notification (98).")


def _demand_check_digit(entry: _Record) -> None:
    """Check the routing number by its ninth digit (weights 3, 7, 1)."""
    entry.number(4, 12, "The routing number")
    weights = (3, 7, 1, 3, 7, 1, 3, 7, 1)
    if sum(w * int(d) for w, d in zip(weights, entry.at(4, 12), strict=True)) % 10:
        raise Damaged(entry.line, "The routing number's check digit is wrong.")


def _counted(entry: _Record, item: Item) -> _Totals:
    debit = item.amount_cents if item.is_debit else 0
    return _Totals(2, entry.number(4, 11, "The routing number"), debit, item.amount_cents - debit)


def _demand_class(head: _Record, totals: _Totals) -> None:
    kind = _CLASSES[head.at(2, 4)]
    if (kind == "credits" and totals.debits) or (kind == "debits" and totals.credits):
        raise Damaged(head.line, f"The batch is one of {kind} alone, and holds others.")


def _batch_control(head: _Record, control: _Record, totals: _Totals) -> None:
    control.demand(2, 4, head.at(2, 4), "The service class of the batch control")
    control.demand(45, 54, head.at(41, 50), "The company id of the batch control")
    control.demand(80, 87, head.at(80, 87), "The bank of the batch control")
    control.demand(88, 94, head.at(88, 94), "The number of the batch control")
    _demand_totals(control, totals, count=(5, 10), hash_=(11, 20), money=(21, 33))


def _file_control(control: _Record, whole: _Totals, batches: int, end: int) -> None:
    said = control.number(2, 7, "The count of batches")
    if said != batches:
        raise Damaged(control.line, f"The file says {said} batches, and holds {batches}.")
    said, blocks = control.number(8, 13, "The count of blocks"), -(-end // BLOCK)
    if said != blocks:
        raise Damaged(control.line, f"The file says {said} blocks, and holds {blocks}.")
    _demand_totals(control, whole, count=(14, 21), hash_=(22, 31), money=(32, 44))
    control.demand(56, 94, " " * 39, "The end of the file control")


def _demand_totals(
    control: _Record,
    counted: _Totals,
    *,
    count: tuple[int, int],
    hash_: tuple[int, int],
    money: tuple[int, int],
) -> None:
    debits, credits_ = money
    compared = (
        ("entries and addenda", control.number(*count, "The count"), counted.count),
        (
            "as the hash of routing numbers",
            control.number(*hash_, "The hash"),
            counted.hash % _HASH,
        ),
        ("cents debited", control.number(debits, debits + 11, "The debits"), counted.debits),
        ("cents credited", control.number(credits_, credits_ + 11, "The credits"), counted.credits),
    )
    for what, said, found in compared:
        if said != found:
            raise Damaged(
                control.line, f"The control record says {said} {what}, counted are {found}."
            )


def _day(record: _Record, first: int, what: str) -> date | None:
    digits = record.at(first, first + 5)
    if not digits.strip() or digits == "000000":
        return None
    record.number(first, first + 5, what)
    try:
        return datetime.strptime(digits, "%y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise Damaged(record.line, f"{what} is no day of the calendar.") from None
