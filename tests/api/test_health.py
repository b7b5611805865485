"""What machines that watch are told: which thing is wrong, and figures (R7, R8)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from tenantline.intake import hearing
from tenantline.kernel import clock
from tenantline.outbox import actions as outbox
from tenantline.outbox.models import Text
from tenantline.recovery import actions as recovery
from tests import cast

pytestmark = pytest.mark.django_db


def ready() -> dict:
    return Client().get("/readyz").json()


def figures() -> dict[str, float]:
    words = Client().get("/metrics").content.decode()
    return {n: float(v) for n, v in re.findall(r"(?m)^tenantline_(\w+) (\S+)$", words)}


def beat(name: str = "w", *, ago: timedelta = timedelta(), trouble: str = "") -> None:
    now = clock.now()
    outbox.beat(worker=name, started_at=now, now=now - ago, trouble=trouble)


def test_with_a_worker_everything_is_ready():
    beat()
    assert ready() == {
        "ok": True,
        "checks": {"database": True, "walls": True, "worker": True},
        "problems": [],
        "recovering": False,
    }


def test_without_a_worker_it_is_not_ready_and_says_so():
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["worker"] is False
    assert "start tenantline worker" in answer.json()["problems"][0]


def test_a_worker_that_died_is_named():
    beat("web-1-77", ago=timedelta(minutes=3))
    assert "web-1-77" in ready()["problems"][0]


def test_a_missing_wall_is_named():
    beat()
    table = "consent_ledgerevent"
    name = "no_change" if connection.vendor == "postgresql" else "no_update"
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {table}_{name}{on}")
    found = ready()
    assert found["checks"]["walls"] is False
    assert f"{table}: {name}" in found["problems"][0]


def test_a_recovery_is_told_of_and_is_no_fault():
    beat()
    now = clock.now()
    recovery.begin(backup_id="b", made_at=now, texts=0, by=cast.TESTER, now=now)
    assert (ready()["ok"], ready()["recovering"]) == (True, True)
    assert figures()["recovering"] == 1


def test_the_figures_count_queue_unknown_texts_workers_and_lines():
    site = cast.site()
    cast.write(cast.opted_in(site))
    Text.objects.filter(automatic=True).update(state="unknown")
    beat(trouble="dispatch fails (OperationalError)")
    beat("gone", ago=timedelta(minutes=3))
    found = figures()
    assert (found["texts_queued"], found["texts_unknown"]) == (1, 1)
    assert (found["workers"], found["workers_in_trouble"], found["workers_silent"]) == (1, 1, 1)
    assert (found["lines_sending"], found["lines_paused"], found["lines_deaf"]) == (1, 0, 0)
    assert found["oldest_due_text_seconds"] >= 0


def test_a_line_that_is_not_read_back_is_counted_until_it_is():
    line = cast.line(cast.facility())
    assert figures()["lines_unread"] == 1
    hearing.assume_known(name="web", line_ids=[line.pk], now=clock.now())
    assert figures()["lines_unread"] == 0
