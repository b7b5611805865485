"""Reads what Twilio holds: the message list, page by page, and single messages.

This is how missed inbound texts and unclear sends are found. Twilio lists newest first; it has no
filter by direction or body, and texts whose ``date_sent`` is still null are missing from lists
that are filtered by date.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Literal

from asgiref.sync import sync_to_async

from tenantline.carrier import sandbox
from tenantline.carrier.answers import instant, integer, text
from tenantline.carrier.client import Client
from tenantline.carrier.models import SandboxText
from tenantline.carrier.reading import ask, pages
from tenantline.carrier.types import Account
from tenantline.kernel.segments import measure

PAGE_SIZE: Final = 200


@dataclass(frozen=True, slots=True)
class ListedMessage:
    """One message as the carrier holds it. Instants are aware UTC.

    ``sent_at`` of an inbound text is when its webhook was called; ``sender`` may be a short code
    or a name, and is empty while a Messaging Service has not chosen one.
    """

    sid: str
    direction: Literal["inbound", "outbound"]
    sender: str
    recipient: str
    body: str
    status: str
    error_code: int | None
    segments: int | None
    media: int
    created_at: datetime | None
    sent_at: datetime | None
    messaging_service_sid: str


async def messages(
    client: Client,
    account: Account,
    *,
    sender: str | None = None,
    recipient: str | None = None,
    since: date | None = None,
    page_size: int = PAGE_SIZE,
) -> AsyncIterator[ListedMessage]:
    """Yield the account's messages, newest first, until the caller stops or the list ends.

    ``since`` keeps those sent on that day (GMT) or later. Raises ``CarrierProblem`` when a page
    cannot be read: what came before it is then no complete reading.
    """
    if account.carrier == "sandbox":
        for row in await sync_to_async(sandbox.held)(account.sid, sender, recipient, since):
            yield _from_sandbox(row)
        return
    query = [("PageSize", str(page_size))]
    query += [("From", sender)] if sender else []
    query += [("To", recipient)] if recipient else []
    query += [("DateSent>", since.isoformat())] if since else []
    path = f"/2010-04-01/Accounts/{account.sid}/Messages.json"
    async for item in pages(client, account, client.url("api", path, query), "messages"):
        yield _from_twilio(item)


async def message(client: Client, account: Account, sid: str) -> ListedMessage:
    """Read one message, or raise ``CarrierProblem`` (``carrier_not_found`` if there is none)."""
    if account.carrier == "sandbox":
        return _from_sandbox(await sync_to_async(sandbox.one)(sid))
    path = f"/2010-04-01/Accounts/{account.sid}/Messages/{sid}.json"
    missing = "Twilio holds no such message."
    return _from_twilio(await ask(client, "GET", client.url("api", path), account, missing=missing))


def _from_twilio(item: Mapping[str, Any]) -> ListedMessage:
    return ListedMessage(
        sid=text(item, "sid"),
        direction="inbound" if text(item, "direction") == "inbound" else "outbound",
        sender=text(item, "from"),
        recipient=text(item, "to"),
        body=text(item, "body"),
        status=text(item, "status"),
        error_code=integer(item, "error_code"),
        segments=integer(item, "num_segments"),
        media=integer(item, "num_media") or 0,
        created_at=instant(item, "date_created"),
        sent_at=instant(item, "date_sent"),
        messaging_service_sid=text(item, "messaging_service_sid"),
    )


def _from_sandbox(row: SandboxText) -> ListedMessage:
    moment = row.at.astimezone(UTC)
    return ListedMessage(
        sid=row.sid,
        direction="inbound" if row.direction == SandboxText.Direction.IN else "outbound",
        sender=row.sender,
        recipient=row.recipient,
        body=row.body,
        status=row.status,
        error_code=None,
        segments=measure(row.body).segments,
        media=0,
        created_at=moment,
        sent_at=moment,
        messaging_service_sid="",
    )
