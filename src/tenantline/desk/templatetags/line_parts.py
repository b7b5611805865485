"""What pages about lines and what waits for them say: counts, and entries of a table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html

from tenantline.desk import thread
from tenantline.facilities import queries as facilities

register = template.Library()
V = TypeVar("V")


@register.filter
def thousands(count: int) -> str:
    """Write a count as people do: ``12,000``."""
    return f"{count:,}"


@register.filter
def entry(table: Mapping[int, V] | None, key: int) -> V | None:
    """Return a table's entry, None where there is none."""
    return (table or {}).get(key)


@register.filter
def next_step(error_code: str) -> str:
    """Say what a carrier's error means for the one who reads it, after its own words."""
    return thread.next_step(error_code)


@register.simple_tag
def text_price(facility_id: int, count: int) -> str:
    """Write what a text of ``count`` segments costs by a facility's line: ``about 0.8 ¢``."""
    line = facilities.sending_line(facility_id)
    if line is None or not line.segment_price:
        return ""
    return f" · about {count * line.segment_price / 100:.1f} ¢"


@register.simple_tag
def time_ahead(at: datetime, zone: str, now: datetime) -> str:
    """Write a time that is to come: ``4:05 PM``, ``tomorrow, 8:00 AM``, ``Nov 24, 8:00 AM``."""
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    clock = f"{local.hour % 12 or 12}:{local:%M} {local:%p}"
    days = (local.date() - today).days
    words = {0: clock, 1: f"tomorrow, {clock}"}.get(days, f"{local:%b} {local.day}, {clock}")
    title = f"{local:%b} {local.day}, {local.year}, {clock} {local.tzname()}"
    machine = at.isoformat(timespec="seconds")
    return format_html('<time datetime="{}" title="{}">{}</time>', machine, title, words)
