"""Runs on the desk: a preview that says what happens, a button that does it, results."""

from __future__ import annotations

import pytest

from tenantline.kernel import clock
from tenantline.printing import actions, queries
from tenantline.printing.models import Printing
from tenantline.runs.models import Run
from tenantline.statements.models import Statement
from tenantline.statements.paper import PAPERS
from tests import cast
from tests.runs.batches import issued, pause_line, statements, town, work
from tests.statements import people


@pytest.fixture
def month(house):
    town(house.lamar)
    return {"site": "LAMAR", "period": people.period_of(clock.now()), "method": "", "key": "k1"}


def shown(client, address):
    return client.get(address).content.decode()


def prepared(house, month):
    assert house.manager.post("/statements/", month).status_code == 302
    return Run.objects.latest("pk")


def test_a_preview_says_who_gets_it_who_not_and_what_the_button_does(house, month):
    run = prepared(house, month)
    page = shown(house.manager, f"/runs/{run.pk}/")
    assert "Issue 3 statements: 1 text, 1 e-mail, 1 print" in page
    assert "there is nothing to say" in page
    assert "Last text" in page
    assert "An estimate" in page
    assert not Statement.objects.exists()


def test_it_is_issued_followed_and_shows_results(house, month):
    run = prepared(house, month)
    house.manager.post(f"/runs/{run.pk}/issue/")
    assert "0 of 4" not in shown(house.manager, f"/runs/{run.pk}/")
    assert "<progress" in shown(house.manager, f"/runs/{run.pk}/")
    work(run, until=("done",))
    page = shown(house.manager, f"/runs/{run.pk}/")
    assert "Results" in page
    assert "Wait to leave" in page
    assert "The last that waits leaves about" in page
    assert Statement.objects.count() == 3
    pause_line(house.lamar)
    page = shown(house.manager, f"/runs/{run.pk}/")
    assert "the line does not send now" in page
    assert "The line is paused" in page  # beside the tenant


def test_the_same_form_sent_twice_is_one_run(house, month):
    assert prepared(house, month) == prepared(house, month)


def test_the_list_of_its_tenants_is_narrowed_in_the_address(house, month):
    run = prepared(house, month)
    page = shown(house.manager, f"/runs/{run.pk}/?only=why:no_consent")
    assert "Rex Refused" in page
    assert "Olive Agreed" not in page


def test_a_run_is_paused_resumed_and_cancelled_at_once(house, month):
    run = prepared(house, month)
    for word, state in (
        ("issue", "running"),
        ("pause", "paused"),
        ("resume", "running"),
        ("cancel", "cancelled"),
    ):
        house.manager.post(f"/runs/{run.pk}/{word}/")
        run.refresh_from_db()
        assert run.state == state


def test_what_failed_is_named_and_tried_again(house, month):
    run = prepared(house, month)
    pause_line(house.lamar)
    issued(run)
    page = shown(house.manager, f"/runs/{run.pk}/")
    assert "Try the 1 that failed again" in page
    house.manager.post(f"/runs/{run.pk}/retry/")
    run.refresh_from_db()
    assert run.state == "running"


def test_a_selection_of_tenants_is_issued_alone(house, month):
    who = cast.tenant(house.lamar, "Wanda Wanted")
    cast.entry(who)
    assert "Wanda Wanted" in shown(house.manager, f"/statements/?tenant={who.pk}")
    run = prepared(house, month | {"tenant": [str(who.pk)]})
    assert run.chosen == [who.pk]


def test_a_letter_is_issued_to_many(house):
    cast.entry(cast.tenant(house.lamar, "Dora Due"))
    letter = cast.letter(category="payment_due")
    wish = {"site": "LAMAR", "letter": str(letter.pk), "method": "print", "key": "k2"}
    assert house.manager.post("/letters/issue/", wish).status_code == 302
    run = Run.objects.latest("pk")
    assert "Issue 1 letter: 1 print" in shown(house.manager, f"/runs/{run.pk}/")


@pytest.mark.parametrize("wrong", [{"period": "2099-01"}, {"period": "x"}, {"method": "fax"}])
def test_what_cannot_be_used_is_asked_again(house, month, wrong):
    assert house.manager.post("/statements/", month | wrong).status_code == 400


def test_clerks_see_runs_and_start_none(house, month):
    run = prepared(house, month)
    page = shown(house.clerk, f"/runs/{run.pk}/")
    assert "A manager or an owner can issue it." in page
    assert "Prepare a preview" not in shown(house.clerk, "/statements/")
    assert house.clerk.post("/statements/", month).status_code == 403
    assert house.clerk.post(f"/runs/{run.pk}/issue/").status_code == 403


def test_another_facilitys_run_is_nowhere(house):
    run = statements(house.mesa)
    for address in (
        f"/runs/{run.pk}/",
        f"/runs/{run.pk}/results.csv",
        f"/statements/print/?run={run.pk}",
    ):
        assert house.manager.get(address).status_code == 404
    assert house.manager.post(f"/runs/{run.pk}/cancel/").status_code == 404


def test_results_come_as_a_file_that_is_safe_to_open(house):
    cast.entry(cast.tenant(house.lamar, "=cmd()"))
    run = issued(statements(house.lamar))
    answer = house.manager.get(f"/runs/{run.pk}/results.csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("tenant,")
    assert "'=cmd()" in lines[1]


def test_what_goes_by_print_is_one_file_marked_with_who_and_when(house, month):
    run = issued(prepared(house, month))
    assert "Print these 1…" in shown(house.clerk, f"/runs/{run.pk}/")
    waits = shown(house.clerk, f"/statements/print/?run={run.pk}")
    assert "of <a href=" in waits
    assert "no whole postal address" in waits
    assert house.clerk.get("/statements/print/?period=%00").status_code == 400
    wish = {"site": "LAMAR", "run": run.pk, "unaddressed": "on"}
    page = house.clerk.post("/statements/print/", wish, follow=True)
    assert "by carla" in page.content.decode()
    [made] = Printing.objects.all()
    file = house.clerk.get(f"/statements/printings/{made.pk}/1.pdf?sides=2")
    assert (file["Content-Type"], file.content[:4]) == ("application/pdf", b"%PDF")
    assert "What was printed" in shown(house.clerk, f"/runs/{run.pk}/")


def test_a_statement_is_printed_again_from_the_tenants_page(house, month):
    run = issued(prepared(house, month))
    [statement] = Statement.objects.filter(deliveries__method="print")
    address = f"/tenants/{statement.tenant_id}/statements/{statement.pk}/print/"
    for _ in range(2):
        assert house.clerk.post(address).status_code == 302
    page = shown(house.clerk, f"/tenants/{statement.tenant_id}/account/")
    assert "Printed again" in page
    assert "Print again" in page
    made = Printing.objects.latest("pk")
    listed = house.clerk.get(f"/statements/printings/{made.pk}/mailing-list.csv")
    assert len(b"".join(listed.streaming_content).splitlines()) == 2
    assert run.state == "done"


def test_printed_statements_of_another_facility_are_absent(house):
    issued(statements(house.mesa, chosen=[cast.entry(cast.tenant(house.mesa, email="")).tenant_id]))
    printed = actions.print_waiting(
        PAPERS,
        facility=house.mesa,
        rows=queries.waiting(PAPERS, facility=house.mesa),
        unaddressed=True,
        by=cast.TESTER,
        now=clock.now(),
    )
    for name in ("", "1.pdf", "all.zip", "mailing-list.csv"):
        assert house.manager.get(f"/statements/printings/{printed.pk}/{name}").status_code == 404
    assert house.manager.post("/statements/print/", {"site": "MESA"}).status_code == 404


def test_the_widget_tells_how_far_runs_are(house, month):
    prepared(house, month)
    assert "Ready to issue" in shown(house.manager, "/widgets/runs/")
