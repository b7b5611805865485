"""How fast a token may ask: 600 requests a minute, a minute's worth of them at once.

The generic cell rate algorithm: each request keeps its token busy for a tenth of a second, one
after the other, and ``Token.busy_until`` says until when. A token may be busy for a minute ahead.
The row is the truth for all processes; each takes requests from it twenty at a time, so that
reading a list seldom costs a write (docs/adr/0014).
"""

from __future__ import annotations

import math
import threading
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from tenantline.kernel.errors import TooSoon
from tenantline.staff.models import Token

PER_MINUTE: Final = 600
AHEAD: Final = timedelta(minutes=1)
EVERY: Final = AHEAD / PER_MINUTE
AT_ONCE: Final = 20
"""How many requests a process takes from the row at a time: the most that one may have unused."""


def room(busy_until: datetime | None, now: datetime) -> int:
    """Return how many requests a token may begin now, at most ``PER_MINUTE``."""
    return max(0, (now + AHEAD - _busy_from(busy_until, now)) // EVERY)


def wait(busy_until: datetime | None, now: datetime) -> int:
    """Return after how many whole seconds a token without room may ask again, at least 1."""
    free = _busy_from(busy_until, now) + EVERY - AHEAD
    return max(1, math.ceil((free - now).total_seconds()))


def _busy_from(busy_until: datetime | None, now: datetime) -> datetime:
    return now if busy_until is None else max(busy_until, now)


class Pace:
    """One process's share in all tokens' requests; threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: dict[str, int] = {}  # by the token's digest, which is never used again

    def note_request(self, *, token: Token, now: datetime) -> None:
        """Count a request of this token (as just read from the database).

        Raises:
            TooSoon: the token asks too fast; nothing was counted, nothing written.
        """
        if self._use(token.digest):
            return
        # What was read may be old, but the row only ever gets busier: no room then is no room now.
        busy_until = token.busy_until
        if room(busy_until, now):
            took, busy_until = _take(token.pk, now)
            if took:
                self._keep(token.digest, took - 1)
                return
        seconds = wait(busy_until, now)
        raise TooSoon(
            f"This token asks more than {PER_MINUTE} times a minute; "
            f"try again in {seconds} second{'s' if seconds > 1 else ''}.",
            retry_after=seconds,
        )

    def _use(self, digest: str) -> bool:
        with self._lock:
            left = self._taken.get(digest, 0)
            if left:
                self._taken[digest] = left - 1
            return left > 0

    def _keep(self, digest: str, more: int) -> None:
        with self._lock:
            self._taken[digest] = self._taken.get(digest, 0) + more


def _take(token_id: int, now: datetime) -> tuple[int, datetime | None]:
    """Take up to ``AT_ONCE`` requests from the row; return how many, and how busy it is now."""
    with transaction.atomic():
        row = Token.objects.select_for_update(no_key=True).get(pk=token_id)
        took = min(AT_ONCE, room(row.busy_until, now))
        if took:
            row.busy_until = _busy_from(row.busy_until, now) + took * EVERY
            row.save(update_fields=["busy_until"])
    return took, row.busy_until


_OURS: Final = Pace()


def note_request(*, token: Token, now: datetime) -> None:
    """Count a request in this process; raise ``TooSoon`` where the token asks too fast."""
    _OURS.note_request(token=token, now=now)
