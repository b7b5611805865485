"""What became of each tenant of a run, as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tenantline.exports.sheet import moment, written
from tenantline.exports.slices import by_id
from tenantline.runs import queries
from tenantline.runs.models import Run

_HEADER: Final = (
    *("tenant", "external id", "name", "result", "method", "reason", "segments"),
    *("at", "text", "why the text", "text sent", "text delivered", "e-mail"),
)


def results(run: Run) -> Iterator[bytes]:
    """Return a file of a run's tenants, with what has become of their texts and e-mails."""
    zone = run.facility.timezone
    slices = by_id(queries.items(run))
    return written(_HEADER, ([_row(item, zone) for item in found] for found in slices))


def _row(item: Any, zone: str) -> list[str]:
    text = item.message.text if item.message else None
    return [
        str(item.tenant_id),
        item.tenant.external_id or "",
        item.tenant.name,
        item.get_state_display(),
        item.method,
        item.sentence or item.why,
        str(item.segments),
        moment(item.at, zone),
        text.get_state_display() if text else "",
        (text.error_words or text.reason) if text else "",
        moment(text.sent_at, zone) if text else "",
        moment(text.delivered_at, zone) if text else "",
        item.email.state if item.email else "",
    ]
