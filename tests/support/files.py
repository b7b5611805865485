"""Texts that come with a picture, and the picture once it has been fetched."""

from __future__ import annotations

import hashlib

from tenantline.conversations import inbound
from tenantline.intake import actions as intake
from tenantline.intake import files
from tenantline.intake.actions import Inbound
from tenantline.intake.models import CallFile, InboundCall
from tenantline.kernel.clock import now
from tenantline.kernel.filetypes import sniff
from tests.support.media_host import png

PICTURE = png(40, 30)


def text_with_file(where, *, line: bool = True) -> CallFile:
    """Let a picture without words come in, to a line of the facility or as a stray."""
    to = where.lines.get(sending=True)
    [call_id] = intake.store(
        [
            Inbound(
                message_sid=f"MM{InboundCall.objects.count()}",
                account_sid=to.account_sid,
                line_id=to.pk if line else None,
                sender="+17375550111",
                recipient=to.number if line else "+15125550999",
                body="",
                params={"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/x"},
            )
        ],
        now=now(),
    )
    assert call_id is not None
    inbound.work(call_id=call_id, now=now())
    return CallFile.objects.get(call=call_id)


def keep(file: CallFile, data: bytes = PICTURE) -> None:
    kind = sniff(data)
    assert kind is not None
    sha256 = hashlib.sha256(data).hexdigest()
    files.keep(file=file, sha256=sha256, data=data, kind=kind, now=now())
