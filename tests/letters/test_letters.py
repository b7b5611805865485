"""Letters: their versions, a preview on a real tenant, issuing one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tenantline.audit.models import Entry
from tenantline.conversations import actions as conversations
from tenantline.facilities.scope import EVERYWHERE, Scope
from tenantline.kernel import clock, segments
from tenantline.kernel.errors import BadInput, Conflict, NotFound, Refused
from tenantline.letters import actions, fields, preview, queries, rules
from tenantline.letters.composing import Bodies
from tenantline.letters.models import Notice
from tenantline.letters.paper import PAPERS
from tenantline.letters.rules import Standing
from tenantline.letters.starters import STARTERS
from tenantline.mail.models import Email
from tenantline.outbox.models import Text
from tenantline.printing import queries as printing
from tenantline.tenants import actions as tenants
from tests import cast

pytestmark = pytest.mark.django_db
NOON = cast.at_noon()
SMS = "{{account.balance}} has been due since {{account.due_date}}. Please pay at the office."
PRINT = "Dear {{tenant.name}},\n\nYou owe {{account.balance}} for unit {{tenant.unit}}."


@pytest.fixture(autouse=True)
def _morning(time_machine):
    time_machine.move_to(NOON - timedelta(hours=4), tick=False)


@pytest.fixture
def where():
    return cast.site()


@pytest.fixture
def olive(where):
    who = cast.opted_in(where, "Olive", now=NOON - timedelta(hours=3))
    cast.entry(who, "charge", 9_500)
    Text.objects.update(state="withheld")
    return who


def letter(name="Past due", *, sms=SMS, text=PRINT, facility=None, **standing):
    values = {"category": "past_due"} | standing
    return actions.create(
        standing=Standing(name=name, **values),
        bodies={"en": Bodies(print=text, sms=sms)},
        facility=facility,
        by=cast.TESTER,
        now=NOON,
    )


def issue(of, who, now=NOON, **more):
    return actions.issue(letter=of, tenant=who, by=cast.TESTER, now=now, **more).notice


def look(of, who, method=None):
    version = queries.current(of)
    return preview.of(letter=of, version=version, tenant=who, method=method, now=NOON)


# --- letters ---


def test_new_words_are_a_new_version_and_the_same_are_none():
    made = letter()
    words = {"en": Bodies(print="Other words.", sms=SMS)}
    for _ in range(2):
        actions.revise(letter=made, bodies=words, by=cast.TESTER, now=NOON)
    assert [version.number for version in queries.versions(made)] == [2, 1]
    assert queries.versions(made)[1].bodies["en"]["print"] == PRINT


def test_a_name_is_free_again_once_its_letter_is_retired(where):
    made = letter(facility=where)
    with pytest.raises(Conflict):
        letter(facility=where)
    actions.retire(letter=made, by=cast.TESTER, now=NOON)
    letter(facility=where)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 81},
        {"category": "marketing"},
        {"legal_class": "urgent"},
        {"category": "lien"},
        {"method": "fax"},
        {"text": ""},
        {"text": "{{tenant.ssn}}"},
        {"sms": "{{account.balance"},
        {"sms": "x" * 1501},
    ],
)
def test_what_cannot_be_used_makes_no_letter(wrong):
    with pytest.raises(BadInput):
        letter(**wrong)
    assert not queries.letters(scope=EVERYWHERE).exists()


def test_staff_see_their_facilities_letters_and_those_of_all(where):
    mine, of_all = letter("Mine", facility=where), letter("All")
    other = letter("Theirs", facility=cast.site("OTHER"))
    scope = Scope(frozenset({where.pk}))
    assert list(queries.letters(scope=scope)) == [of_all, mine]
    with pytest.raises(NotFound):
        queries.letter(scope=scope, letter_id=other.pk)


# --- preview ---


def test_the_preview_shows_the_text_as_it_would_leave_and_what_it_costs(olive):
    shown = look(letter(), olive, "sms")
    assert shown.words["sms"].startswith("Storage LAMAR: $95.00 has been due since ")
    assert shown.words["sms"].endswith("\nReply STOP to stop.")
    assert (shown.measure.segments, shown.measure.encoding) == (1, "GSM-7")
    assert not Notice.objects.exists()


def test_the_preview_says_why_it_goes_another_way(where):
    who = cast.stopped(where)
    cast.entry(who, "charge", 100)
    decision = look(letter(), who, "sms").decision
    assert (decision.method, [one.code for one in decision.skipped]) == ("email", ["opted_out"])


def test_the_preview_names_the_fields_that_are_empty(where):
    who = cast.opted_in(where)
    assert look(letter(), who, "sms").missing == ("account.due_date",)


def test_a_tenant_is_written_to_in_spanish_where_the_letter_is(where):
    who = cast.tenant(where, language="es")
    words = {"en": Bodies(print="Hello"), "es": Bodies(print="Hola, {{letter.date}}")}
    made = letter(category="welcome")
    actions.revise(letter=made, bodies=words, by=cast.TESTER, now=NOON)
    assert look(made, who).words["print"].startswith("Hola, ")
    assert look(letter("Other"), who).language == "en"


# --- issuing ---


def test_a_letter_by_sms_is_an_automatic_notice_due_to_the_oldest_charge(olive):
    notice = issue(letter(), olive, method="sms")
    text = notice.message.text
    assert (text.clearance.purpose, text.automatic) == ("notice", True)
    assert (text.body, text.cause) == (notice.words["sms"], notice.cause)
    assert notice.cause == f"charge:{olive.entries.get().pk}"
    assert queries.state(notice)[0] == "queued"


def test_a_text_on_a_charge_that_was_paid_before_it_leaves_is_withheld(olive):
    notice = issue(letter(), olive, method="sms")
    cast.entry(olive, "payment", 9_500)
    assert cast.claim(now=NOON) == []
    text = Text.objects.get(pk=notice.message.text_id)
    assert (text.state, text.reason_code) == ("withheld", "cause_gone")
    assert text.reason == "It has been paid meanwhile."


def test_a_text_on_a_charge_that_is_partly_open_leaves(olive):
    issue(letter(), olive, method="sms")
    cast.entry(olive, "payment", 9_000)
    assert len(cast.claim(now=NOON)) == 1


def test_at_night_it_waits_for_the_morning(olive):
    notice = issue(letter(), olive, now=NOON + timedelta(hours=12), method="sms")
    assert notice.message.text.not_before > NOON + timedelta(hours=12)
    assert cast.claim(now=NOON + timedelta(hours=12)) == []


@pytest.mark.parametrize("confirmed", ["", "They asked for it."])
def test_what_a_person_types_with_an_amount_never_leaves_at_night(olive, confirmed):
    draft = conversations.Draft(body="You owe $95.", money=True, quiet_hours_reason=confirmed)
    night = NOON + timedelta(hours=12)
    with pytest.raises(Refused) as refused:
        conversations.send(tenant=olive, draft=draft, by=cast.TESTER, now=night)
    assert refused.value.code == "quiet_hours"


def test_an_email_is_queued_with_the_words_as_shown(where):
    who = cast.tenant(where, "Dana <b>")
    cast.entry(who, "charge", 9_500)
    notice = issue(letter(), who, method="email")
    email = Email.objects.get(pk=notice.email_id)
    assert (email.recipient, email.subject) == (who.email, "Past due")
    assert notice.words["email"] in email.text
    assert "Dana &lt;b&gt;," in email.html


def test_without_an_email_address_it_is_printed(where):
    who = cast.tenant(where, email="")
    cast.entry(who, "charge", 9_500)
    notice = issue(letter(), who, method="sms")
    assert (notice.method, notice.wanted) == ("print", "sms")
    assert [one["code"] for one in notice.skipped] == ["no_consent", "no_email"]
    assert list(printing.waiting(PAPERS, facility=notice.facility)) == [notice]


def test_an_announcement_never_goes_by_sms(olive):
    made = letter(category="announcement")
    notice = issue(made, olive, method="sms")
    assert (notice.method, notice.skipped[0]["code"]) == ("email", "not_account")
    without = letter("No field", sms="Please pay soon.")
    assert issue(without, olive, method="sms").skipped[0]["code"] == "no_account_field"


def test_a_statutory_letter_is_printed_with_a_text_beside_it(olive):
    made = letter(category="lien", legal_class="statutory")
    notice = issue(made, olive, method="sms")
    assert (notice.method, notice.message.text.state) == ("print", "queued")
    assert notice.words.keys() == {"subject", "print", "sms"}


def test_a_stop_takes_the_text_and_not_the_statutory_letter(olive):
    made = letter(category="lien", legal_class="statutory")
    notice = issue(made, olive, method="sms")
    cast.receive(cast.mobile_of(olive), olive.facility, "STOP", now=NOON)
    assert Text.objects.get(pk=notice.message.text_id).state == "withheld"
    assert list(printing.waiting(PAPERS, facility=notice.facility)) == [notice]
    assert issue(made, olive, method="sms").message is None


def test_a_statutory_letter_is_emailed_where_the_record_permits_it(olive):
    tenants.change_details(tenant=olive, legal_email=True, by=cast.TESTER, now=NOON)
    made = letter(category="lien", legal_class="statutory")
    assert issue(made, olive, method="email").method == "email"


def test_an_empty_field_issues_nothing(where):
    who = cast.opted_in(where)
    with pytest.raises(BadInput) as refused:
        issue(letter(), who, method="sms")
    assert refused.value.code == "empty_field"
    assert not Notice.objects.exists()


def test_an_occasion_has_one_notice(olive):
    made = letter()
    first = actions.issue(
        letter=made, tenant=olive, occasion="charge:1", by=cast.TESTER, now=NOON, method="sms"
    )
    again = actions.issue(
        letter=made, tenant=olive, occasion="charge:1", by=cast.TESTER, now=NOON, method="print"
    )
    assert (again.notice, again.repeated) == (first.notice, True)
    assert Text.objects.filter(clearance__purpose="notice").count() == 1


def test_what_is_taken_back_does_not_leave(olive):
    notice = issue(letter(), olive, method="sms")
    Text.objects.filter(pk=notice.message.text_id).update(state="unknown")
    assert actions.withdraw(notice=notice, reason="A mistake.", by=cast.TESTER, now=NOON)
    assert not actions.withdraw(notice=notice, reason="Again.", by=cast.TESTER, now=NOON)
    Text.objects.filter(pk=notice.message.text_id).update(state="queued")
    assert cast.claim(now=NOON) == []
    assert Text.objects.get(pk=notice.message.text_id).reason_code == "withdrawn"


def test_another_facilitys_letter_is_not_issued(olive):
    with pytest.raises(NotFound):
        issue(letter(facility=cast.site("OTHER")), olive)


def test_issuing_is_in_the_audit_log(olive):
    notice = issue(letter(), olive, method="print")
    entry = Entry.objects.filter(act="notice.issued").get()
    assert (entry.subject, entry.detail["notice"]) == (f"tenant:{olive.pk}", notice.pk)


def test_the_words_that_were_issued_stay_when_the_letter_changes(olive):
    made = letter()
    notice = issue(made, olive, method="print")
    actions.revise(letter=made, bodies={"en": Bodies(print="New")}, by=cast.TESTER, now=clock.now())
    assert "You owe $95.00" in Notice.objects.get(pk=notice.pk).words["print"]
    assert notice.version.number == 1


def test_a_charge_that_was_reversed_is_no_cause(olive):
    notice = issue(letter(), olive, method="sms")
    cast.entry(olive, "reversal", 9_500, reverses=olive.entries.get().pk)
    assert cast.claim(now=NOON) == []
    assert Text.objects.get(pk=notice.message.text_id).reason == "The charge was reversed."


# --- letters to begin with ---


@pytest.mark.parametrize(("standing", "bodies"), STARTERS, ids=lambda one: getattr(one, "name", ""))
def test_a_letter_to_begin_with_can_be_made_and_its_text_may_go(standing, bodies):
    made = actions.create(standing=standing, bodies=bodies, facility=None, by=cast.TESTER, now=NOON)
    for language in ("en", "es"):
        words = queries.bodies(queries.current(made), language)
        assert words.print
        if words.sms:
            has_field = fields.read(words.sms).has_account_field
            assert rules.may_be_sms(category=made.category, has_account_field=has_field) is None
            assert segments.measure(words.sms).encoding == "GSM-7"
