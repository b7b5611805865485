"""For machines that watch: is the process up, can it work, how is it doing."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from tenantline.intake import queries as intake
from tenantline.kernel import clock, walls
from tenantline.outbox import queries as outbox


def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers; touches nothing else."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether texts can come and go: 200, or 503 with what is wrong in ``problems``."""
    try:
        problems = _problems()
    except DatabaseError:
        problems = ["The database does not answer."]
    return JsonResponse({"ok": not problems, "problems": problems}, status=503 if problems else 200)


def _problems() -> list[str]:
    problems = [f"A wall of the ledger is missing: {name}." for name in walls.missing(connection)]
    if not outbox.fresh_workers(clock.now()):
        problems.append("No worker has given a sign of life; start tenantline worker.")
    return problems


def metrics(request: HttpRequest) -> HttpResponse:
    """Return gauges for Prometheus, read from the database at the time of asking."""
    registry = CollectorRegistry()
    now = clock.now()
    waited = outbox.oldest_due(now)
    unworked = intake.oldest_unworked(now)
    values = {
        "tenantline_texts_queued": (outbox.queue_length(), "Texts that wait to leave."),
        "tenantline_oldest_due_text_seconds": (
            waited.total_seconds() if waited else 0,
            "How long the longest-waiting due text has waited.",
        ),
        "tenantline_oldest_unworked_inbound_seconds": (
            unworked.total_seconds() if unworked else 0,
            "How long the oldest inbound call has waited to be worked on.",
        ),
        "tenantline_workers": (len(outbox.fresh_workers(now)), "Workers with a fresh heartbeat."),
    }
    for name, (value, help_text) in values.items():
        Gauge(name, help_text, registry=registry).set(value)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
