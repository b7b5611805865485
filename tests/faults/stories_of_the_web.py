"""A web process that is down while texts wait and STOPs come in; clocks that are set."""

from __future__ import annotations

from functools import partial

from tenantline.intake.hearing import SILENT_AFTER
from tests.faults.faults import fault
from tests.faults.stories_of_sending import on_its_way, some
from tests.faults.world import World

LONG_ENOUGH_TO_BE_MISSED = SILENT_AFTER.total_seconds() + 2


@fault("web process killed while texts wait and STOPs come in", short=True)
def web_killed(world: World) -> None:
    stopped, other = world.people(2)
    world.suspend(*world.workers)
    world.write(stopped)
    world.write(other)
    world.kill_web()
    world.pass_time(LONG_ENOUGH_TO_BE_MISSED)
    world.text_in(stopped, "STOP")
    world.text_in(other, "Is anybody there?")
    world.wake(*world.workers)


@fault("web process ended in order while texts wait and STOPs come in")
def web_ended(world: World) -> None:
    stopped, other = world.people(2)
    world.suspend(*world.workers)
    world.write(stopped)
    world.write(other)
    world.end_web()
    world.text_in(stopped, "STOP")
    world.text_in(other, "Is anybody there?")
    world.wake(*world.workers)
    world.pause(1)


@fault("web process killed at a random moment, texts coming and going")
def web_killed_at_a_random_moment(world: World) -> None:
    people = world.people(4)
    talking = world.meanwhile(
        lambda: [
            world.text_in(person, "STOP" if n == 8 else f"Hello {n}")
            for n, person in enumerate(people * 3)
        ]
    )
    asking = [world.meanwhile(partial(world.ask, person)) for person in people]
    world.pause(0.6)
    world.kill_web()
    for call in (talking, *asking):
        call.join()


@fault("web process suspended while STOPs come in")
def web_suspended(world: World) -> None:
    stopped, other = world.people(2)
    world.suspend(world.web)
    talking = world.meanwhile(lambda: world.text_in(stopped, "STOP"))
    asking = world.meanwhile(lambda: world.ask(other))
    world.pause(3)
    if world.chance.random() < 0.5:
        world.pass_time(LONG_ENOUGH_TO_BE_MISSED)
    world.web.wake()
    talking.join()
    asking.join()


@fault("everything killed at a random moment")
def everything_killed(world: World) -> None:
    people = some(world, 6)
    for person in people:
        world.write(person)
    world.pause(0.4)
    world.kill_web()
    world.kill(*world.workers)
    if world.chance.random() < 0.5:
        world.pass_time(LONG_ENOUGH_TO_BE_MISSED)
        world.text_in(people[0], "STOP")


@fault("our clock set forward an hour with texts at the carrier, the carrier's is right")
def clock_forward(world: World) -> None:
    set_the_clock(world, +3600)


@fault("our clock set back an hour with texts at the carrier, put right later")
def clock_back(world: World) -> None:
    set_the_clock(world, -3600)


def set_the_clock(world: World, seconds: float) -> None:
    """Set our clock with texts taken, untaken and cut; put it right before the world rests."""
    taken, untaken, lost = world.people(3)
    held = [on_its_way(world, taken, "taken"), on_its_way(world, untaken, "seen")]
    body = world.words()
    world.carrier.meet(body, cut=True, taken=world.chance.random() < 0.5)
    world.write(lost, body)
    with world.carrier.right_clock():
        world.set_clock(seconds)
        for one in held:
            one.go()
        world.ask(lost)
        world.pause(5)
        world.set_clock(-seconds)
    if seconds > 0:
        world.pass_time(seconds)  # a line waits for its turn by the clock that was ahead
