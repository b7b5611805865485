"""How often somebody may try in vain: some tries at once, then one now and then.

In one process's memory, so that who guesses causes no writing; each process counts its own. Each
try keeps its key busy for a while, one after the other (as ``staff.pace`` does for tokens).
"""

from __future__ import annotations

import ipaddress
import math
import threading
from typing import Final

_MOST_KEYS: Final = 10_000
EVERYBODY: Final = "everybody"


class Tries:
    """Counts vain tries by address and over all. Instants are seconds of ``clock.tick``."""

    def __init__(self, *, at_once: int, every: float, by_all: int, every_of_all: float) -> None:
        self._lock = threading.Lock()
        self._free_at: dict[str, float] = {}
        self._one = (at_once * every, every)
        self._all = (by_all * every_of_all, every_of_all)

    def wait(self, address: str, now: float) -> int:
        """Return after how many whole seconds this address may try; 0 where it may now."""
        with self._lock:
            return max(self._wait(key, now) for key in (EVERYBODY, whose(address)))

    def note(self, address: str, now: float) -> None:
        """Count a try that was in vain."""
        with self._lock:
            if len(self._free_at) >= _MOST_KEYS:
                self._free_at = {key: at for key, at in self._free_at.items() if at > now}
            for key in (EVERYBODY, whose(address)):
                _, every = self._rate(key)
                self._free_at[key] = max(self._free_at.get(key, now), now) + every

    def _wait(self, key: str, now: float) -> int:
        ahead, every = self._rate(key)
        return max(0, math.ceil(self._free_at.get(key, now) + every - ahead - now))

    def _rate(self, key: str) -> tuple[float, float]:
        return self._all if key == EVERYBODY else self._one


def whose(address: str) -> str:
    """Return whom an address stands for: itself; of an IPv6 address the household's network."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((int(found), 64), strict=False))
