"""A proof packet says all that is known of a number, to whom it may, whatever stands in it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tenantline.audit.models import Entry
from tenantline.consent import actions as consent
from tenantline.consent import chain, erasure, unclear
from tenantline.consent.models import LedgerEvent
from tenantline.evidence import actions, events, pdf
from tenantline.evidence.packet import Packet
from tenantline.evidence.printing import printed
from tenantline.facilities.models import Facility
from tenantline.facilities.scope import EVERYWHERE, Scope
from tenantline.kernel import clock
from tenantline.kernel.errors import NotFound, Refused
from tenantline.kernel.phone import Number
from tenantline.tenants.models import Tenant
from tests import cast

pytestmark = pytest.mark.django_db


def packet(who: Tenant, scope: Scope = EVERYWHERE) -> Packet:
    number = Number(who.periods.order_by("id")[0].number)
    return actions.facts(number=number, scope=scope, by=cast.TESTER, now=clock.now())


def only(where: Facility) -> Scope:
    return Scope(frozenset({where.pk}))


def test_it_tells_form_start_and_stop_with_their_evidence():
    found = packet(cast.stopped(cast.site()))
    kinds = [event.kind for event in found.events]
    assert kinds == ["form_issued", "form_submitted", "started", "stopped"]
    facts = [dict(event.facts) for event in found.events]
    assert (facts[1]["IP address"], facts[1]["Browser"]) == ("203.0.113.7", "a phone")
    assert facts[2]["Twilio MessageSid"].startswith("SM")
    assert facts[3]["The text"] == "STOP"


def test_it_tells_every_start_and_by_what_words_consent_ended():
    here, there = cast.site("HERE"), cast.site("THERE")
    who = cast.opted_in(here)
    for site, body in ((here, "START"), (there, "START"), (here, "quit texting me")):
        cast.receive(cast.mobile_of(who), site, body)
    found = packet(who)
    again, elsewhere, ended = found.events[-3:]
    assert (again.site, elsewhere.site) == (here.name, there.name)
    assert again.said == elsewhere.said == "START was received from this phone. It changed nothing."
    assert ended.said.startswith("A text from this phone withdrew consent: every consent")
    assert found.holders[0].answer.endswith("when a text from this phone withdrew it.")
    assert packet(who, only(here)).hidden == 1


def test_it_answers_in_a_sentence_whether_and_until_when():
    [holder] = packet(cast.stopped(cast.site())).holders
    assert "Sam Stopped agreed on the opt-in form of Storage LAMAR" in holder.answer
    assert "START was received from this phone" in holder.answer
    assert holder.answer.endswith("when STOP was received.")


def test_a_consent_that_came_back_is_told_as_one_of_its_own():
    who = cast.stopped(cast.site())
    cast.receive(cast.mobile_of(who), who.facility, "START")
    [holder] = packet(who).holders
    assert "START from this phone brought back consent" in holder.answer
    assert holder.answer.endswith("That consent is active.")


def test_who_never_agreed_is_told_so():
    [holder] = packet(cast.tenant(cast.site())).holders
    assert "has no consent on record" in holder.answer


def test_the_form_is_shown_with_the_words_and_the_ticks_of_its_time():
    who = cast.opted_in(cast.site(), "Olive Agreed", "chat", "notices")
    [form] = packet(who).forms
    assert form.ticked == ("chat", "notices")
    assert form.words["title"] == "Text messages from Storage LAMAR"
    assert form.words_hold


def test_each_text_names_the_event_it_relied_on():
    who = cast.opted_in(cast.site())
    cast.write(who, "The gate is fixed.")
    found = packet(who)
    started = next(event.sequence for event in found.events if event.kind == "started")
    assert [text.event for text in found.texts] == [started, started]
    assert [text.purpose for text in found.texts] == ["confirmation", "chat"]
    assert all(text.sealed for text in found.texts)


def test_of_other_facilities_a_stop_is_told_and_the_rest_counted():
    here, there = cast.site("HERE"), cast.site("THERE")
    number = cast.mobile()
    cast.opted_in(there, "Theo There", number=number)
    mine = cast.opted_in(here, "Helen Here", number=number)
    cast.receive(number, there, "STOP please, it is Theo")
    found = packet(mine, only(here))
    assert [holder.name for holder in found.holders] == ["Helen Here"]
    assert (found.hidden, found.others) == (3, 1)
    assert "Theo" not in found.as_json()
    assert found.events[-1].kind == "stopped"


def test_a_number_that_only_others_know_is_unknown():
    who = cast.opted_in(cast.site("THERE"))
    with pytest.raises(NotFound):
        packet(who, only(cast.site("HERE")))


def test_a_number_nobody_knows_is_unknown():
    with pytest.raises(NotFound) as found:
        actions.facts(number=cast.mobile(), scope=EVERYWHERE, by=cast.TESTER, now=clock.now())
    assert found.value.sentence == "Nothing is known here about this number."


def test_a_stranger_who_texted_stop_has_a_packet():
    where, number = cast.site(), cast.mobile()
    cast.receive(number, where, "STOP")
    found = actions.facts(number=number, scope=EVERYWHERE, by=cast.TESTER, now=clock.now())
    assert [event.kind for event in found.events] == ["stopped"]
    assert b"%PDF" in pdf.render(found)[:8]


def test_what_was_erased_is_told_as_erased_by_whom():
    who = cast.stopped(cast.site())
    now = clock.now()
    erasure.erase(
        number=cast.mobile_of(who),
        why="their wish",
        early=True,
        scope=EVERYWHERE,
        by=cast.TESTER,
        now=now,
    )
    found = packet(who)
    assert all(
        "erased on" in event.gone and "by tester" in event.gone for event in found.events[:4]
    )
    assert found.events[-1].kind == "erased"
    assert not found.check.trouble


def test_a_restore_is_told_because_events_may_be_missing():
    who = cast.stopped(cast.site())
    now = clock.now()
    chain.go_on_after_restore(backup_id="b1", made_at=now - timedelta(days=1), now=now)
    [said] = printed(packet(who))["restores"]
    assert said.startswith("The database was restored from a backup (event 5)")


def test_a_closed_number_keeps_its_story():
    who = cast.opted_in(cast.site())
    cast.change_number(who, cast.mobile())
    [holder] = packet(who).holders
    assert holder.because == "changed"
    assert "when the number was given up" in holder.answer


HOSTILE = (
    '#panic() *bold* $x$ `raw` <b>\\ @ref // "quote"',
    "\u4f60\u597d \U0001f642\U0001f469\u200d\U0001f467 \u05e9\u05dc \u202ebackwards \x07.",
    "long " * 319 + "end.",
)


@pytest.mark.parametrize("words", HOSTILE)
def test_any_name_and_any_words_can_be_printed(words: str):
    where = cast.site(name="Storage #1 & *Sons*")
    who = cast.opted_in(where, words[:200])
    cast.write(who, words)
    consent.record_revocation(
        tenant=who, medium="letter", note=words, by=cast.TESTER, now=clock.now()
    )
    found = packet(who)
    assert json.loads(found.as_json())["texts"][-1]["body"] == words
    assert b"consent.json" in pdf.render(found)


def test_five_hundred_texts_can_be_printed():
    who = cast.opted_in(cast.site())
    found = packet(who)
    [text] = found.texts
    many = replace(found, texts=(text,) * 500)
    assert pdf.render(many).startswith(b"%PDF-1.7")
    assert printed(many)["texts_left_out"] == ""


def test_more_texts_than_can_be_printed_are_told_and_attached():
    found = packet(cast.opted_in(cast.site()))
    long = replace(found.texts[0], body="x" * 1600)
    many = replace(found, texts=(long,) * 300, texts_left_out=7)
    assert printed(many)["texts_left_out"] == (
        "50 older texts stand in consent.json, for their number. 7 texts before those are counted "
        "only."
    )


def test_a_ledger_too_long_to_walk_is_told_and_each_event_checked():
    number = cast.mobile_of(cast.stopped(cast.site()))
    found = actions.facts(number=number, scope=EVERYWHERE, by=cast.TESTER, now=clock.now(), walk=3)
    assert not found.check.whole
    assert all(event.holds for event in found.events)
    assert "too long to be checked" in dict(printed(found)["summary"])["Ledger"]


def test_an_event_that_was_altered_is_marked():
    who = cast.stopped(cast.site())
    event = LedgerEvent.objects.select_related("facility").latest("sequence")
    event.body = '{"source":"SM1"}'
    [told] = events.events([event], EVERYWHERE, "UTC")
    assert not told.holds
    assert packet(who).events[-1].holds


def test_the_audit_log_knows_the_file_again_and_names_no_number():
    who = cast.opted_in(cast.site())
    made = actions.proof_packet(
        number=cast.mobile_of(who), scope=EVERYWHERE, by=cast.TESTER, now=clock.now()
    )
    entry = Entry.objects.get(act="consent.proof_made")
    assert (entry.subject, len(entry.detail["sha256"])) == (f"tenant:{who.pk}", 64)
    assert cast.mobile_of(who) not in json.dumps(entry.detail)
    assert made.file_name.endswith(".pdf")


def test_an_early_erasure_wants_to_be_said_expressly():
    who = cast.stopped(cast.site())
    with pytest.raises(Refused) as refused:
        erasure.erase(
            number=cast.mobile_of(who),
            why="their wish",
            early=False,
            scope=EVERYWHERE,
            by=cast.TESTER,
            now=clock.now(),
        )
    assert refused.value.code == "too_early"


def test_after_five_years_nothing_has_to_be_said():
    who = cast.stopped(cast.site())
    later = clock.now() + erasure.KEPT_FOR + timedelta(days=1)
    done = erasure.erase(
        number=cast.mobile_of(who),
        why="their wish",
        early=False,
        scope=EVERYWHERE,
        by=cast.TESTER,
        now=later,
    )
    assert done.events == 4


def test_a_question_about_an_erased_text_can_still_be_answered():
    who = cast.tenant(cast.site())
    number = cast.mobile_of(who)
    cast.receive(number, who.facility, "only text me about my bill")
    by, now = cast.TESTER, clock.now()
    erasure.erase(number=number, why="their wish", early=True, scope=EVERYWHERE, by=by, now=now)
    asked = unclear.question(tenant=who)
    assert asked is not None
    unclear.answer(tenant=who, source=asked.source, said="revoked", by=by, now=now)
    assert "revoked" in [event.kind for event in packet(who).events]
