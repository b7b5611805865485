"""Plays the past: texts of the demo's history go through the sandbox carrier at the time given.

What a handset sends is stored and worked on as any inbound call; what the desk sends is claimed by
the dispatcher's own claim, gate and all. Only the clock is an argument.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from asgiref.sync import async_to_sync

from tenantline.carrier import sandbox
from tenantline.carrier.types import Accepted
from tenantline.conversations import inbound
from tenantline.facilities import queries as facilities
from tenantline.intake import actions as intake
from tenantline.intake import hearing
from tenantline.intake.actions import Inbound
from tenantline.kernel.phone import Number
from tenantline.outbox import claiming
from tenantline.outbox.settle import settle

_WORKER = "history"


def text_from(
    handset: Number, *, line: Number, line_id: int, account_sid: str, body: str, at: datetime
) -> None:
    """Let a handset text a line at ``at``; the text is stored and worked on."""
    call = sandbox.receive(handset, line, body, account_sid=account_sid, at=at)
    stored = intake.store(
        [
            Inbound(
                message_sid=call.sid,
                account_sid=call.account_sid,
                line_id=line_id,
                sender=handset,
                recipient=line,
                body=body,
                params=dict(call.form),
            )
        ],
        now=at,
    )
    for call_id in stored:
        if call_id is not None:
            inbound.work(call_id=call_id, now=at)


def deliver_due(at: datetime) -> None:
    """Let what is due at ``at`` leave and reach its handset at once."""
    hearing.assume_known(name=_WORKER, line_ids=facilities.heard_line_ids(), now=at)
    for job in claiming.claim(worker=_WORKER, limit=50, now=at):
        # Without a callback the sandbox delivers at once; nobody could be called in the past.
        parcel = replace(job.parcel, status_callback="")
        outcome = async_to_sync(sandbox.accept)(job.cleared.number, parcel, at=at)
        if isinstance(outcome, Accepted):
            outcome = replace(outcome, status="delivered")
        settle(attempt_id=job.attempt_id, outcome=outcome, now=at)
