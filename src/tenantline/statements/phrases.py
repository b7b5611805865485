"""A statement in words: every fact a text, in the tenant's language, for the PDF and the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from tenantline.kernel import days, phone, typesetting
from tenantline.kernel.money import format_cents
from tenantline.statements import words
from tenantline.statements.content import Content, Line

# A page takes fourteen rows of more than sixty characters; two thirds of that surely fit.
_ROWS_THAT_FIT: Final = 9
_IN_A_ROW: Final = 32


def of(content: Content) -> dict[str, Any]:
    """Return all that a statement shows, as texts."""
    say, language = words.of(content.language), _language(content)
    month = month_of(content)
    lines = [_line(line, content) for line in content.lines]
    return {
        "language": language,
        "title": say["for"].format(month=month),
        "description": say["description"].format(month=month),
        "say": {name: text for name, text in say.items() if isinstance(text, str)},
        "facility": content.facility.name,
        "facility_lines": [*content.facility.address, *_reached(content)],
        "tenant": content.tenant.name,
        "tenant_lines": list(content.tenant.address),
        "long": typesetting.is_long([content.tenant.name, *content.tenant.address]),
        "issued": say["issued"].format(day=_day(content.issued_on, language)),
        "correction": say["correction"].format(number=content.number - 1)
        if content.is_correction
        else "",
        "period": f"{_day(content.first, language)} {say['to']} {_day(content.last, language)}",
        "units_label": say["unit"] if len(content.units) == 1 else say["units"],
        "units": ", ".join(content.units),
        "summary": _summary(content),
        "lines": lines,
        "short": _is_short(lines, content),
        "closing": format_cents(content.closing_cents),
        "due": due(content),
        "overdue": _is_overdue(content),
        "autopay": autopay(content),
        "questions": say["questions"].format(reach=_reach(content)),
    }


def month_of(content: Content) -> str:
    """Return the period in words, as in ``November 2026``."""
    return days.long_month(content.first, language=_language(content))


def due(content: Content) -> str:
    """Return what is due when, in words with the amount left to the balance."""
    say, language = words.of(content.language), _language(content)
    if content.closing_cents < 0:
        return str(say["paid_ahead"].format(amount=format_cents(-content.closing_cents)))
    if content.closing_cents == 0 or content.due_on is None:
        return str(say["nothing_due"])
    key = "was_due" if _is_overdue(content) else "due"
    return str(say[key].format(day=_day(content.due_on, language)))


def due_in_a_text(content: Content) -> str:
    """Return until or since when a payment is due, short and without an amount."""
    say, language = words.of(content.language), _language(content)
    if content.closing_cents <= 0 or content.due_on is None:
        return str(say["nothing_due_short"])
    key = "was_due_short" if _is_overdue(content) else "due_short"
    return str(say[key].format(day=_day(content.due_on, language)))


def autopay(content: Content) -> str:
    """Return what AutoPay is about to do, or how to pay where it does nothing."""
    say, pays = words.of(content.language), content.autopay
    method = say["methods"].get(pays.method, "")
    if pays.draft_cents is not None and pays.draft_on is not None and method:
        day = _day(pays.draft_on, _language(content))
        amount = format_cents(pays.draft_cents)
        return str(say["draft"].format(method=method, amount=amount, day=day))
    if method and pays.day is not None:
        return str(say["autopay_day"].format(method=method, day=pays.day))
    if method:
        return str(say["autopay"].format(method=method))
    if content.closing_cents <= 0:
        return ""
    call = say["call"].format(office=_office(content)) if content.office else ""
    return str(say["how_to_pay"].format(call=call))


def _summary(content: Content) -> list[list[str]]:
    say = words.of(content.language)
    added = sum(line.effect_cents for line in content.lines if line.effect_cents > 0)
    taken = sum(line.effect_cents for line in content.lines if line.effect_cents < 0)
    return [
        [say["opening"], format_cents(content.opening_cents)],
        [say["added"], format_cents(added)],
        [say["taken"], format_cents(taken)],
        [say["closing"], format_cents(content.closing_cents)],
    ]


def _line(line: Line, content: Content) -> dict[str, str]:
    say, language = words.of(content.language), _language(content)
    kind = say["kinds"][line.kind]
    what = line.memo or kind
    undoes = ""
    if line.undoes is not None:
        undone = say["kinds"].get(line.undoes, line.undoes)
        undoes = say["reversed"].format(what=undone)
        what = f"{kind}: {line.memo}" if line.memo else kind
    return {
        "day": _day(line.day, language),
        "what": what,
        "note": undoes,
        "amount": format_cents(line.effect_cents),
    }


def _is_short(lines: Sequence[dict[str, str]], content: Content) -> bool:
    """Tell whether a statement surely fits on one page."""
    told = [text for line in lines for text in (line["what"], line["note"]) if text]
    rows = sum(1 + len(text) // _IN_A_ROW for text in [*told, ", ".join(content.units)])
    return rows <= _ROWS_THAT_FIT


def _is_overdue(content: Content) -> bool:
    return content.due_on is not None and content.due_on < content.issued_on


def _reached(content: Content) -> list[str]:
    return [one for one in (_office(content), content.office_email) if one]


def _reach(content: Content) -> str:
    say = words.of(content.language)
    if content.office:
        return str(say["reach_call"].format(office=_office(content)))
    if content.office_email:
        return str(say["reach_email"].format(email=content.office_email))
    return str(say["reach_ask"])


def _office(content: Content) -> str:
    return phone.national(phone.Number(content.office)) if content.office else ""


def _language(content: Content) -> str:
    return content.language if content.language in words.WORDS else "en"


def _day(day: date, language: str) -> str:
    return days.long_date(day, language=language)
