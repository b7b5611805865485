"""A round: a story is told, the world comes to rest, the checker compares."""

from __future__ import annotations

# Each file puts its stories on the list.
from tests.faults import (
    stories_of_copies,
    stories_of_runs,
    stories_of_sending,
    stories_of_the_carrier,
    stories_of_the_database,
    stories_of_the_web,
)
from tests.faults.checker import Checker
from tests.faults.faults import FAULTS, Fault
from tests.faults.rest import settle
from tests.faults.world import World

STORIES = (
    stories_of_copies,
    stories_of_runs,
    stories_of_sending,
    stories_of_the_carrier,
    stories_of_the_database,
    stories_of_the_web,
)


def told_of(engine: str, *, short: bool = False) -> list[Fault]:
    """The faults that an engine can have; ``short``: those that `make test` has time for."""
    return [one for one in FAULTS.values() if engine in one.engines and (one.short or not short)]


def play(world: World, *faults: Fault) -> Checker:
    """Let faults follow one another, bring the world to rest; return the checker's findings."""
    for fault in faults:
        world.heal()
        fault.tell(world)
    settle(world)
    return Checker(world).check()
