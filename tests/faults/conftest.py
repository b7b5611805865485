"""A world for the short form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.world import World, opened
from tests.support import twilio_spec
from tests.support.databases import FreshDatabase

SEED = 4


@pytest.fixture
def world(fresh_database: FreshDatabase, tmp_path: Path) -> Iterator[World]:
    """A whole installation with its carrier, on a database of its own."""
    twilio_spec.require()
    with opened(fresh_database, tmp_path / "data", SEED) as made:
        yield made
