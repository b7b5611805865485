"""One thread a process follows the feed and hands what is new to the hub."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event as Flag
from threading import Thread

import structlog
from django.db import Error as DatabaseTrouble
from django.db import connections

from tenantline.feed import queries, watch

_log = structlog.get_logger(__name__)
AGAIN_AFTER_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Told:
    """One event, as streams tell it."""

    id: int
    facility_id: int
    topic: str
    ref: str


class Follower(Thread):
    """Follows the feed from now on until ``end``; survives outages of the database.

    ``tell`` is called in this thread with what is new, ``begun`` once it follows.
    """

    def __init__(self, *, tell: Callable[[list[Told]], None], begun: Callable[[], None]) -> None:
        super().__init__(name="live-follower", daemon=True)
        self._tell = tell
        self._begun = begun
        self._over = Flag()
        self._last: int | None = None
        self._known: set[int] = set()

    def end(self) -> None:
        """Let the thread end soon."""
        self._over.set()

    def run(self) -> None:
        """Follow until told to end."""
        while not self._over.is_set():
            try:
                self._follow()
            except (DatabaseTrouble, OSError) as trouble:
                # Whatever is committed meanwhile is told when the database is back.
                _log.warning("feed cannot be followed; trying again", error=str(trouble))
                self._over.wait(AGAIN_AFTER_SECONDS)
            finally:
                connections.close_all()

    def _follow(self) -> None:
        if self._last is None or queries.last_id() < self._last:
            self._begin()
        for _ in watch.news(until=self._over):
            events = queries.after(self._last or 0, skip=self._known)
            if events:
                self._remember([event.id for event in events])
                self._tell([Told(e.id, e.facility_id, e.topic, e.ref) for e in events])

    def _begin(self) -> None:
        """Take what is there as known. Also after a restore, whose ids may be lower."""
        ids = queries.newest_ids()
        self._last, self._known = max(ids, default=0), set(ids)
        self._begun()

    def _remember(self, ids: list[int]) -> None:
        self._last = max(self._last or 0, *ids)
        oldest = self._last - queries.overlap()
        self._known = {known for known in self._known.union(ids) if known > oldest}
