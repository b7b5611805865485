# ruff: noqa: RUF001 - the look-alikes are the point
"""The composer's sums in JavaScript are the kernel's, over texts of every kind."""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tenantline import desk
from tenantline.kernel.graphemes import graphemes
from tenantline.kernel.segments import GSM_BASIC, GSM_EXTENSION, measure, plain_form

pytestmark = [pytest.mark.browser, pytest.mark.once]

SCRIPT = Path(desk.__file__).parent / "static" / "desk" / "segments.js"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
CLUSTERS = [
    *GSM_BASIC,
    *GSM_EXTENSION,
    *"éíóúñ¿¡“”‘’–—…•½²①ﬁ™\u00a0\u200b`çЖ漢字",
    FAMILY,
    "\U0001f44d\U0001f3fd",
    "\u2764\ufe0f",
    "1\ufe0f\u20e3",
    "\U0001f1fa\U0001f1f8",
    "\U0001f1fa",
    "e\u0301",
    "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "\U0001f3f3\ufe0f\u200d\U0001f308",
    "\u1112\u1161\u11ab",
    "한",
    "\u200d",
    "\r\n",
    "\u2028",
    "a" + "\u0301" * 80,
    "x" * 150,
]
# Characters that both know: Chromium's Unicode is newer than Python's.
SETTLED = [
    chr(code)
    for code in [*range(0x20, 0x3400), *range(0xA000, 0xFFFE), *range(0x1F000, 0x1FB00)]
    if unicodedata.category(chr(code)) not in {"Cn", "Cs", "Co"}
]


def bodies() -> list[str]:
    """The same mixtures on every run."""
    dice = random.Random(20260)
    mixed = ["".join(dice.choices(CLUSTERS, k=dice.randrange(90))) for _ in range(1500)]
    wild = ["".join(dice.choices(SETTLED, k=dice.randrange(12))) for _ in range(1500)]
    return ["", "a" * 1600, FAMILY * 80, *CLUSTERS, *SETTLED, *mixed, *wild]


@pytest.fixture
def page_with_sums(page: Page) -> Page:
    page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
    return page


def run(page: Page, expression: str) -> list:
    return page.evaluate(f"bodies => bodies.map(body => {expression})", bodies())


def different(ours: list, theirs: list) -> list:
    return [pair for pair in zip(bodies(), ours, theirs, strict=True) if pair[1] != pair[2]][:5]


def test_both_measure_alike(page_with_sums: Page) -> None:
    fields = ("encoding", "segments", "units", "left", "costly")
    theirs = run(page_with_sums, "window.tenantlineSegments.measure(body)")
    ours = [{name: getattr(measure(body), name) for name in fields} for body in bodies()]
    assert different(ours, theirs) == []


def test_both_see_the_same_characters(page_with_sums: Page) -> None:
    theirs = run(page_with_sums, "window.tenantlineSegments.graphemes(body)")
    assert different([list(graphemes(body)) for body in bodies()], theirs) == []


def test_both_find_the_same_plain_form(page_with_sums: Page) -> None:
    theirs = run(page_with_sums, "window.tenantlineSegments.plainForm(body)")
    assert different([plain_form(body) for body in bodies()], theirs) == []
