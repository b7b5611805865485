"""Imports and backups beside texts that come and go, and the way back from a backup."""

from __future__ import annotations

from tenantline.recovery import actions as recovery
from tenantline.recovery.rules import UNKNOWABLE
from tests import cast
from tests.faults.faults import fault
from tests.faults.machine import Process
from tests.faults.stories_of_sending import on_its_way
from tests.faults.world import Person, World

UNTIL_NOBODY_SEEMS_TO_RUN = 30.0  # seconds; a restore refuses while signs of life are fresh


def texts_come_and_go(world: World, people: list[Person], beside: Process) -> None:
    """Let texts come and go while a command runs; it has to end well."""
    for n in range(30):
        world.text_in(people[n % 3], f"Hello {n}")
        if n % 10 == 5:
            world.write(people[n % 3])
    world.text_in(people[0], "STOP")
    assert beside.ended() == 0, beside.said()


@fault("an import while texts come and go")
def during_an_import(world: World) -> None:
    people = world.people(3)
    file = world.many_tenants(2000)
    importing = world.command("import", "tenants", str(file), "--facility", "MAIN")
    texts_come_and_go(world, people, importing)


@fault("a backup while texts come and go")
def during_a_backup(world: World) -> None:
    people = world.people(3)
    backing_up = world.command("backup", str(world.new_file("backup")))
    texts_come_and_go(world, people, backing_up)


@fault("a restore: texts sent and a STOP since the backup")
def restored(world: World) -> None:
    waiting, underway, stopped, lost = world.people(4)
    on_its_way(world, underway, "seen")
    body = world.words()
    world.carrier.meet(body, cut=True, taken=world.chance.random() < 0.5)
    world.suspend(*world.workers)
    for person in (waiting, stopped):
        world.write(person)
    world.write(lost, body)
    copy = world.new_file("backup")
    world.must("backup", str(copy))
    # What follows is not in the backup: some of it is sent, one of them says STOP.
    world.wake(*world.workers)
    world.carrier.let_all_on()
    world.text_in(stopped, "STOP")
    world.pause(2)
    world.kill_web()
    world.kill(*world.workers)
    world.pass_time(UNTIL_NOBODY_SEEMS_TO_RUN)
    world.must("restore", "--replace", str(copy))
    world.carrier.forget_answers()
    world.start_web()
    ticked = [item.key for item in UNKNOWABLE]
    recovery.confirm(ticked=ticked, by=cast.TESTER, now=world.clock.now())
