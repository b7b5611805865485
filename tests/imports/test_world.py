"""A random world of spellings: what comes out is right or refused with a reason."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from tenantline.consent.models import LedgerEvent, Standing
from tenantline.imports.rows import Accepted, Refused, Row
from tenantline.tenants.models import NumberPeriod, Tenant
from tests import cast
from tests.imports.offices import imported, rows_of, written
from tests.imports.worlds import ASK, World, worlds


def read(world: World) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        return rows_of(written(Path(folder), world.text))


def said_by(row: Accepted) -> dict:
    since = row.stays[0].since if row.stays else None
    return {
        "external_id": row.external_id, "name": row.name, "unit": row.units,
        "mobile": row.mobile or "", "email": row.email, "balance": row.balance_cents,
        "move_in": since, "language": row.language, "sms": row.sms,
    }  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_what_comes_out_is_right_or_refused_with_a_reason(world):
    rows = read(world)
    assert len(rows) == len(world.people)
    for row, person in zip(rows, world.people, strict=True):
        if ASK in person.values():
            assert isinstance(row, Refused)
            assert row.reason.endswith(".")
        elif isinstance(row, Accepted):
            expected = {name: said for name, said in person.items() if name != "home_phone"}
            assert said_by(row) == expected
        else:
            # One number can be kept as home phone, and the row gave two.
            assert "two home phones" in row.reason


@contextmanager
def undone() -> Iterator[None]:
    """Leave the database as it was, so that no example stands on another."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(world=worlds())
@pytest.mark.django_db
def test_a_world_that_was_imported_twice_is_as_after_the_first_time(world, tmp_path):
    path = written(tmp_path, world.text)
    with undone():
        where = cast.site("LAMAR")
        imported(path, where)
        before = list(Tenant.objects.order_by("pk").values()), LedgerEvent.objects.count()
        again = imported(path, where)
        after = list(Tenant.objects.order_by("pk").values()), LedgerEvent.objects.count()
        assert after == before
        assert {outcome for _, outcome, _, _ in again} <= {"unchanged", "refused"}
        assert not Standing.objects.exclude(status="opted_out").exists()
        assert not NumberPeriod.objects.exclude(ended_at=None).exists()
