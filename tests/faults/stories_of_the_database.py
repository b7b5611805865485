"""A database that is away, locked by somebody else, or out of space."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from threading import Thread

from tests.faults.faults import fault
from tests.faults.world import Person, World

LONGER_THAN_ANYBODY_WAITS = 25.0  # seconds; SQLite's writers wait for 20


def coming_and_going(world: World, people: list[Person]) -> list[Thread]:
    """Let texts come in, one of them STOP, and be asked for: each once, whatever becomes of it.

    A call may stay open until the trouble is over, or be given up before.
    """
    said = zip(people, ("Hello", "STOP", "Is the gate open?"), strict=True)
    calls = [world.meanwhile(partial(world.text_in, person, body)) for person, body in said]
    return calls + [world.meanwhile(partial(world.ask, person)) for person in people]


def in_trouble(
    world: World, trouble: AbstractContextManager[None], lasting: Callable[[], object], waiting: int
) -> None:
    """Let texts come and go while a database is in trouble; so many waited before it was."""
    people = world.people(3)
    for person in people[:waiting]:
        world.write(person)
    with trouble:
        calls = coming_and_going(world, people)
        lasting()
    for call in calls:
        call.join()


@fault("database locked by somebody else")
def locked(world: World) -> None:
    for_a_while = partial(time.sleep, world.chance.uniform(0.3, 3))
    in_trouble(world, world.database.locked(), for_a_while, 1)


@fault("database locked for longer than anybody waits")
def locked_for_long(world: World) -> None:
    for_long = partial(time.sleep, LONGER_THAN_ANYBODY_WAITS)
    in_trouble(world, world.database.locked(), for_long, 1)


@fault("database away, sessions cut", engines=("postgres",), short=True)
def away(world: World) -> None:
    in_trouble(world, world.database.away(), partial(world.pause, 2), 3)


@fault("database server killed and started again", engines=("own server",))
def server_killed(world: World) -> None:
    in_trouble(world, world.database.server_killed(), partial(world.pause, 2), 3)


@fault("database away, and the worker killed before it is back", engines=("postgres",))
def away_and_killed(world: World) -> None:
    in_trouble(world, world.database.away(), partial(world.kill, *world.workers), 3)


@fault("disk full under the server, which ends of it", engines=("own server",))
def server_full(world: World) -> None:
    in_trouble(world, world.database.server_full(), partial(world.pause, 4), 3)


@fault("disk nearly full, the server takes no more writes", engines=("own server",))
def read_only(world: World) -> None:
    in_trouble(world, world.database.read_only(), partial(world.pause, 4), 3)


@fault("disk full", engines=("sqlite",))
def full(world: World) -> None:
    in_trouble(world, world.database.full(world.processes), partial(world.pause, 2), 1)
