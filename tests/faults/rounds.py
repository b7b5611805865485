"""A round: a story is told, the world comes to rest, the checker compares."""

from __future__ import annotations

# Each file puts its stories on the list.
from tests.faults import (
    stories_of_sending,
    stories_of_the_carrier,
    stories_of_the_database,
    stories_of_the_web,
)
from tests.faults.checker import Checker, Count
from tests.faults.faults import FAULTS, Fault
from tests.faults.world import World

STORIES = (
    stories_of_sending,
    stories_of_the_carrier,
    stories_of_the_database,
    stories_of_the_web,
)


def told_of(engine: str, *, short: bool = False) -> list[Fault]:
    """The faults that an engine can have; ``short``: those that `make test` has time for."""
    return [one for one in FAULTS.values() if engine in one.engines and (one.short or not short)]


def play(world: World, fault: Fault) -> tuple[Count, list[str]]:
    """Play one round; return what it has come to, and the checker's complaints."""
    world.carrier.manner = lambda: "prompt"
    fault.tell(world)
    world.settle()
    checker = Checker(world)
    count = checker.check()
    count.rounds = 1
    return count, checker.complaints
