"""A run of statements whose worker dies: nobody gets one twice, nobody is left out."""

from __future__ import annotations

from django.db.models import Count

from tenantline.runs.models import Item, Run
from tenantline.statements.models import Delivery, Statement
from tenantline.tenants.models import Tenant
from tests import cast
from tests.faults.faults import fault
from tests.faults.machine import until
from tests.faults.world import World
from tests.statements import people

A_LEASE = 65  # seconds, longer than runs.working.LEASE
_ENDED = {"done"}


@fault("a run, killed at a random moment", weight=8)
def killed_during_a_run(world: World) -> None:
    wanted = _owing(world, 6)
    run = _begun(world)
    world.pause(4.0)
    world.kill(*world.workers)
    for worker in world.workers:
        worker.start()
    world.pass_time(A_LEASE)
    again = _begun(world)
    for one in (run, again):
        _ends(world, one)
    _everybody_once(wanted)


@fault("a run, killed again and again", weight=4)
def killed_again_and_again(world: World) -> None:
    wanted = _owing(world, 6)
    run = _begun(world)
    for _ in range(3):
        world.pause(2.0)
        world.worker.kill()
        world.worker.start()
        world.pass_time(A_LEASE)
    _ends(world, run)
    _everybody_once(wanted)


def _owing(world: World, count: int) -> list[int]:
    """People who owe something; every second one has opted in and gets statements by text."""
    now = world.clock.now()
    texted = [int(one.tenant) for one in world.people(count // 2)]
    for who in Tenant.objects.filter(pk__in=texted):
        people.by_sms(who, now)
    others = [cast.tenant(world.site, email="").pk for _ in range(count // 2)]
    for who in Tenant.objects.filter(pk__in=[*texted, *others]):
        cast.entry(who)
    return [*texted, *others]


def _begun(world: World) -> str:
    """Have a month's statements issued, as a program does."""
    month = {"facility": world.site.code, "period": people.period_of(world.clock.now())}
    answer = world.api.post("/statement-runs", month)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _ends(world: World, run: str) -> None:
    until(
        lambda: Run.objects.get(pk=run).state in _ENDED,
        seconds=120,
        why=f"run {run} to be done",
    )
    assert not Item.objects.filter(run_id=run, state__in=("waiting", "failed")).exists()


def _everybody_once(wanted: list[int]) -> None:
    """Each has one statement, which went out once."""
    found = Statement.objects.filter(tenant__in=wanted).values_list("tenant_id")
    counts = dict(found.annotate(Count("id")))
    assert counts == dict.fromkeys(wanted, 1), counts
    sent = Delivery.objects.filter(statement__tenant__in=wanted).values_list("statement__tenant_id")
    assert dict(sent.annotate(Count("id"))) == dict.fromkeys(wanted, 1)
