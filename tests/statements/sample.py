"""Statements made by hand, for tests that need no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from tenantline.statements.content import AutoPay, Content, Line, Party

LINES = (
    Line(date(2026, 11, 1), "charge", "Rent B12", 12_800),
    Line(date(2026, 11, 3), "payment", "Check 1042", -12_800),
    Line(date(2026, 11, 9), "reversal", "Returned by the bank", 12_800, undoes="Check 1042"),
    Line(date(2026, 11, 10), "charge", "Late fee", 2_000),
)


def statement(**changes: Any) -> Content:
    """Return a statement for November 2026, with these things otherwise."""
    plain = Content(
        period="2026-11",
        number=1,
        language="en",
        issued_on=date(2026, 11, 22),
        facility=Party("South Lamar Storage", ("2210 South Lamar Boulevard", "Austin, TX 78704")),
        office="+15125550100",
        office_email="lamar@example.com",
        tenant=Party("Dana Whitfield", ("12 Elm Street", "Austin, TX 78701")),
        units=("B12",),
        opening_cents=0,
        lines=LINES,
        closing_cents=14_800,
        due_on=date(2026, 11, 1),
        autopay=AutoPay(),
    )
    return replace(plain, **changes)
