"""A worker that dies, or stands still, at each step of a send."""

from __future__ import annotations

import time

from tests.faults.carrier import Hold, Point
from tests.faults.faults import fault
from tests.faults.machine import until
from tests.faults.rest import wait_for_texts
from tests.faults.world import PAST_THE_LEASE, Person, World


def on_its_way(world: World, person: Person, point: Point) -> Hold:
    """Write a text and let it come as far as a step at the carrier."""
    body = world.words()
    held = world.carrier.hold(body, point)
    world.write(person, body)
    held.reached()
    return held


def some(world: World, most: int = 4) -> list[Person]:
    """A few people who have opted in."""
    return world.people(world.chance.randint(1, most))


@fault("worker killed with texts at every step of a send", short=True)
def killed_at_every_step(world: World) -> None:
    unread, untaken, unanswered, unsettled, waiting = world.people(5)
    dropped = on_its_way(world, unread, "seen")
    on_its_way(world, untaken, "seen")
    on_its_way(world, unanswered, "taken")
    answered = on_its_way(world, unsettled, "taken")
    with world.database.locked():
        answered.go()
        answered.answered.wait(20)
        world.worker.kill()
        dropped.cut()
    world.kill(*world.workers)
    world.write(waiting)


@fault("worker killed: written, not claimed")
def killed_before_the_claim(world: World) -> None:
    people = some(world)
    world.suspend(*world.workers)
    for person in people:
        world.write(person)
    world.kill(*world.workers)


@fault("worker killed: attempt recorded, no connection yet")
def killed_before_the_call(world: World) -> None:
    person, stopped = world.people(2)
    with world.carrier.unreachable():
        bodies = [world.write(person), world.write(stopped)]
        until(lambda: all(world.attempts(body) for body in bodies), why="attempts to be recorded")
        world.kill(*world.workers)
    world.text_in(stopped, "STOP")


@fault("worker killed: request at the carrier, not taken")
def killed_before_it_was_taken(world: World) -> None:
    held = [on_its_way(world, person, "seen") for person in some(world)]
    world.kill(*world.workers)
    for one in held:
        one.cut()


@fault("worker killed: request at the carrier, taken after its sender's death")
def killed_and_then_taken(world: World) -> None:
    held = [on_its_way(world, person, "seen") for person in some(world)]
    world.kill(*world.workers)
    for one in held:
        one.go()


@fault("worker killed: taken, not answered")
def killed_before_the_answer(world: World) -> None:
    for person in some(world):
        on_its_way(world, person, "taken")
    world.kill(*world.workers)


@fault("worker killed: answered, not committed")
def killed_before_the_commit(world: World) -> None:
    held = [on_its_way(world, person, "taken") for person in some(world)]
    with world.database.locked():
        for one in held:
            one.go()
            one.answered.wait(20)
        world.kill(*world.workers)


@fault("worker killed: committed, callback still to come")
def killed_before_the_callback(world: World) -> None:
    for person in some(world):
        world.write(person)
    wait_for_texts()
    world.kill(*world.workers)


@fault("worker killed while it looks for an unclear text")
def killed_while_it_looks(world: World) -> None:
    person = world.people(1)[0]
    body = world.words()
    world.carrier.tell_of(body, "late")  # else a callback tells before anybody has to look
    world.carrier.meet(body, cut=True, taken=world.chance.random() < 0.5)
    listing = world.carrier.hold_list()
    world.write(person, body)
    listing.reached()
    world.kill(*world.workers)


@fault("worker killed at a random moment")
def killed_at_a_random_moment(world: World) -> None:
    people = some(world, 6)
    for person in people:
        world.write(person)
    world.write(people[0])
    world.pause(0.4)
    world.chance.choice(world.workers).kill()
    if world.chance.random() < 0.5:
        world.text_in(people[-1], "STOP")


@fault("worker killed again and again while it starts")
def killed_again_and_again(world: World) -> None:
    for person in some(world, 6):
        world.write(person)
    for _ in range(3):
        world.worker.start()
        time.sleep(world.chance.uniform(0.5, 3.0))  # the random moment
        world.worker.kill()


@fault("worker suspended with texts at the carrier, woken after the lease")
def suspended_past_the_lease(world: World) -> None:
    untaken, unanswered, stopped = world.people(3)
    held = [on_its_way(world, untaken, "seen"), on_its_way(world, unanswered, "taken")]
    world.suspend(*world.workers)
    world.write(stopped)
    world.pass_time(PAST_THE_LEASE)
    world.text_in(stopped, "STOP")
    for one in held:
        one.go()
    world.wake(*world.workers)


@fault("worker suspended before the socket, woken after the lease and a STOP")
def suspended_before_the_socket(world: World) -> None:
    person, stopped = world.people(2)
    with world.carrier.unreachable():
        bodies = [world.write(person), world.write(stopped)]
        until(lambda: all(world.attempts(body) for body in bodies), why="attempts to be recorded")
        world.suspend(*world.workers)
    # The system's own retries complete the connection while the process stands still.
    world.pause(4.0)
    world.text_in(stopped, "STOP")
    world.pass_time(PAST_THE_LEASE)


@fault("one of two workers suspended past its lease, the other goes on", engines=("postgres",))
def one_of_two_suspended(world: World) -> None:
    people = world.people(6)
    held = [on_its_way(world, person, "taken") for person in people[:3]]
    first, second = world.workers
    world.suspend(first)
    world.pass_time(PAST_THE_LEASE)
    for person in people[3:]:
        world.write(person)
    for one in held:
        one.go()
    wait_for_texts()  # the other worker settles all
    first.wake()
    assert second.is_alive


@fault("one of two workers killed, the other goes on", engines=("postgres",))
def one_of_two_killed(world: World) -> None:
    people = world.people(6)
    for person in people:
        world.write(person)
    world.pause(0.3)
    world.chance.choice(world.workers).kill()
    for person in people:
        world.write(person)


@fault("two workers at a full queue", engines=("postgres",))
def two_workers(world: World) -> None:
    people = world.people(5)
    world.suspend(*world.workers)
    for person in people * 3:
        world.write(person)
    world.wake(*world.workers)
    world.text_in(people[0], "STOP")


@fault("workers ended in order with texts at the carrier")
def ended_in_order(world: World) -> None:
    held = [on_its_way(world, person, "taken") for person in some(world)]
    world.carrier.let_on_after(1.0, held)
    for worker in world.workers:
        worker.stop()
