# ruff: noqa: RUF001 - the look-alikes are the point
"""R3: revocation in any words, measured on texts that it was not made with, and its hard edges."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.revocation_report import counted, share, texts
from scripts.train_revocation import learned
from tenantline.consent.revocation import decide
from tenantline.consent.wordings import lexicon, order

pytestmark = pytest.mark.once

KEYWORDS = ("STOP", "StopAll", "unsubscribe", "Cancel", "END", "quit", "revoke", "opt out", "alto")


@cache
def decided(name: str) -> dict[str, Counter[str]]:
    return counted(texts(name))


def heard(text: str) -> str:
    return decide(text).heard


@pytest.mark.parametrize(
    "text",
    [
        "The alarm won't cancel with my code. Please stop texting me.",
        "Could you stop the truck reservation and start it again on the 12th? STOP.",
        "> Hola Sra. Medina, su pago vence. Responda ALTO para cancelar.\nalto",
        "stop -----Original Message----- From: Maple Storage: Rent is due. Reply STOP to end.",
        "Fwd: Your gate code is 4471#. I never rented there, take my number off your list",
        "Start. No wait, I meant STOP",
    ],
)
def test_a_sentence_that_revokes_is_heard_among_others(text):
    assert heard(text) == "revoke"


@pytest.mark.parametrize(
    "text",
    [
        *("have the landscapers stop blowing leaves", "I wish the reminders never stopped"),
        *("too many emails, stop those please", "I'm out of town please text me"),
        *("I'd hate to lose the texts", "stop spelling it with a V", "merci beaucoup"),
        *("I do not consent to you entering my unit", "quit? who quit? the old manager?"),
    ],
)
def test_what_concerns_something_else_does_not_revoke(text):
    assert heard(text) != "revoke"


def test_of_the_development_texts_the_aims_are_met():
    found = decided("development")
    assert share(found["revoke"], "revoke") >= 0.97
    assert share(found["revoke"], "revoke", "ask") >= 0.995
    assert share(found["nothing"], "revoke") <= 0.005
    assert share(found["nothing"], "ask") <= 0.02


def test_of_texts_that_it_was_not_made_with_it_holds_what_it_reached():
    found = decided("heldout")
    assert share(found["revoke"], "revoke") >= 0.97
    assert share(found["revoke"], "revoke", "ask") >= 0.99  # the aim is 0.995
    assert share(found["nothing"], "revoke") <= 0.005
    assert share(found["nothing"], "ask") <= 0.015


def test_start_and_help_are_told_without_an_error():
    found = decided("development")
    assert share(found["start"], "start") == share(found["help"], "help") == 1
    for name in ("development", "heldout"):
        found = decided(name)
        wrong = [label for label in ("revoke", "ask", "nothing") if found[label]["start"]]
        assert wrong == []


def test_the_two_sets_share_no_text_and_are_large():
    development = {row.text.casefold() for row in texts("development")}
    heldout = {row.text.casefold() for row in texts("heldout")}
    assert len(development) > 21000
    assert len(heldout) >= 1800
    assert not development & heldout


@pytest.mark.parametrize("word", KEYWORDS)
@pytest.mark.parametrize("around", ["{}", "{}.", "please {}", "Hi, {} thanks!", "“{}”", "{} 🛑"])
def test_a_keyword_is_a_revocation_whatever_is_around_it(word, around):
    assert heard(around.format(word)) == "revoke"


@pytest.mark.parametrize(
    "text",
    [
        *("stop texting me", "S T O P", "ЅТОР", "ＳＴＯＰ", "st0p", "stpo", "sotp", "STOPSTOP"),
        *("take me off your list", "lose my number", "no more texts", "leave me alone", "stop it"),
        *("quit blowing up my phone", "plz stop txting me", "stp msging", "don't text me again"),
        *("wrong number, remove this", "I will report you to the FCC", "how do I stop these texts"),
        *("ya no me manden mensajes", "dejen de escribirme", "quítenme de la lista", "dar de baja"),
        *("arrêt", "sair", "abmelden", "dừng", "停止", "退订", "стоп"),
        *("توقف", "sispann", "itigil", "🛑"),
        *("no mroe texts", "leaveme alone", "op tout", "sto", "quite texting me", "stoptextingme"),
        *(
            "I asked you to stop texting me last week",
            "📵",
            "tigilan niyo na po",
            "kanpe voye mesaj",
        ),
        "Your bill is paid, so please stop messaging this phone. Thanks, and see you in June!",
        "> Reply STOP to opt out\nok, take my number off please",
    ],
)
def test_is_a_revocation(text):
    assert heard(text) == "revoke"


@pytest.mark.parametrize(
    "text",
    [
        *("stop by the office", "can I stop autopay", "the gate won't stop beeping", "bus stop"),
        *("cancel my reservation", "cancel my unit", "end of month", "start my lease Monday"),
        *("help me carry a couch", "don't stop sending these", "unsubscribe me from the e-mails"),
        *("take me off autopay", "delete my card", "remove my lock", "unit end cap", "full stop"),
        *(
            "stop the late fees",
            "quit smoking",
            "remove my ex from the account",
            "YES",
            "yes",
            "👍",
        ),
        *("stop the lockout", "that noise needs to stop", "stop in", "text me instead of calling"),
        *("I revoke the authorization for my bank draft", "I don't want the texts to stop"),
        *("quiero cancelar mi unidad", "la alarma no para", "puedo parar en la oficina", "", "…"),
    ],
)
def test_is_a_message_like_any_other(text):
    assert heard(text) == "nothing"


@pytest.mark.parametrize(
    "reaction",
    [
        *("Liked “{}”", "Loved “{}”", "Disliked “{}”", "Laughed at “{}”", "Emphasized “{}”"),
        *("Questioned “{}”", "Removed a like from “{}”", "Reacted 😂 to “{}”", "👍 to “ {} ”"),
        *("Le gustó “{}”", "Le encantó “{}”", "A Luis le dio risa “{}”", "Destacó “{}”"),
        "👍 a “{}”",
        *("Reaccionó con ❤️ a «{}»", "Liked “{}", "\u200b❤️\u200b to “\u200b{}\u200b”"),
    ],
)
@pytest.mark.parametrize("ours", ["Reply STOP to opt out.", "Responda ALTO para cancelar", "STOP"])
def test_a_reaction_that_quotes_us_is_nothing(reaction, ours):
    assert heard(reaction.format(f"Maple Storage: rent is due. {ours}")) == "nothing"


@pytest.mark.parametrize(
    ("text", "decision"),
    [
        ("> Maple: rent is due. Reply STOP to opt out. STOP", "revoke"),
        ("Reply HELP for help or STOP to cancel. Doing that.", "revoke"),
        ("Maple: rent is due. Text STOP to end stop texting me", "revoke"),
        ("> Maple: rent is due. Reply HELP for help, STOP to cancel. thanks", "nothing"),
    ],
)
def test_an_answer_in_the_line_of_a_quotation_is_told_from_it(text, decision):
    assert heard(text) == decision


@pytest.mark.parametrize(
    "text",
    [
        "where it says reply stop to opt out, i want that",
        "Reply STOP to opt out - that one please",
        "me please >> Text STOP to end messages",
        "On Tue you wrote: Rent is due. Reply STOP to opt out. -- take me off",
        "I want to do the STOP thing in your message",
        "I'd like to use the stop option",
        "can you use the opt out option for my number",
        *("ztop", "xtop", "sttop", "styp", "ztop texting me"),
    ],
)
def test_who_takes_what_our_instruction_offers_revokes(text):
    assert heard(text) == "revoke"


@pytest.mark.parametrize(
    "text",
    [
        *("does the stop option work?", "the door stop thing fell off", "stood", "shop", "spot"),
        "I want the bus stop option on the map",
        "Your text says a 10x10 is free. Reply STOP to opt out. I want that one",
        *("can you opt my wife in to texts also", "opt my husband in for reminders"),
    ],
)
def test_what_only_looks_like_our_instruction_revokes_nothing(text):
    assert heard(text) != "revoke"


@pytest.mark.parametrize(
    "text",
    [
        *("Ua tsaug tsis txhob xa msg rau kuv", "ha ii soo dirin fariimo", "usinitumie ujumbe"),
        *("እባክዎ አቁሙ", "សូមឈប់ផ្ញើសារ", "ຢຸດ", "ਮੈਸੇਜ ਨਾ ਭੇਜੋ", "મેસેજ ન મોકલો", "میسج نہ کریں"),
        *("پیام ندهید", "nie pisz do mnie więcej", "не турбуйте мене"),
    ],
)
def test_plain_stop_words_of_many_languages_revoke(text):
    assert heard(text) == "revoke"


@pytest.mark.parametrize(
    "text",
    [
        "Rosa said she took me off but here's another one",
        *("I already told you", "again?! I said no", "I've told you guys before"),
    ],
)
def test_a_complaint_of_an_earlier_wish_is_asked_about_at_least(text):
    assert heard(text) in {"ask", "revoke"}


@pytest.mark.parametrize("text", ["stop! don't throw out the couch", "STOP!! my dog is in there"])
def test_a_stop_that_is_shouted_at_somebody_is_asked_about_at_most(text):
    assert heard(text) in {"ask", "nothing"}


@pytest.mark.parametrize(
    "text",
    [
        "Paid. To unsubscribe from this list click here",
        "Check attached. Confidential: if received in error, please delete",
        'I\'m not receiving notifications. If this is urgent, reply "urgent" to send it, or STOP',
    ],
)
def test_what_a_machine_added_is_not_the_senders_wish(text):
    assert heard(text) == "nothing"


@pytest.mark.parametrize(
    ("written", "plain"),
    [("stp by 2mrw", "stop by tomorrow"), ("plz remvoe the fee", "please remove the fee")],
)
def test_text_speak_and_slips_are_read_as_the_plain_words(written, plain):
    assert order.row_of(written).heard == order.row_of(plain).heard


def test_what_is_written_after_a_reaction_counts():
    assert heard("Disliked “Reply STOP to opt out”\nstop texting me") == "revoke"


@pytest.mark.parametrize(
    "text",
    [
        *("wrong number", "who is this", "only text me about payments", "Reply STOP to opt out"),
        *("stop the statements but keep chat", "don't text me after 9pm", "número equivocado"),
        *("if I text STOP do I still get my bill?", "too many texts", "This isn't Maria"),
    ],
)
def test_is_for_a_person_to_decide(text):
    assert heard(text) == "ask"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "wrong number",
            "who is this",
            "new phone who dis",
            "número equivocado",
            "this isn't Maria",
        ),
        "Wrong number. Too many texts!",
    ],
)
def test_an_unclear_text_of_somebody_else_is_told_from_the_other_unclear_ones(text):
    assert decide(text).wrong_person
    assert not decide("only text me about payments").wrong_person


def test_the_words_that_decided_are_told_and_names_are_not():
    decision = decide("Hi, Bob Quimby here: take me off your list, 555-0142!")
    assert decision.words == "take me off your list"
    assert "quimby" not in decide("remove Linda Quimby from your text list").words


def test_a_decision_does_not_depend_on_what_was_asked_before():
    first = [decide(row.text) for row in texts("heldout")[:80]]
    lexicon._class_of.cache_clear()
    assert [decide(row.text) for row in reversed(texts("heldout")[:80])][::-1] == first


def test_the_model_learns_what_tells_texts_apart():
    import random

    data = [(["stop", "text"], 1.0), (["stop", "by"], 0.0)]
    data += [(["text", "no"], 1.0), (["by", "no"], 0.0)]
    weights = learned(data * 5, random.Random(1))
    assert weights["text"] > 0 > weights["by"]


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(), max_size=300))
def test_no_text_makes_it_fail(text):
    assert heard(text) in {"revoke", "ask", "start", "help", "nothing"}
    order.row_of(text)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(texts("development")), st.sampled_from(["Please stop texting me.", "STOP."]))
def test_a_plain_revocation_after_an_ordinary_text_is_never_lost(row, words):
    if row.label == "nothing" and "“" not in row.text and '"' not in row.text:
        assert heard(f"{row.text}. {words}") in {"revoke", "ask"}
