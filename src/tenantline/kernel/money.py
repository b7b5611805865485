"""Money is whole cents everywhere; this is the one place that turns it into words."""

from __future__ import annotations


def format_cents(cents: int) -> str:
    """Write US cents as people read them: ``$1,234.50``.

    A negative amount has a real minus sign (U+2212) before the ``$``. In a text message that sign
    would force UCS-2: pass texts through ``segments.plain_form``.
    """
    sign = "\N{MINUS SIGN}" if cents < 0 else ""
    dollars, rest = divmod(abs(cents), 100)
    return f"{sign}${dollars:,}.{rest:02d}"
