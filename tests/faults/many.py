"""Many rounds on one database, each with a seed of its own; see ``__main__``."""

from __future__ import annotations

import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection, connections
from django.test.utils import setup_databases, setup_test_environment, teardown_databases

from tests.faults.checker import Count
from tests.faults.database import own_server
from tests.faults.faults import Fault
from tests.faults.rest import told
from tests.faults.rounds import play, told_of
from tests.faults.world import World, opened
from tests.support import databases

ROUNDS_A_WORLD = 25  # then a new installation: what has piled up slows the checker down
SEVERAL = "two or three of these, one upon the other"
SEVERAL_IN_A_DECK = 4  # so many rounds, once every fault has been told alone


@dataclass
class Row:
    """What the rounds of one fault have come to; ``stuck``: the world did not come to rest."""

    rounds: int = 0
    stuck: int = 0
    count: Count = field(default_factory=Count)


class Rounds:
    """Plays rounds and keeps account of them."""

    def __init__(self, faults: list[Fault], seed: int, minutes: float, several: int) -> None:
        self._ends_at = time.monotonic() + minutes * 60
        self.rows: dict[str, Row] = defaultdict(Row)
        self._faults = faults
        self._seed = seed
        self._several = several

    @property
    def time_is_up(self) -> bool:
        """Tell whether no further round should begin."""
        return time.monotonic() >= self._ends_at

    def in_world(self, world: World, rounds: range) -> int:
        """Play these rounds in a world, or until it is wrong; return the next round's number."""
        before = Count()
        for number in rounds:
            if self.time_is_up:
                return number
            seed = self._seed + number
            world.begin_round(seed)
            faults = dealt(self._faults, seed, several=self._several)
            row = self.rows[faults[0].name if len(faults) == 1 else SEVERAL]
            row.rounds += 1
            began_at = time.monotonic()
            try:
                found = play(world, *faults)
            except Exception as stuck:
                row.stuck += 1
                _say(seed, faults, began_at, [f"stuck: {stuck!r}", *told(world), *_logs(world)])
                return number + 1
            row.count += found.count.since(before)
            before = found.count
            _say(seed, faults, began_at, found.complaints)
            if found.complaints:
                return number + 1
        return rounds.stop


def dealt(faults: list[Fault], seed: int, *, several: int = SEVERAL_IN_A_DECK) -> list[Fault]:
    """Return what a round tells, by its seed alone: all in turn, so that each comes as often.

    After each turn come so many rounds of ``several`` faults.
    """
    place = seed % (len(faults) + several)
    if place < len(faults):
        return [faults[place]]
    chance = random.Random(seed)
    return chance.choices(faults, k=chance.choice((2, 3)))


def _say(seed: int, faults: list[Fault], began_at: float, complaints: list[str]) -> None:
    took = time.monotonic() - began_at
    names = ", then ".join(fault.name for fault in faults)
    verdict = "wrong" if complaints else "right"
    first = f"{connection.vendor:10} seed {seed:7} {verdict} {took:5.1f} s  {names}"
    sys.stdout.write("".join(f"{line}\n" for line in (first, *complaints)))
    sys.stdout.flush()


def _logs(world: World) -> list[str]:
    return [f"{process.words}: {process.said()}" for process in world.processes]


@contextmanager
def _migrated(folder: Path) -> Iterator[None]:
    """The database that worlds copy. PostgreSQL's keeps what it has committed through a kill."""
    databases.use_file_for_sqlite(folder)
    setup_test_environment()
    made = setup_databases(verbosity=0, interactive=False)
    connections.close_all()
    if connection.vendor == "postgresql":
        databases.on_server("ALTER SYSTEM SET synchronous_commit = on")
        databases.on_server("SELECT pg_reload_conf()")
    yield
    teardown_databases(made, verbosity=0)


def played(faults: list[Fault], asked: Any, folder: Path) -> dict[str, Row]:
    """Play as many rounds of these faults as were asked for; return what has come of each."""
    several = 0 if asked.fault else SEVERAL_IN_A_DECK
    account = Rounds(faults, asked.seed, asked.minutes, several)
    rounds: int = asked.rounds
    number = 0
    with _migrated(folder):
        while number < rounds and not account.time_is_up:
            where = folder / str(number)
            where.mkdir()
            with databases.fresh(where) as fresh, opened(fresh, where / "data", number) as world:
                end = min(number + ROUNDS_A_WORLD, rounds)
                number = account.in_world(world, range(number, end))
    return account.rows


def main(engine: str, asked: Any, folder: Path) -> int:
    """Play as asked on this database, keep the account as JSON; return 1 if anything was wrong."""
    can = told_of(engine)
    if engine == "postgres" and own_server() is not None:
        can += told_of("own server")
    faults = [fault for fault in can if asked.fault in fault.name]
    rows = played(faults, asked, folder)
    Path(asked.report).write_text(json.dumps({name: asdict(row) for name, row in rows.items()}))
    return int(any(row.stuck or not row.count.is_clean for row in rows.values()))
