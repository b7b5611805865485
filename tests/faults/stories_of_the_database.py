"""A database that is away, locked by somebody else, or out of space."""

from __future__ import annotations

import time
from functools import partial
from threading import Thread

from tests.faults.faults import fault
from tests.faults.world import Person, World


def coming_and_going(world: World, people: list[Person]) -> list[Thread]:
    """Let texts come in, one of them STOP, and be asked for: each once, whatever becomes of it.

    A call may stay open until the trouble is over, or be given up before.
    """
    said = zip(people, ("Hello", "STOP", "Is the gate open?"), strict=True)
    calls = [world.meanwhile(partial(world.text_in, person, body)) for person, body in said]
    return calls + [world.meanwhile(partial(world.ask, person)) for person in people]


def join(calls: list[Thread]) -> None:
    """Wait until every call has come to an end."""
    for call in calls:
        call.join()


@fault("database locked by somebody else")
def locked(world: World) -> None:
    people = world.people(3)
    world.write(people[0])
    with world.database.locked():
        calls = coming_and_going(world, people)
        time.sleep(world.chance.uniform(0.3, 3))
    join(calls)


@fault("database locked for longer than anybody waits")
def locked_for_long(world: World) -> None:
    people = world.people(3)
    world.write(people[0])
    with world.database.locked():
        calls = coming_and_going(world, people)
        time.sleep(25)  # SQLite's writers wait for 20 seconds
    join(calls)


@fault("database away, sessions cut", engines=("postgres",), short=True)
def away(world: World) -> None:
    people = world.people(3)
    for person in people:
        world.write(person)
    with world.database.away():
        calls = coming_and_going(world, people)
        world.pause(2)
    join(calls)


@fault("database server killed and started again", engines=("own server",))
def server_killed(world: World) -> None:
    people = world.people(3)
    for person in people:
        world.write(person)
    with world.database.server_killed():
        calls = coming_and_going(world, people)
        world.pause(2)
    join(calls)


@fault("database away, and the worker killed before it is back", engines=("postgres",))
def away_and_killed(world: World) -> None:
    people = world.people(3)
    for person in people:
        world.write(person)
    with world.database.away():
        calls = coming_and_going(world, people)
        world.kill(*world.workers)
    join(calls)


@fault("disk full under the server, which ends of it", engines=("own server",))
def server_full(world: World) -> None:
    people = world.people(3)
    for person in people:
        world.write(person)
    with world.database.server_full():
        calls = coming_and_going(world, people)
        world.pause(4)
    join(calls)


@fault("disk nearly full, the server takes no more writes", engines=("own server",))
def read_only(world: World) -> None:
    people = world.people(3)
    for person in people:
        world.write(person)
    with world.database.read_only():
        calls = coming_and_going(world, people)
        world.pause(4)
    join(calls)


@fault("disk full", engines=("sqlite",))
def full(world: World) -> None:
    people = world.people(3)
    world.write(people[0])
    with world.database.full(world.processes):
        calls = coming_and_going(world, people)
        world.pause(2)
    join(calls)
