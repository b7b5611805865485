"""A database that is away, locked by somebody else, or out of space."""

from __future__ import annotations

import time

from tests.faults.faults import fault
from tests.faults.world import Person, World


def talk(world: World, people: list[Person]) -> None:
    """Let texts come in, one of them STOP; each call is made once, whatever comes of it."""
    for person, body in zip(people, ("Hello", "STOP", "Is the gate open?"), strict=True):
        world.text_in(person, body)


def ask_all(world: World, people: list[Person]) -> None:
    """Mean to write to everybody; what cannot be taken now is asked for again later."""
    for person in people:
        world.ask(person)


@fault("database locked by somebody else", short=True, weight=8)
def locked(world: World) -> None:
    people = world.people(3)
    world.write(people[0])
    with world.database.locked():
        talking = world.meanwhile(lambda: talk(world, people))
        ask_all(world, people)
        time.sleep(world.chance.uniform(0.3, 3))
    talking.join()


@fault("database locked for longer than anybody waits", weight=2)
def locked_for_long(world: World) -> None:
    people = world.people(3)
    world.write(people[0])
    with world.database.locked():
        talking = world.meanwhile(lambda: talk(world, people))
        ask_all(world, people)
        time.sleep(25)  # SQLite's writers wait for 20 seconds
    talking.join()


@fault("database away, sessions cut", engines=("postgres",), short=True, weight=8)
def away(world: World) -> None:
    people = world.people(3)
    for person in people:
        world.write(person)
    with world.database.away():
        talk(world, people)
        ask_all(world, people)
        time.sleep(world.chance.uniform(0, 2))


@fault("database server killed and started again", engines=("own server",), weight=8)
def server_killed(world: World) -> None:
    people = world.people(3)
    for person in people:
        world.write(person)
    with world.database.server_killed():
        talk(world, people)
        ask_all(world, people)
        time.sleep(world.chance.uniform(0, 2))


@fault("database away, and the worker killed before it is back", engines=("postgres",))
def away_and_killed(world: World) -> None:
    people = world.people(3)
    for person in people:
        world.write(person)
    with world.database.away():
        talk(world, people)
        for worker in world.workers:
            worker.kill()


@fault("disk full", engines=("sqlite",), short=True, weight=8)
def full(world: World) -> None:
    people = world.people(3)
    world.write(people[0])
    with world.database.full(world.processes):
        talk(world, people)
        ask_all(world, people)
        time.sleep(world.chance.uniform(0, 2))
