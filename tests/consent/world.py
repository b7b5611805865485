"""A small town on a database, acting at random, beside a record kept by hand.

Every act goes through the product's own actions and is written down a second time, plainly: which
tenant holds which number, who still rents, which links live, which texts came and went, and each
number period's history for ``naive``. ``may_be_texted`` answers from that record alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from tenantline.consent import actions as consent
from tenantline.consent import bulk, counter, erasure, forms, parking, unclear
from tenantline.consent.parking import Sign
from tenantline.consent.rules import Kind
from tenantline.consent.services import Service
from tenantline.conversations import actions as conversations
from tenantline.conversations import inbound
from tenantline.conversations.actions import Draft
from tenantline.facilities.models import Facility, Line
from tenantline.facilities.scope import EVERYWHERE
from tenantline.intake import actions as intake
from tenantline.intake import queries as calls
from tenantline.intake.actions import Status
from tenantline.kernel.errors import Refused, TenantlineError
from tenantline.kernel.phone import Number
from tenantline.outbox import actions as outbox
from tenantline.outbox import settle
from tenantline.outbox.claiming import Job
from tenantline.outbox.models import Attempt, Text
from tenantline.tenants.models import NumberQuestion
from tests import cast
from tests.consent import naive
from tests.consent.naive import Act
from tests.consent.person import Person, has_line
from tests.consent.town import CHAT_GOES_ON, COVERED_BY, ENDS, MEANINGS, OUTCOMES, REFUSALS, SIGNS


@dataclass(frozen=True)
class Unread:
    """An inbound text that was stored and not worked on."""

    call_id: int
    sid: str
    sender: Number
    site: Facility
    meaning: str
    at: datetime


class World:
    """Two facilities, three tenants, three numbers."""

    figures: Counter[str] = Counter()

    def __init__(self) -> None:
        self.now = cast.at_noon() + timedelta(days=2)
        self.sites = [cast.site("HERE"), cast.site("THERE")]
        self.numbers = [cast.mobile() for _ in range(3)]
        holders = [(self.sites[0], 0), (self.sites[0], 0), (self.sites[1], 1)]
        self.people = [self._person(site, self.numbers[n]) for site, n in holders]
        self.unread: list[Unread] = []
        self.came: dict[tuple[Number, int], list[datetime]] = defaultdict(list)
        self.told: set[tuple[int, int]] = set()
        self.lists_lag = False
        self.silenced: set[int] = set()  # facilities without a line that sends
        self.unconfirmed = False  # restored, and no owner has been through the list

    def _person(self, site: Facility, number: Number) -> Person:
        return Person(cast.tenant(site, f"Tenant of {site.code}", number=number), number)

    def passes(self, span: timedelta) -> None:
        self.now += span
        for person in self.people:
            if person.leaves is not None and person.leaves <= self.now:
                self._has_left(person, person.leaves)
                self.lists_lag = True

    # --- what staff and tenants do ---

    def issue(self, person: Person, *, at_the_counter: bool = False) -> None:
        if person.number is None or person.moved_out:
            return
        if not has_line(person):
            with pytest.raises(Refused, match="has no line"):
                cast.issue_form(person.row, now=self.now)
            return
        if at_the_counter:
            person.link = counter.issue(tenant=person.row, by=cast.TESTER, now=self.now).code
            person.link_until = self.now + timedelta(minutes=30)
        else:
            person.link = cast.issue_form(person.row, now=self.now)
            person.link_until = self.now + naive.FORM_WAITS

    def link_lives(self, person: Person) -> bool:
        """The form names the line to text START to: without one it is gone."""
        until = person.link_until
        return until is not None and self.now < until and has_line(person)

    def submit(self, person: Person, services: frozenset[Service]) -> None:
        if not person.link:
            return
        try:
            cast.submit_form(person.link, *sorted(services), now=self.now)
        except forms.FormGone:
            assert not self.link_lives(person)
        else:
            assert self.link_lives(person)
            person.history.append(Act("form_submitted", self.now, services))

    def disown(self, person: Person) -> None:
        if not self.link_lives(person):
            return
        forms.disown(token=person.link, ip="", user_agent="", now=self.now)
        person.history.append(Act("form_disowned", self.now, source=f"form:{person.link}"))
        person.link_until = None

    def revoke(self, person: Person, *, by_import: bool = False) -> None:
        if person.number is None:
            return
        if by_import:
            bulk.record_revocations(
                tenant_ids={person.row.pk}, medium="other", note="", by=cast.TESTER, now=self.now
            )
        else:
            consent.record_revocation(
                tenant=person.row, medium="phone", note="", by=cast.TESTER, now=self.now
            )
        self._ends_for_all(person.number, "revoked", self.now)

    def change_number(self, person: Person, number: Number | None) -> None:
        consent.change_number(tenant=person.row, number=number, by=cast.TESTER, now=self.now)
        if person.number != number:
            self._holds(person, number)

    def _holds(self, person: Person, number: Number | None) -> None:
        person.number, person.history, person.link_until, person.left = number, [], None, []

    def answer(self, answer: str) -> None:
        question = NumberQuestion.objects.filter(answered_at=None).order_by("id").first()
        if question is None:
            return
        consent.answer_number_question(
            question=question, answer=answer, by=cast.TESTER, now=self.now
        )
        other = next(p for p in self.people if p.row.pk == question.other_id)
        if answer == "passed_on" and other.number == question.number:
            self._holds(other, None)

    def answer_about(self, person: Person, nth: int) -> None:
        """Staff answer what is asked about a number, whatever that is."""
        asked = unclear.question(tenant=person.row)
        if asked is None:
            return
        assert (asked.about == "person") == naive.is_parked(person.history)
        said = asked.answers[nth % len(asked.answers)]
        signs = {one.row.pk: self._sign(one, asked.about) for one in self.people}
        unclear.answer(
            tenant=person.row, source=asked.source, said=said, by=cast.TESTER, now=self.now
        )
        if said == "not_theirs":
            self._holds(person, None)
        elif said == "same":
            person.history.append(Act("park_ended", self.now))
        else:
            self._answered_for_all(person, said, asked.about, signs)

    def _sign(self, person: Person, about: str) -> Act | None:
        return naive.what_holds(person.history, SIGNS[about], ENDS[about])

    def _answered_for_all(
        self, person: Person, said: str, about: str, signs: dict[int, Act | None]
    ) -> None:
        assert person.number is not None
        if said == "revoked":
            self._ends_for_all(person.number, "revoked", self.now)
        mine = signs[person.row.pk]
        for one in self._holders(person.number):
            theirs = signs[one.row.pk]
            if mine is not None and theirs is not None and theirs.source == mine.source:
                one.history.append(Act(ENDS[about], self.now))

    def move_out(self, person: Person, later: timedelta) -> None:
        at = self.now + later
        consent.move_out(tenant=person.row, at=at, by=cast.TESTER, now=self.now)
        if person.moved_out is None and later:
            person.leaves = at
        else:
            self._has_left(person, person.moved_out or at)

    def _has_left(self, person: Person, at: datetime) -> None:
        person.moved_out, person.leaves, person.link_until = at, None, None
        person.history.append(Act("tenancy_ended", at, until=at + CHAT_GOES_ON))

    def move_in(self, person: Person) -> None:
        unit = f"NEW {self.now:%y%j%H%M%S}"
        consent.move_in(tenant=person.row, unit=unit, by=cast.TESTER, now=self.now)
        person.moved_out = person.leaves = None

    def erase(self, number: Number) -> None:
        try:
            erasure.erase(
                number=number,
                why="a wish",
                early=True,
                scope=EVERYWHERE,
                by=cast.TESTER,
                now=self.now,
            )
        except TenantlineError:
            self.figures["erasures refused"] += 1

    # --- what comes in ---

    def text_in(
        self, number: Number, site: Facility, body: str, *, work: bool, to: Line | None = None
    ) -> None:
        to = to or Line.objects.filter(facility=site).latest("id")
        call = cast.receive(number, site, body, now=self.now, work=False, to=to)
        self.came[number, site.pk].append(self.now)
        self.unread.append(Unread(call.call_id, call.sid, number, site, MEANINGS[body], self.now))
        if work:
            self.read(self.unread[-1])

    def read(self, call: Unread) -> None:
        inbound.work(call_id=call.call_id, now=self.now)
        self._heard(call)

    def _heard(self, call: Unread) -> None:
        self.unread.remove(call)
        self.figures["texts in"] += 1
        holders = self._holders(call.sender)
        if call.meaning == "stop":
            self._ends_for_all(call.sender, "stopped", call.at)
        elif call.meaning == "start":
            here = [person for person in holders if person.row.facility_id == call.site.pk]
            for person in here:
                person.history.append(Act("started", call.at))
        elif call.meaning:
            kind: Kind = "parked" if call.meaning == "person" else "held"
            for person in holders:
                person.history.append(Act(kind, call.at, source=call.sid))

    def _holders(self, number: Number) -> list[Person]:
        return [person for person in self.people if person.number == number]

    def _ends_for_all(self, number: Number, kind: Kind, at: datetime) -> None:
        for person in self._holders(number):
            began = person.row.periods.get(ended_at=None).started_at
            if at >= began:
                person.history.append(Act(kind, at))

    # --- what goes out ---

    def write(self, person: Person, purpose: str) -> None:
        for call in [c for c in self.unread if c.sender == person.number]:
            self._heard(call)  # `send` reads first what lies unread
        draft = Draft(
            body=f"words of their own at {self.now:%c}",
            purpose=purpose,  # type: ignore[arg-type]
            automatic=purpose != "chat",
            quiet_hours_reason="a test",
        )
        able = person.row.facility_id not in self.silenced
        expected = able and self.may_be_texted(person, purpose)
        try:
            conversations.send(tenant=person.row, draft=draft, by=cast.TESTER, now=self.now)
            said = "written"
        except TenantlineError as error:
            said = f"refused: {error.code}"
        assert (said == "written") == expected, said
        self.figures[f"texts {said}"] += 1

    def dispatch(self, carrier: str = "takes it") -> list[Job]:
        """Claim what may leave, hold it against the record, and let the carrier answer."""
        waiting = list(Text.objects.filter(state="queued").select_related("clearance"))
        jobs = cast.claim(now=self.now)
        for job in jobs:
            person = self._whose(job.cleared.tenant_id)
            assert person.number == job.cleared.number
            assert job.cleared.facility_id not in self.silenced
            assert job.cleared.purpose == "chat" or not self.unconfirmed
            assert self.may_be_texted(person, job.cleared.purpose)
        for text in waiting:
            self._was_rightly_withheld(text)
        for job in jobs:
            self._leaves(job, carrier)
        return jobs

    def _leaves(self, job: Job, carrier: str) -> None:
        self.figures["texts that left"] += 1
        if carrier == "kills the sender":
            return  # nobody settles; the lease runs out
        sid = f"SM{job.attempt_id:032d}"
        settle.settle(attempt_id=job.attempt_id, outcome=OUTCOMES[carrier](sid), now=self.now)
        if carrier == "takes it":
            self._whose(job.cleared.tenant_id).left.append(self.now)
        elif carrier in REFUSALS:
            self._hears_code(REFUSALS[carrier], job.cleared.number)

    def calls_back(self, nth: int, code: int) -> None:
        """The carrier tells of an error with a text that it took."""
        taken = list(Attempt.objects.filter(outcome="accepted").select_related("text__clearance"))
        if not taken:
            return
        attempt = taken[nth % len(taken)]
        call = Status(
            attempt.token, attempt.carrier_sid, cast.ACCOUNT, "undelivered", str(code), {}
        )
        intake.store([call], now=self.now)
        for stored in calls.unworked_statuses():
            settle.apply_status(call=stored, now=self.now)
            intake.mark_status_worked([stored.pk], now=self.now)
        if code in REFUSALS.values() and (attempt.text_id, code) not in self.told:
            self.told.add((attempt.text_id, code))
            self._hears_code(code, Number(attempt.text.clearance.number))

    def _hears_code(self, code: int, number: Number) -> None:
        self.figures["errors of the carrier"] += 1
        if code == 21610:
            self._ends_for_all(number, "stopped", self.now)
            return
        self._doubted(number, f"{code} at {self.now}")

    def is_listed(self, number: Number) -> None:
        """The number stands on a list of deactivated ones, given up a moment ago."""
        source = f"deactivated:{self.now}"
        sign = Sign(why="Given up.", source=source, until=self.now)
        parking.park(number=number, sign=sign, at=self.now, now=self.now)
        self._doubted(number, source)

    def _doubted(self, number: Number, source: str) -> None:
        for person in self._holders(number):
            if not naive.is_parked(person.history):
                person.history.append(Act("parked", self.now, source=source))

    def keep_house(self) -> None:
        """What the worker does every minute, as far as it touches texts and consent."""
        settle.sweep_leases(now=self.now)
        consent.sweep_tenancies(now=self.now)
        outbox.note_silence(now=self.now)
        outbox.withhold_out_of_date(now=self.now)
        outbox.recheck_waiting(now=self.now)
        self.lists_lag = False

    def _whose(self, tenant_id: int) -> Person:
        return next(person for person in self.people if person.row.pk == tenant_id)

    def _was_rightly_withheld(self, text: Text) -> None:
        text.refresh_from_db()
        if text.state != "withheld" or text.reason_code == "out_of_date":
            return
        person = self._whose(text.clearance.tenant_id)
        same_number = person.number == text.clearance.number
        assert not (same_number and self.may_be_texted(person, text.clearance.purpose)) or (
            text.reason_code == "number_changed"
        )

    # --- what the record says ---

    def may_be_texted(self, person: Person, purpose: str) -> bool:
        """R1 to R4, R12, R15, from the record alone."""
        if person.number is None or any(c.sender == person.number for c in self.unread):
            return False
        if person.moved_out is not None:
            over = self.now >= person.moved_out + CHAT_GOES_ON
            if over or purpose in {"statement", "notice"}:
                return False
        if naive.is_parked(person.history):
            return False
        if purpose != "chat" and (naive.is_held(person.history) or self.is_silent(person)):
            return False
        return any(
            naive.is_active(person.history, service, self.now) for service in COVERED_BY[purpose]
        )

    def is_silent(self, person: Person) -> bool:
        """R15: whether 18 months went by without a text since the last START that counts."""
        history = person.history
        if person.number is None or not any(naive.began(history, s) for s in naive.SERVICES):
            return False
        starts = [
            act.at
            for place, act in enumerate(history)
            if act.kind == "started" and not naive.is_overtaken(history[:place], act)
        ]
        unread = {call.at for call in self.unread if call.sender == person.number}
        came = set(self.came[person.number, person.row.facility_id]) - unread
        texts = [at for at in [*came, *person.left] if at >= max(starts)]
        return naive.was_silent([max(starts), *texts], self.now)
