"""Catching up with the carrier on command: what came in, what became of what went out (R7-R9).

The same steps as the worker's, at once and for every line; both may run at the same time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tenantline.carrier.client import Client
from tenantline.carrier.errors import CarrierProblem
from tenantline.conversations import reconcile, unclear
from tenantline.facilities.models import Line
from tenantline.kernel.threads import in_database
from tenantline.outbox import unknown

MOST: Final = 500  # texts of one line that are looked for, or asked about, in one go


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What catching up with a line did.

    ``found``: texts that came in and that only this has found. ``settled``: texts whose sending was
    unclear and is clear now; ``unknown`` are so still. ``refreshed``: texts of which the carrier
    told a new status. ``problem`` is why it stopped, empty where it came to the end.
    """

    line: Line
    found: int = 0
    settled: int = 0
    unknown: int = 0
    refreshed: int = 0
    problem: str = ""


async def catch_up(client: Client, line: Line) -> CaughtUp:
    """Read what came in on a line first, then settle what is unclear, then refresh statuses."""
    read = await reconcile.reading_of(client, line)
    settled = refreshed = 0
    problem = read.problem
    if not problem:
        try:
            settled = await unclear.settle_line(client, line, limit=MOST)
            refreshed = await unclear.refresh_line(client, line, limit=MOST)
        except CarrierProblem as stopped:
            problem = stopped.sentence
    left = await in_database(unknown.unknown_on, line.pk)
    return CaughtUp(line, read.found, settled, left, refreshed, problem)
