"""For machines that watch: is the process up, can it work, how is it doing."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from tenantline.facilities import queries as facilities
from tenantline.intake import hearing
from tenantline.intake import queries as intake
from tenantline.kernel import clock, walls
from tenantline.outbox import queries as outbox
from tenantline.recovery import queries as recovery


def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers; touches nothing else."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether texts can come and go: 200, or 503 with what is wrong in ``problems``.

    ``checks`` has a word for each thing that was looked at; ``recovering`` tells of a restore
    that is not over, which keeps texts back and is no fault.
    """
    try:
        checks, problems, recovering = _looked()
    except DatabaseError:
        checks, problems, recovering = {"database": False}, ["The database does not answer."], None
    body = {"ok": not problems, "checks": checks, "problems": problems, "recovering": recovering}
    return JsonResponse(body, status=503 if problems else 200)


def _looked() -> tuple[dict[str, bool], list[str], bool]:
    now = clock.now()
    missing = walls.missing(connection)
    workers = outbox.fresh_workers(now)
    problems = [f"A wall of the ledger is missing: {name}." for name in missing]
    if not workers:
        problems.append(_no_worker(now))
    checks = {"database": True, "walls": not missing, "worker": bool(workers)}
    return checks, problems, recovery.current() is not None


def _no_worker(now: datetime) -> str:
    """Say that no worker runs; one that has died is named, one that was ended is not."""
    died = outbox.silent_workers(now)
    if not died:
        return "No worker has given a sign of life; start tenantline worker."
    last = max(died, key=lambda one: one.beat_at)
    ago = int((now - last.beat_at).total_seconds())
    return f"Worker {last.name} has given no sign of life for {ago} s; start tenantline worker."


def metrics(request: HttpRequest) -> HttpResponse:
    """Return gauges for Prometheus, read from the database at the time of asking."""
    registry = CollectorRegistry()
    for name, (value, help_text) in _values(clock.now()).items():
        Gauge(f"tenantline_{name}", help_text, registry=registry).set(value)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _values(now: datetime) -> dict[str, tuple[float, str]]:
    lines = facilities.heard_lines()
    known = hearing.knowledge(now)
    sending = [line for line in lines if line.sending]
    workers = outbox.fresh_workers(now)
    return {
        "texts_queued": (outbox.queue_length(), "Texts that wait to leave."),
        "texts_unknown": (
            outbox.unknown_count(),
            "Texts of which nobody knows whether they have left.",
        ),
        "oldest_due_text_seconds": (
            _seconds(outbox.oldest_due(now)),
            "How long the longest-waiting due text has waited.",
        ),
        "oldest_unworked_inbound_seconds": (
            _seconds(intake.oldest_unworked(now)),
            "How long the oldest inbound call has waited to be worked on.",
        ),
        "workers": (len(workers), "Workers with a fresh heartbeat."),
        "workers_in_trouble": (
            sum(bool(one.trouble) for one in workers),
            "Workers of which a loop fails or is stuck.",
        ),
        "workers_silent": (
            len(outbox.silent_workers(now)),
            "Workers that died within a day: no heartbeat, and no word that they ended.",
        ),
        "lines_sending": (len(sending), "Lines that texts leave by."),
        "lines_paused": (
            sum(line.paused_at is not None for line in sending),
            "Sending lines that are paused.",
        ),
        "lines_unread": (
            sum(not known.is_known(line.pk) for line in sending),
            "Sending lines that wait until what came in on them has been read back.",
        ),
        "lines_deaf": (
            len(intake.missed([line.pk for line in lines], now)),
            "Lines whose texts only a reading of the carrier's list has found lately.",
        ),
        "recovering": (
            recovery.current() is not None,
            "1 while the installation recovers from a restore.",
        ),
    }


def _seconds(span: timedelta | None) -> float:
    return span.total_seconds() if span else 0.0
