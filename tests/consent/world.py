"""A small town on a database, acting at random, beside a record kept by hand.

Every act goes through the product's own actions and is written down a second time, plainly: which
tenant holds which number, who still rents, which links live, and each number period's history for
``naive``. ``may_be_texted`` answers from that record alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tenantline.consent import actions as consent
from tenantline.consent import forms
from tenantline.consent.rules import Kind
from tenantline.consent.services import Service
from tenantline.conversations import actions as conversations
from tenantline.conversations import inbound
from tenantline.conversations.actions import Draft
from tenantline.facilities.models import Facility
from tenantline.kernel.errors import Refused
from tenantline.kernel.phone import Number
from tenantline.outbox.claiming import Job
from tenantline.outbox.models import Text
from tenantline.tenants import actions as tenants
from tenantline.tenants.models import NumberQuestion, Tenant
from tests import cast
from tests.consent import naive
from tests.consent.naive import Act

COVERED_BY: dict[str, tuple[Service, ...]] = {
    "chat": ("chat",),
    "statement": ("statements",),
    "notice": ("notices",),
    "confirmation": naive.SERVICES,
}
CHAT_GOES_ON = timedelta(days=60)


@dataclass
class Person:
    """What the record knows of one tenant."""

    row: Tenant
    number: Number | None
    history: list[Act] = field(default_factory=list)
    link: str = ""
    link_made: datetime | None = None
    moved_out: datetime | None = None


@dataclass(frozen=True)
class Unread:
    """An inbound text that was stored and not worked on."""

    call_id: int
    sender: Number
    site: Facility
    body: str
    at: datetime


class World:
    """Two facilities, three tenants, three numbers."""

    def __init__(self) -> None:
        self.now = cast.at_noon() + timedelta(days=2)
        self.sites = [cast.site("HERE"), cast.site("THERE")]
        self.numbers = [cast.mobile() for _ in range(3)]
        holders = [(self.sites[0], 0), (self.sites[0], 0), (self.sites[1], 1)]
        self.people = [self._person(site, self.numbers[n]) for site, n in holders]
        self.unread: list[Unread] = []

    def _person(self, site: Facility, number: Number) -> Person:
        return Person(cast.tenant(site, f"Tenant of {site.code}", number=number), number)

    def passes(self, span: timedelta) -> None:
        self.now += span

    # --- what staff and tenants do ---

    def issue(self, person: Person) -> None:
        if person.number is None or person.moved_out:
            return
        person.link = cast.issue_form(person.row, now=self.now)
        person.link_made = self.now

    def link_lives(self, person: Person) -> bool:
        made = person.link_made
        return made is not None and self.now < made + naive.FORM_WAITS

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
        person.history.append(Act("form_disowned", self.now))
        person.link_made = None

    def revoke(self, person: Person) -> None:
        if person.number is None:
            return
        consent.record_revocation(
            tenant=person.row, medium="phone", note="", by=cast.TESTER, now=self.now
        )
        self._ends_for_all(person.number, "revoked", self.now)

    def change_number(self, person: Person, number: Number | None) -> None:
        consent.change_number(tenant=person.row, number=number, by=cast.TESTER, now=self.now)
        self._holds(person, number)

    def _holds(self, person: Person, number: Number | None) -> None:
        if person.number != number:
            person.number, person.history, person.link_made = number, [], None

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

    def move_out(self, person: Person) -> None:
        consent.move_out(tenant=person.row, at=self.now, by=cast.TESTER, now=self.now)
        person.moved_out = person.moved_out or self.now
        person.link_made = None
        until = person.moved_out + CHAT_GOES_ON
        person.history.append(Act("tenancy_ended", self.now, until=until))

    def move_in(self, person: Person) -> None:
        tenants.move_in(tenant=person.row, unit="NEW", by=cast.TESTER, now=self.now)
        person.moved_out = None

    # --- what comes in ---

    def text_in(self, number: Number, site: Facility, body: str, *, work: bool) -> None:
        call = cast.receive(number, site, body, now=self.now, work=False)
        self.unread.append(Unread(call.call_id, number, site, body, self.now))
        if work:
            self.read(self.unread[-1])

    def read(self, call: Unread) -> None:
        inbound.work(call_id=call.call_id, now=self.now)
        self._heard(call)

    def _heard(self, call: Unread) -> None:
        self.unread.remove(call)
        if "STOP" in call.body:
            self._ends_for_all(call.sender, "stopped", call.at)
        elif call.body == "START":
            for person in self._holders(call.sender):
                if person.row.facility_id == call.site.pk:
                    person.history.append(Act("started", call.at))

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
        expected = self.may_be_texted(person, purpose)
        try:
            conversations.send(tenant=person.row, draft=draft, by=cast.TESTER, now=self.now)
            allowed = True
        except Refused:
            allowed = False
        assert allowed == expected

    def dispatch(self) -> list[Job]:
        waiting = list(Text.objects.filter(state="queued").select_related("clearance"))
        jobs = cast.claim(now=self.now)
        for job in jobs:
            person = next(p for p in self.people if p.row.pk == job.cleared.tenant_id)
            assert person.number == job.cleared.number
            assert self.may_be_texted(person, job.cleared.purpose)
        for text in waiting:
            self._was_rightly_withheld(text)
        return jobs

    def _was_rightly_withheld(self, text: Text) -> None:
        text.refresh_from_db()
        if text.state != "withheld" or text.reason_code == "out_of_date":
            return
        person = next(p for p in self.people if p.row.pk == text.clearance.tenant_id)
        same_number = person.number == text.clearance.number
        assert not (same_number and self.may_be_texted(person, text.clearance.purpose)) or (
            text.reason_code == "number_changed"
        )

    def may_be_texted(self, person: Person, purpose: str) -> bool:
        """R1 to R4, R12, R15, from the record alone."""
        if person.number is None or any(c.sender == person.number for c in self.unread):
            return False
        if person.moved_out is not None:
            over = self.now >= person.moved_out + CHAT_GOES_ON
            if over or purpose in {"statement", "notice"}:
                return False
        if purpose != "chat" and naive.is_held(person.history):
            return False
        return any(
            naive.is_active(person.history, service, self.now) for service in COVERED_BY[purpose]
        )
