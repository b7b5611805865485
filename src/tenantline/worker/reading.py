"""Reading back from the carrier: missed inbound texts, unclear sends, silent statuses (R7-R9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantline.carrier.client import Client
from tenantline.carrier.media import Fetcher
from tenantline.conversations import deactivated, media, reconcile, unclear
from tenantline.facilities import queries as facilities
from tenantline.intake import hearing
from tenantline.kernel import clock
from tenantline.kernel.threads import in_database

if TYPE_CHECKING:
    from tenantline.facilities.models import Line


async def read_lines(client: Client) -> int:
    """Read the inbound list of every line whose inbound is unknown or stale."""
    await reconcile.read_lines(client, await in_database(_to_read))
    return 0


async def settle_unknown(client: Client) -> int:
    """Look at the carrier for texts of which nobody knows whether they left."""
    await unclear.settle_unknown(client)
    return 0


async def refresh_stale(client: Client) -> int:
    """Ask the carrier for texts whose status callbacks never came."""
    await unclear.refresh_stale(client)
    return 0


async def fetch_files(client: Client, fetcher: Fetcher) -> int:
    """Fetch pictures and other files that came with texts; return how many were looked at."""
    return await media.fetch_due(client, fetcher)


async def read_deactivated(lists: Fetcher) -> int:
    """Read the daily lists of deactivated numbers that are due, and park the numbers on them."""
    await deactivated.read_due(lists)
    return 0


def _to_read() -> list[Line]:
    wanted = hearing.to_read(facilities.heard_line_ids(), clock.now())
    return facilities.heard_lines(only=wanted) if wanted else []
