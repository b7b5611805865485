"""A carrier that drops, refuses, is slow, and tells of texts in any order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.faults.carrier import MANNERS
from tests.faults.faults import fault
from tests.faults.rest import wait_for_time_outs
from tests.faults.stories_of_sending import some
from tests.faults.world import World

# How one request may fail; whether the text was taken is the whole question.
FAILURES: dict[str, dict[str, Any]] = {
    "cut before it was taken": {"cut": True},
    "cut after it was taken": {"cut": True, "taken": True},
    "500 before it was taken": {"status": 500},
    "500 after it was taken": {"status": 500, "taken": True},
    "503 as HTML after it was taken": {"status": 503, "html": True, "taken": True},
    "an unreadable answer after it was taken": {"garbage": True, "taken": True},
    "429 with Retry-After": {"status": 429, "retry_after": 1},
    "429 without": {"status": 429},
}
LAGS = timedelta(seconds=0.8)  # less than what lies between two readings that count as absent
SLOWER_THAN_THE_TIME_OUT = 33.0  # seconds; a call takes 30 at most


@fault("carrier fails in every way at once", short=True)
def fails_in_every_way(world: World) -> None:
    for person, failure in zip(world.people(len(FAILURES)), FAILURES.values(), strict=True):
        body = world.words()
        world.carrier.meet(body, **failure)
        world.write(person, body)


@fault("carrier: 429 storm")
def storm_of_429(world: World) -> None:
    for person in some(world):
        body = world.words()
        world.carrier.meet(body, times=world.chance.randint(1, 2), status=429, retry_after=1)
        world.write(person, body)


@fault("carrier answers slower than the time-out")
def slower_than_the_time_out(world: World) -> None:
    bodies = [world.words(), world.words()]
    people = world.people(2)
    for person, body, taken in zip(people, bodies, (True, False), strict=True):
        # What is not taken has to fail some way in the end; by then nobody listens.
        failure: dict[str, Any] = {"taken": True} if taken else {"status": 500}
        world.carrier.meet(body, hang=SLOWER_THAN_THE_TIME_OUT, **failure)
        world.write(person, body)
    wait_for_time_outs(bodies)


@fault("carrier: the same words twice on purpose, both unclear, one taken")
def same_words_twice(world: World) -> None:
    person = world.people(1)[0]
    body = world.words()
    takes = [True, False]
    world.chance.shuffle(takes)
    for taken in takes:
        world.carrier.meet(body, cut=True, taken=taken)
        world.write(person, body)


@fault("carrier: two unclear texts to one person, one taken")
def two_unclear_texts(world: World) -> None:
    person = world.people(1)[0]
    takes = [True, False]
    world.chance.shuffle(takes)
    for taken in takes:
        body = world.words()
        world.carrier.meet(body, cut=True, taken=taken)
        world.write(person, body)


@fault("carrier's list lags behind what it took")
def list_lags(world: World) -> None:
    world.carrier.list_lags = LAGS
    for person in some(world):
        body = world.words()
        world.carrier.meet(body, cut=True, taken=world.chance.random() < 0.7)
        world.write(person, body)


@fault("carrier down for a while")
def carrier_down(world: World) -> None:
    people = some(world)
    world.carrier.down()
    for person in people:
        world.write(person)
    if world.chance.random() < 0.5:
        world.worker.kill()
    world.carrier.start()


@fault("carrier refuses for good")
def refused_for_good(world: World) -> None:
    for person, code in zip(world.people(2), (21610, 21614), strict=True):
        body = world.words()
        world.carrier.meet(body, code=code)
        world.write(person, body)
        world.wanted[-1].is_refused = True


@fault("callbacks early, late, doubled, reversed and missing")
def callbacks_in_any_order(world: World) -> None:
    for person, manner in zip(world.people(len(MANNERS)), MANNERS, strict=True):
        body = world.words()
        world.carrier.tell_of(body, manner)
        world.write(person, body)


@fault("callbacks and answers lost: the worker is killed, the web process is down")
def callbacks_lost(world: World) -> None:
    people = some(world)
    for person in people:
        body = world.words()
        world.carrier.hold(body, "taken")
        world.write(person, body)
    world.kill_web()
    world.kill(*world.workers)
