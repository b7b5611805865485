"""People to whom a run issues something, and a worker's share of it, step by step."""

from __future__ import annotations

from typing import Any

from tenantline.facilities import actions as facilities
from tenantline.facilities.models import Facility
from tenantline.kernel import clock
from tenantline.letters import actions as letter_actions
from tenantline.letters import queries as letters
from tenantline.letters.composing import Bodies
from tenantline.letters.models import Letter
from tenantline.runs import actions, queries
from tenantline.runs.actions import Order
from tenantline.runs.models import Run
from tenantline.runs.working import Shift
from tenantline.tenants.models import Tenant
from tenantline.worker.run import TRADES
from tests import cast
from tests.statements import people


def town(site: Facility) -> dict[str, Tenant]:
    """One tenant for each way a statement can go: by text, by e-mail, on paper, not at all."""
    now = clock.now()
    found = {
        "texted": people.agreed(site, now),
        "refused": people.by_sms(cast.tenant(site, "Rex Refused"), now),
        "printed": cast.tenant(site, "Pia Printed", email=""),
    }
    for who in found.values():
        cast.entry(who)
    return found | {"idle": cast.tenant(site, "Ida Idle")}


def statements(site: Facility, **how: Any) -> Run:
    """Prepare a run of this month's statements."""
    now = clock.now()
    confirmed = how.pop("confirmed", False)
    order = Order(kind="statements", facility=site, period=people.period_of(now), **how)
    return actions.prepare(order=order, by=cast.TESTER, now=now, confirmed=confirmed).run


def letters_run(site: Facility, letter: Letter, **how: Any) -> Run:
    """Prepare a run of a letter."""
    subject = str(letters.current(letter).pk)
    order = Order(kind="letters", facility=site, subject=subject, **how)
    return actions.prepare(order=order, by=cast.TESTER, now=clock.now()).run


def work(run: Run, *, until: tuple[str, ...] = ("planned", "done", "paused")) -> Run:
    """Let a worker go on until a run is in one of these states."""
    shift = Shift(TRADES)
    for _ in range(50):
        run.refresh_from_db()
        if run.state in until:
            return run
        shift.step()
    raise AssertionError(f"the run stays {run.state}")


def issued(run: Run) -> Run:
    """Plan a run and issue all of it."""
    work(run)
    actions.issue(run=run, by=cast.TESTER, now=clock.now())
    return work(run)


def outcome(run: Run) -> dict[str, tuple[str, str, str]]:
    """Return each tenant's state, method and reason."""
    return {
        row.tenant.name: (row.state, row.method, row.code or row.why_code)
        for row in queries.items(run)
    }


def reworded(letter: Letter) -> None:
    """Give a letter other words."""
    bodies = {"en": Bodies(print="Dear {{tenant.name}}, other words.")}
    letter_actions.revise(letter=letter, bodies=bodies, by=cast.TESTER, now=clock.now())


def pause_line(site: Facility) -> None:
    """Let nothing leave by a facility's line."""
    line = site.lines.get()
    facilities.pause_line(line=line, reason="A test.", by=cast.TESTER, now=clock.now())


def resume_line(site: Facility) -> None:
    """Let texts leave again."""
    facilities.resume_line(line=site.lines.get(), by=cast.TESTER, now=clock.now())
