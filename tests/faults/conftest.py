"""One world for all short rounds of a process: to install takes longer than a round."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.faults.world import World, opened
from tests.support import databases, twilio_spec

SEED = 4


@pytest.fixture(scope="module")
def world(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """A whole installation with its carrier, on a database of its own."""
    twilio_spec.require()
    folder = tmp_path_factory.mktemp("world")
    with (
        django_db_blocker.unblock(),
        databases.fresh(folder) as database,
        opened(database, folder / "data", SEED) as made,
    ):
        yield made
