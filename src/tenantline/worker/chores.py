"""What the worker's loops do, one step each. A step returns how much it found to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from django.db import DataError, transaction

from tenantline.automations import corrections
from tenantline.backups import recovering
from tenantline.consent import actions as consent
from tenantline.conversations import inbound
from tenantline.feed import actions as feed
from tenantline.imports import actions as imports
from tenantline.intake import actions as intake
from tenantline.intake import queries as calls
from tenantline.kernel import clock
from tenantline.kernel.errors import TenantlineError
from tenantline.mail import actions as mail
from tenantline.outbox import actions as outbox
from tenantline.outbox import settle
from tenantline.runs import actions as runs
from tenantline.statements import emailing, instead

if TYPE_CHECKING:
    from tenantline.intake.models import StatusCall

_log = structlog.get_logger(__name__)
_TEXTS_AT_A_TIME = 10  # what many of them left behind must not hold up what is sent meanwhile


def work_inbound() -> int:
    """Work on inbound calls that the web process left: after a crash, or for another try."""
    due = calls.due(now=clock.now(), limit=_TEXTS_AT_A_TIME)
    for call_id in due:
        inbound.work_safely(call_id=call_id, now=clock.now())
    return 0


def apply_statuses() -> int:
    """Apply stored status callbacks in the order they came; return how many were applied.

    One that cannot be applied stays, is logged, and holds up no other.
    """
    return sum(_apply(call) for call in calls.unworked_statuses())


def _apply(call: StatusCall) -> bool:
    try:
        with transaction.atomic():
            settle.apply_status(call=call, now=clock.now())
            intake.mark_status_worked([call.pk], now=clock.now())
    except (TenantlineError, DataError, ValueError):
        _log.error("a status callback could not be applied", call=call.pk, exc_info=True)
        return False
    return True


def send_mail() -> int:
    """Send the next queued e-mail that is due.

    One at a time: a slow mail server must not outlast the lease of those that wait behind it, nor
    the end of this worker.
    """
    claimed = mail.claim(now=clock.now(), limit=1)
    for email in claimed:
        mail.deliver(email, now=clock.now(), attach=emailing.attachment)
    return len(claimed)


def send_instead() -> int:
    """Send by e-mail or print what was withheld as a text; return how many statements that were."""
    return instead.send_instead(now=clock.now())


def keep_house() -> int:
    """Settle leases of dead senders, note what ended or fell silent, forget old events.

    Also sees when the recovery from a restore is over, and takes back thanks for what came back.
    """
    now = clock.now()
    settle.sweep_leases(now=now)
    consent.sweep_tenancies(now=now)
    outbox.note_silence(now=now)
    outbox.withhold_out_of_date(now=now)
    outbox.recheck_waiting(now=now)
    feed.forget_old(now=now)
    imports.forget_old(now=now)
    runs.forget_old(now=now)
    recovering.end_if_done(now=now)
    corrections.step()
    return 0
