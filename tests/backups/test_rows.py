"""Whatever can stand in a row comes back the same, on either database."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenantline.backups import tables
from tenantline.facilities.models import Facility
from tenantline.intake.models import FileContent, InboundCall
from tests import cast

pytestmark = pytest.mark.django_db
# No NUL and no lone surrogates: PostgreSQL stores neither, and intake lets neither in.
WORDS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=60)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
TRIES = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def again(model: type) -> None:
    """Take a table out as a backup does, empty it, and bring it back."""
    before = list(tables.written(model, using="default"))
    model.objects.all().delete()  # type: ignore[attr-defined]
    tables.insert(connection, model, [tables.read(line) for line in before])
    assert list(tables.written(model, using="default")) == before
    tables.skip_ids(connection, model, gap=5)


@TRIES
@given(body=WORDS, params=st.dictionaries(WORDS, JSON, max_size=4), at=MOMENTS)
def test_texts_times_and_json(body: str, params: dict, at: datetime):
    InboundCall.objects.all().delete()
    said = {"message_sid": "SM1", "account_sid": "AC1", "sender": "+1", "recipient": "+2"}
    InboundCall.objects.create(body=body, params=params, received_at=at, **said)
    again(InboundCall)
    found = InboundCall.objects.get()
    assert (found.body, found.params, found.received_at) == (body, params, at)


@TRIES
@given(data=st.binary(max_size=300))
def test_bytes(data: bytes):
    FileContent.objects.all().delete()
    FileContent.objects.create(
        sha256="a", kind="image/png", size=len(data), data=data, stored_at=cast.at_noon()
    )
    again(FileContent)
    assert bytes(FileContent.objects.get().data) == data


def test_times_of_day_and_switches():
    cast.facility()
    Facility.objects.update(window_opens=time(9, 30), texts_on_sunday=False)
    again(Facility)
    found = Facility.objects.get()
    assert (found.window_opens, found.texts_on_sunday) == (time(9, 30), False)


def test_every_room_with_a_table_is_in_a_backup():
    kept = {tables.table_of(model) for model in tables.kept()}
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
    not_ours = ("django_", "auth_", "axes_", "sqlite_")
    left_out = {name for name in there if not name.startswith(not_ours)} - kept
    assert left_out == tables.LEFT_OUT


def test_no_row_is_dated_when_it_is_restored():
    dated = [
        f"{model.__name__}.{field.name}"
        for model in tables.kept()
        for field in model._meta.local_concrete_fields
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    ]
    assert dated == []
