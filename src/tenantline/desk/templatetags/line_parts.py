"""What pages about lines and what waits for them say: counts, and entries of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from django import template

from tenantline.desk import thread

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
