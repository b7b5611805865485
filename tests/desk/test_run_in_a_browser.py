"""A month's statements in a real browser: preview, progress that moves, results."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tenantline.runs import working
from tenantline.runs.working import Shift
from tenantline.worker.run import TRADES
from tests.desk.screen import Screen
from tests.runs.batches import town

pytestmark = pytest.mark.browser
SLOW = 30_000  # ms; nothing here asserts a speed


def test_a_run_goes_from_preview_to_results_with_progress_seen_moving(
    house, page: Page, monkeypatch
):
    monkeypatch.setattr(working, "ISSUED_AT_ONCE", 1)
    town(house.lamar)
    desk = Screen(page, house.manager).open("/statements/")
    desk.get_by_role("button", name="Prepare a preview").click()
    issue = desk.get_by_role("button", name="Issue 3 statements: 1 text, 1 e-mail, 1 print")
    expect(issue).to_be_visible(timeout=SLOW)
    assert not Axe().run(desk).response["violations"]
    issue.click()
    shift = Shift(TRADES)
    for done in ("1 of 4", "2 of 4", "3 of 4"):
        expect(desk.locator("#state")).to_contain_text(done, timeout=SLOW)
        shift.step()
    while shift.step():
        pass
    expect(desk.locator("#state-title")).to_have_text("Results", timeout=SLOW)
    expect(desk.locator("#state")).to_contain_text("Wait to leave")
    assert not Axe().run(desk).response["violations"]
