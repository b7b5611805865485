"""What the chat's templates say: the clock beside each text, and who wrote it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html

from tenantline.desk import thread

if TYPE_CHECKING:
    from tenantline.outbox.models import Text

register = template.Library()


@register.filter
def author(text: Text | None) -> str:
    """Write who stands under an outbound text: a username, or that it was automatic."""
    return thread.author(text)


@register.simple_tag
def clock(at: datetime, zone: str) -> str:
    """Write the time of day in a zone, ``4:05 PM``; the full moment is its title."""
    local = at.astimezone(ZoneInfo(zone))
    words = f"{local.hour % 12 or 12}:{local:%M} {local:%p}"
    title = f"{local:%b} {local.day}, {local.year}, {words} {local.tzname()}"
    machine = at.isoformat(timespec="seconds")
    return format_html('<time datetime="{}" title="{}">{}</time>', machine, title, words)
