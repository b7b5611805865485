"""A run of statements, from its plan to what came of each tenant."""

import pytest

from tenantline.facilities import actions as facilities
from tenantline.kernel import clock
from tenantline.runs import actions as runs
from tenantline.runs.actions import Order
from tenantline.runs.models import Item
from tenantline.runs.working import Shift
from tenantline.statements.models import Statement
from tenantline.statements.trade import TRADE
from tests import cast
from tests.statements import people

pytestmark = pytest.mark.django_db


def run_it(site, **more):
    order = Order(kind="statements", facility=site, period=people.period_of(clock.now()), **more)
    made = runs.prepare(order=order, by=cast.TESTER, now=clock.now(), confirmed=True)
    shift = Shift({"statements": TRADE})
    for _ in range(20):
        shift.step()
    return made.run


def results(run):
    rows = Item.objects.filter(run=run).order_by("tenant_id")
    return [(row.state, row.method, row.code or row.why_code) for row in rows]


def test_a_run_issues_to_each_by_the_possible_method_and_says_why():
    site, now = cast.site(), clock.now()
    texted, refused = people.agreed(site, now), people.by_sms(cast.tenant(site), now)
    cast.tenant(site, "Ida Idle")
    for who in (texted, refused):
        cast.entry(who)
    run = run_it(site)
    assert results(run) == [
        ("issued", "sms", ""),
        ("issued", "email", "no_consent"),
        ("skipped", "", "zero_balance"),
    ]
    sent = Item.objects.get(run=run, tenant=texted)
    assert sent.ref == f"statement:{Statement.objects.get(tenant=texted).pk}"
    assert sent.message is not None


def test_a_second_run_for_the_month_issues_nothing_again():
    site = cast.site()
    cast.entry(cast.tenant(site))
    run_it(site)
    assert results(run_it(site)) == [("skipped", "", "already_issued")]
    assert Statement.objects.count() == 1


def test_nobody_gets_paper_because_the_line_was_paused_after_the_preview():
    site, now = cast.site(), clock.now()
    who = people.agreed(site, now)
    cast.entry(who)
    order = Order(kind="statements", facility=site, period=people.period_of(now))
    run = runs.prepare(order=order, by=cast.TESTER, now=now).run
    shift = Shift({"statements": TRADE})
    for _ in range(4):
        shift.step()
    facilities.pause_line(line=site.lines.get(), reason="a test", by=cast.TESTER, now=now)
    run.refresh_from_db()
    runs.issue(run=run, by=cast.TESTER, now=clock.now())
    for _ in range(4):
        shift.step()
    assert results(run) == [("failed", "sms", "line_paused")]
    assert not Statement.objects.exists()
