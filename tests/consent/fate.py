"""What befalls the town of ``world`` besides: lines that change, and a backup that is put back.

The backup is a savepoint, since a test's transaction is all there is: what the database held then
comes back, and with it the record. What came in since stands in the carrier's list, to be read.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tenantline.consent import chain
from tenantline.facilities import actions as facilities
from tenantline.facilities.models import Facility, Line
from tenantline.intake import actions as intake
from tenantline.intake.actions import Inbound
from tenantline.intake.models import InboundCall
from tenantline.kernel.phone import Number
from tenantline.outbox import claiming, restored
from tenantline.recovery import actions as recovery
from tenantline.recovery.rules import UNKNOWABLE
from tests import cast
from tests.consent.town import MEANINGS
from tests.consent.world import Unread, World

RECORD = ("people", "unread", "came", "told", "arrived", "silenced", "unconfirmed")
LINES = ("exchanged", "exchanged", "paused", "resumed", "disconnected")


@dataclass(frozen=True)
class Backup:
    """The database and the record as they were."""

    savepoint: str
    made_at: datetime
    record: dict[str, Any]


class FatefulWorld(World):
    """A world whose lines change, and whose database may be put back to what it was."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived: list[InboundCall] = []
        self.backup: Backup | None = None

    def text_in(
        self, number: Number, site: Facility, body: str, *, work: bool, to: Line | None = None
    ) -> None:
        super().text_in(number, site, body, work=work, to=to)
        self.arrived.append(InboundCall.objects.select_related("line__facility").latest("id"))

    def line_is(self, what: str, site: Facility) -> None:
        """A facility's line is exchanged for another, paused, resumed or disconnected."""
        line = Line.objects.filter(facility=site).latest("id")
        match what:
            case "exchanged":
                line = cast.line(site)
            case "paused":
                facilities.pause_line(line=line, reason="a test", by=cast.TESTER, now=self.now)
            case "resumed":
                facilities.resume_line(line=line, by=cast.TESTER, now=self.now)
            case _:
                facilities.disconnect_line(line=line, by=cast.TESTER, now=self.now)
        if line.sending and line.paused_at is None:
            self.silenced.discard(site.pk)
        else:
            self.silenced.add(site.pk)

    def is_backed_up(self) -> None:
        record = deepcopy({name: getattr(self, name) for name in RECORD})
        self.backup = Backup(transaction.savepoint(), self.now, record)

    def is_restored(self) -> None:
        """R7: put the backup back; what came in since is read from the carrier's list."""
        backup = self.backup
        if backup is None:
            return
        self.figures["restores"] += 1
        since = [call for call in self.arrived if call.received_at > backup.made_at]
        transaction.savepoint_rollback(backup.savepoint)
        for name, value in deepcopy(backup.record).items():
            setattr(self, name, value)
        restored.make_unknown(made_at=backup.made_at, now=self.now)
        chain.go_on_after_restore(backup_id="B1", made_at=backup.made_at, now=self.now)
        recovery.begin(
            backup_id="B1", made_at=backup.made_at, texts=0, by=cast.TESTER, now=self.now
        )
        self.unconfirmed = self.lists_lag = True
        self.passes(timedelta(seconds=1))
        # Nothing leaves before the lines have been read.
        assert not claiming.claim(worker="tests", limit=20, now=self.now)
        for call in since:
            self._is_read_back(call)

    def _is_read_back(self, call: InboundCall) -> None:
        line = Line.objects.select_related("facility").filter(number=call.recipient).first()
        if line is None:
            return  # it was connected after the backup: nobody reads what came in on it
        site, sender = line.facility, Number(call.sender)
        found = Inbound(
            message_sid=call.message_sid,
            account_sid=call.account_sid,
            line_id=line.pk,
            sender=sender,
            recipient=call.recipient,
            body=call.body,
            params=call.params,
            source="reconcile",
            received_at=call.received_at,
        )
        [call_id] = intake.store([found], now=self.now)
        assert call_id is not None
        at = call.received_at
        self.came[sender, site.pk].append(at)
        self.unread.append(Unread(call_id, call.message_sid, sender, site, MEANINGS[call.body], at))
        self.arrived.append(InboundCall.objects.get(pk=call_id))

    def owner_confirms(self) -> None:
        """R7: an owner has been through what a backup cannot know."""
        if self.unconfirmed:
            ticked = [item.key for item in UNKNOWABLE]
            recovery.confirm(ticked=ticked, by=cast.TESTER, now=self.now)
            self.unconfirmed = False
