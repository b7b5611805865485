"""What the tests of public pages share."""

from __future__ import annotations

import pytest

from tenantline.kernel.tries import Tries
from tenantline.public import opt_in


@pytest.fixture(autouse=True)
def nobody_has_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Vain tries are counted for as long as the process lives; each test begins with none."""
    fresh = Tries(at_once=30, every=10.0, by_all=300, every_of_all=1.0)
    monkeypatch.setattr(opt_in, "TRIES", fresh)
