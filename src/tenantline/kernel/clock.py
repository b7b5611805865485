"""The only place that reads the time. Rules take ``now`` as an argument instead."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return datetime.now(UTC)


def tick() -> float:
    """Return seconds of a clock that nobody sets; only the difference of two means something.

    It tells how long something has lasted where the time of day may have been set meanwhile.
    """
    return time.monotonic()
