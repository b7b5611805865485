"""Runs and automations whose processes die: nobody gets anything twice, nobody is left out."""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager, suppress
from datetime import timedelta
from functools import partial

import requests
from django.db.models import Count, QuerySet
from django.test import Client

from tenantline.automations import actions as automations
from tenantline.automations.models import Automation, Firing
from tenantline.billing import actions as billing
from tenantline.billing.actions import NewEntry
from tenantline.kernel.errors import Refused
from tenantline.letters.models import Letter, Notice
from tenantline.recovery import queries as recovery
from tenantline.runs import actions as runs
from tenantline.runs.actions import Order
from tenantline.runs.models import Item, Run
from tenantline.staff.models import Staff
from tenantline.statements.models import Delivery, Sheet, Statement
from tenantline.tenants.models import Tenant
from tests import cast
from tests.faults.faults import fault
from tests.faults.machine import until
from tests.faults.world import World
from tests.statements import people

A_LEASE = 65  # seconds, longer than runs.working.LEASE and the time between two looks at facts
_ENDED = {"done"}
_TOKEN = "a" * 32  # against forged requests: the same in cookie and form


@fault("a month run by two clerks at once and thanks by automation, web and workers killed",
       short=True)  # fmt: skip
def killed_at_every_step(world: World) -> None:
    wanted = _owing(world, 2) + _printed(world, 24)
    before = _last_run()
    clerks = [world.meanwhile(partial(_asks, world)) for _ in range(2)]
    until(lambda: _since(before).exists(), why="a run to be there")
    world.kill_web()  # while it plans, or answers
    for clerk in clerks:
        clerk.join()
    world.start_web()
    _begun(world)  # what a clerk does who was not answered
    automation = _thanks(world, wanted)
    _some_are_done(before, automation)
    _restart(world)
    for run in _since(before):
        _ends(world, str(run.pk))
    _everybody_once(wanted)
    _everybody_thanked_once(automation, wanted)


@fault("a run, killed at a random moment")
def killed_during_a_run(world: World) -> None:
    wanted = _owing(world, 6)
    run = _begun(world)
    world.pause(4.0)
    _restart(world)
    again = _begun(world)
    for one in (run, again):
        _ends(world, one)
    _everybody_once(wanted)


@fault("a run, killed again and again")
def killed_again_and_again(world: World) -> None:
    wanted = _owing(world, 6) + _printed(world, 60)
    run = _begun(world)
    for _ in range(3):
        world.pause(2.0)
        _restart(world)
    _ends(world, run)
    _everybody_once(wanted)


@fault("a run of more tenants than a request plans, workers killed while they plan")
def killed_while_planning(world: World) -> None:
    wanted = _printed(world, 120)
    order = Order(kind="statements", facility=world.site, period=_month(world))
    run = runs.prepare(order=order, by=cast.TESTER, now=world.clock.now(), confirmed=True).run
    for _ in range(2):
        world.pause(1.0)
        _restart(world)
    _ends(world, str(run.pk))
    _everybody_once(wanted)


@fault("a run, its database locked, away or full")
def run_without_a_database(world: World) -> None:
    wanted = _owing(world, 4) + _printed(world, 40)
    run = _begun(world)
    for _ in range(2):
        world.pause(1.5)
        with _database_trouble(world):
            world.pause(4.0)
    _ends(world, run)
    _everybody_once(wanted)


@fault("a run, the carrier down, people say STOP, workers killed")
def run_and_stops(world: World) -> None:
    asked = world.people(4)
    texted = Tenant.objects.filter(pk__in=[int(one.tenant) for one in asked])
    for who in texted:
        people.by_sms(who, world.clock.now())
        cast.entry(who)
    wanted = _printed(world, 10)
    world.carrier.down()
    run = _begun(world)
    world.pause(3.0)
    for person in asked[:2]:
        world.text_in(person, "STOP")
    world.kill(*world.workers)
    world.carrier.start()
    _restart(world)
    _ends(world, run)
    # A statement whose text was withheld for a STOP goes another way.
    _everybody_once([*wanted, *(int(person.tenant) for person in asked[2:])])
    stopped = Statement.objects.filter(tenant__in=[int(person.tenant) for person in asked[:2]])
    assert stopped.count() == 2, "each of them has one statement"


@fault("a run, paused, its workers killed, and resumed")
def killed_while_paused(world: World) -> None:
    wanted = _printed(world, 60)
    run = Run.objects.get(pk=_begun(world))
    until(lambda: Item.objects.filter(run=run, state="issued").exists(), why="a first one issued")
    with suppress(Refused):  # it is done already
        runs.pause(run=run, by=cast.TESTER, now=world.clock.now())
    issued = Item.objects.filter(run=run, state="issued").count()
    _restart(world)
    world.pause(3.0)
    assert Item.objects.filter(run=run, state="issued").count() == issued, "a pause is a pause"
    with suppress(Refused):
        runs.resume(run=run, by=cast.TESTER, now=world.clock.now())
    _ends(world, str(run.pk))
    _everybody_once(wanted)


@fault("a run of a letter, killed again and again")
def killed_during_letters(world: World) -> None:
    wanted = _owing(world, 4) + _printed(world, 40)
    letter = _letter("payment_due")
    order = Order(
        kind="letters",
        facility=world.site,
        subject=str(letter.versions.get().pk),
        chosen=wanted,
    )
    found = [
        runs.prepare(order=order, by=cast.TESTER, now=world.clock.now(), confirmed=True).run
        for _ in range(2)
    ]
    for _ in range(2):
        world.pause(3.0)
        _restart(world)
    for run in found:
        _ends(world, str(run.pk))
    rows = Notice.objects.filter(letter=letter)
    assert _counts(rows, "tenant_id") == dict.fromkeys(wanted, 1)


@fault("the web process, killed while a run is watched and printed")
def killed_while_printing(world: World) -> None:
    wanted = _printed(world, 40)
    run = _begun(world)
    _ends(world, run)
    cookies = _signed_in()
    asking = [
        world.meanwhile(partial(_prints, world, cookies)),
        world.meanwhile(partial(_watched, world, run)),
    ]
    world.pause(2.0)
    world.kill_web()
    for one in asking:
        one.join()
    world.start_web()
    _prints(world, cookies)
    sheets = Sheet.objects.filter(paper__tenant__in=wanted)
    assert _counts(sheets, "paper__tenant_id") == dict.fromkeys(wanted, 1)
    address = f"{world.installation.url}/statements/printings/{sheets.latest('pk').printing_id}"
    made = requests.get(f"{address}/1.pdf", cookies=cookies, timeout=120)
    assert made.content.startswith(b"%PDF"), made.text[:200]
    _everybody_once(wanted)


@fault("automations, workers killed again and again")
def killed_while_thanking(world: World) -> None:
    wanted = _owing(world, 4) + _printed(world, 30)
    automation = _thanks(world, wanted)
    for _ in range(3):
        world.pause(3.0)
        _restart(world)
    _everybody_thanked_once(automation, wanted)


# --- what is there, and what people do ---


def _owing(world: World, count: int) -> list[int]:
    """People who owe something; every second one has opted in and gets statements by text."""
    now = world.clock.now()
    texted = [int(one.tenant) for one in world.people(count // 2)]
    for who in Tenant.objects.filter(pk__in=texted):
        people.by_sms(who, now)
        cast.entry(who)
    return [*texted, *_printed(world, count - count // 2)]


def _printed(world: World, count: int) -> list[int]:
    """People who owe something and get paper."""
    made = [cast.tenant(world.site, email="") for _ in range(count)]
    for who in made:
        cast.entry(who)
    return [who.pk for who in made]


def _month(world: World) -> str:
    return people.period_of(world.clock.now())


def _asked(world: World) -> requests.Response:
    month = {"facility": world.site.code, "period": _month(world)}
    key = {"Idempotency-Key": uuid.uuid4().hex}
    return world.api.post("/statement-runs", month, headers=key)


def _asks(world: World) -> None:
    """Ask for a month's statements, whether or not there is an answer."""
    with suppress(requests.RequestException):
        _asked(world)


def _begun(world: World) -> str:
    """Have a month's statements issued, as a program does."""
    answer = _asked(world)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _letter(category: str) -> Letter:
    name = f"On {category} {uuid.uuid4().hex[:6]}"
    return cast.letter(name, category=category, sms="Your balance: {{account.balance}}.")


def _thanks(world: World, wanted: list[int]) -> Automation:
    """Switch an automation on that thanks for payments; let these tenants pay a little.

    What is entered before a recovery is over is nothing to thank for: see ``facts.since``.
    """
    until(lambda: recovery.current() is None, why="the recovery to be over")
    now = world.clock.now()
    made = automations.add(
        when="payment_received",
        days=0,
        letter=_letter("payment_received"),
        facility=world.site,
        by=cast.TESTER,
        now=now,
    )
    automations.switch(automation=made, mode="on", by=cast.TESTER, now=now)
    for who in Tenant.objects.filter(pk__in=wanted).select_related("facility"):
        new = NewEntry(kind="payment", amount_cents=100)
        billing.record(tenant=who, new=new, by=cast.TESTER, now=world.clock.now())
    return made


def _signed_in() -> dict[str, str]:
    """Return the cookies of a clerk who has signed in; the world's clock is days ahead of ours."""
    browser = Client()
    browser.force_login(Staff.objects.get(username="carla"))
    session = browser.session
    session.set_expiry(timedelta(days=30))
    session.save()
    return {name: morsel.value for name, morsel in browser.cookies.items()}


def _prints(world: World, cookies: dict[str, str]) -> None:
    """Give all statements that wait to the printer, unless nobody answers."""
    wish = {"site": world.site.code, "unaddressed": "on", "csrfmiddlewaretoken": _TOKEN}
    with suppress(requests.RequestException):
        requests.post(
            f"{world.installation.url}/statements/print/",
            data=wish,
            cookies=cookies | {"csrftoken": _TOKEN},
            timeout=60,
        )


def _watched(world: World, run: str) -> None:
    """Ask how far a run is until nobody answers."""
    with suppress(requests.RequestException):
        for _ in range(1_000):
            world.api.call("GET", f"/statement-runs/{run}")


# --- what befalls them, and how it ends ---


def _last_run() -> int:
    return Run.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _since(last: int) -> QuerySet[Run]:
    return Run.objects.filter(pk__gt=last)


def _some_are_done(last: int, automation: Automation) -> None:
    """Wait until the worker is in the middle of it."""
    issued = Item.objects.filter(run__pk__gt=last, state="issued")
    fired = Firing.objects.filter(automation=automation)
    until(lambda: issued.exists() and fired.exists(), why="the first to be issued")


def _database_trouble(world: World) -> AbstractContextManager[None]:
    """Take the database away, one way or another."""
    database = world.database
    if world.chance.random() < 0.5:
        return database.locked()
    return database.full(world.processes) if database.is_sqlite else database.away()


def _restart(world: World) -> None:
    """Kill every worker, start them again, and let the leases of the dead end."""
    world.kill(*world.workers)
    for worker in world.workers:
        worker.start()
    world.pass_time(A_LEASE)


def _ends(world: World, run: str) -> None:
    until(
        lambda: Run.objects.get(pk=run).state in _ENDED,
        why=f"run {run} to be done",
    )
    assert not Item.objects.filter(run_id=run, state__in=("waiting", "failed")).exists()


def _everybody_once(wanted: list[int]) -> None:
    """Each has one statement, which went out once."""
    found = Statement.objects.filter(tenant__in=wanted)
    assert _counts(found, "tenant_id") == dict.fromkeys(wanted, 1)
    sent = Delivery.objects.filter(statement__tenant__in=wanted)
    assert _counts(sent, "statement__tenant_id") == dict.fromkeys(wanted, 1)


def _everybody_thanked_once(automation: Automation, wanted: list[int]) -> None:
    """Each was thanked once, and that was kept once."""
    fired = Firing.objects.filter(automation=automation)
    until(lambda: fired.count() >= len(wanted), why="everybody to be thanked")
    assert _counts(fired.filter(state="issued"), "tenant_id") == dict.fromkeys(wanted, 1)
    issued = Notice.objects.filter(letter=automation.letter)
    assert _counts(issued, "tenant_id") == dict.fromkeys(wanted, 1)


_Rows = (
    QuerySet[Statement] | QuerySet[Delivery] | QuerySet[Firing] | QuerySet[Notice] | QuerySet[Sheet]
)


def _counts(rows: _Rows, name: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(name).annotate(Count("id")))
