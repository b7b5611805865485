"""What the benchmark writes after an example is what the product itself would have written."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction

from tenantline.bench import world
from tenantline.consent import chain, gate
from tenantline.consent.cleared import Cleared
from tenantline.kernel import clock
from tenantline.outbox import queries
from tenantline.outbox.models import Text

pytestmark = pytest.mark.django_db
Committing = Callable[..., AbstractContextManager[list[Callable[[], None]]]]
KEYED = {"auth_token_sealed", "digest", "hash", "key_sealed", "nonce", "number_key"}
KEYED |= {"particulars_hash", "previous", "seal"}
NEVER_TWICE = re.compile(r"/opt-in/[\w-]+/|\d+:\d\d [AP]M|\d{4}-\d\d-\d\dT[\d:.+]+|[0-9a-f]{64}")
NAMED = re.compile(r'\b(facility|line|tenant|form|wording)"?:(\d+)')
FORM = {"form": "optinform"}
ABOUT = {"consent": "tenant", "message": "conversation"}  # what an event of the feed tells of


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:
    """A data directory of the test's own, for what is noted outside the database."""
    settings.DATA_DIR = tmp_path
    return tmp_path


def build(monkeypatch: pytest.MonkeyPatch, *, played: int) -> None:
    monkeypatch.setattr(world, "PLAYED", played)
    monkeypatch.setattr(world, "_chance", random.Random(11))
    world.lines(3)
    world.crowd(3)
    world.texts(2)


class Told:
    """Every row of ours, its ids told by their place in the table, without what is never twice."""

    def __init__(self) -> None:
        tables = apps.get_models(include_auto_created=True)
        tables = [one for one in tables if one.__module__.startswith("tenantline.")]
        rows = {one: list(one._default_manager.order_by("pk")) for one in tables}
        self._places = {
            (one._meta.model_name, str(row.pk)): nth
            for one, some in rows.items()
            for nth, row in enumerate(some)
        }
        self.secrets = {
            (one._meta.label, name): len({vars(row).get(name) for row in some})
            for one, some in rows.items()
            for name in KEYED
        }
        self.rows = {
            one._meta.label: [self._row(row) for row in some] for one, some in rows.items() if some
        }

    def _row(self, row: models.Model) -> dict[str, Any]:
        fields = [one for one in row._meta.concrete_fields if one.attname not in KEYED]
        return {one.attname: self._value(row, one) for one in fields}

    def _value(self, row: models.Model, field: Any) -> Any:
        value = getattr(row, field.attname)
        if field.attname == "ref":
            topic = vars(row)["topic"]
            return self._place(ABOUT.get(topic, topic), value)
        if field.attname == "facility_id":
            return self._place("facility", value)
        if field.related_model or field.primary_key:
            return self._place(str((field.related_model or type(row))._meta.model_name), value)
        if isinstance(value, str):
            said = NEVER_TWICE.sub("…", value)
            return NAMED.sub(lambda found: f"{found[1]} {self._place(*found.groups())}", said)
        return "a moment" if isinstance(value, datetime) else value

    def _place(self, kind: str, pk: object) -> int | None:
        return None if pk is None else self._places[FORM.get(kind, kind), str(pk)]


@pytest.mark.once
def test_every_row_is_as_the_products_own(monkeypatch: pytest.MonkeyPatch):
    with transaction.atomic():
        build(monkeypatch, played=99)
        itself = Told()
        transaction.set_rollback(True)
    build(monkeypatch, played=2)
    written = Told()
    assert written.rows.keys() == itself.rows.keys()
    for table, rows in itself.rows.items():
        assert written.rows[table] == rows, table
    assert written.secrets == itself.secrets  # as many different ones, where any are


def test_what_is_written_verifies_and_passes_the_gate(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Committing
):
    with django_capture_on_commit_callbacks(execute=True):
        build(monkeypatch, played=2)
    found = chain.verify_all()
    assert (found.clearances.kept, found.clearances.noted) == (9, 9)
    ids = list(Text.objects.values_list("clearance_id", flat=True))
    asked = gate.ask_again(clearance_ids=ids, left=queries.last_left, now=clock.now())
    assert [type(answer) for answer in asked.values()] == [Cleared] * 9
