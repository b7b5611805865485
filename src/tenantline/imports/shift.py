"""A worker's share of the imports: the files that were uploaded in a browser."""

from __future__ import annotations

from collections.abc import Iterator

from tenantline.imports import actions
from tenantline.imports.models import ImportJob, State
from tenantline.kernel import clock
from tenantline.kernel.errors import Refused


class Shift:
    """Works on one import at a time; ``step`` does a slice of it."""

    def __init__(self) -> None:
        self._open: Iterator[ImportJob] | None = None

    def step(self) -> int:
        """Check a file, or apply the next slice of one; return 0 where nothing waits."""
        if self._open is None and not self._take_up():
            return 0
        if self._open is not None:
            self._go_on(self._open)
        return 1

    def _take_up(self) -> bool:
        job = actions.claim(now=clock.now())
        if job is None:
            return False
        if job.state == State.CHECKING:
            actions.check(job)
        else:
            self._open = actions.work(job)
        return True

    def _go_on(self, slices: Iterator[ImportJob]) -> None:
        self._open = None  # whatever fails below is taken up anew when the lease has ended
        try:
            if next(slices, None) is not None:
                self._open = slices
        except Refused:
            return  # it was cancelled, or another worker has it
