# ruff: noqa: RUF001 - the look-alikes are the point
"""What is heard as START, STOP, HELP, and above all what is not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenantline.consent.keywords import read

STOPS = """stop|STOP|Stop.|stop!!!|"STOP"|“stop”|‘stop’|'stop'|STOP STOP STOP|please stop
stop please|Stop, thanks|pls stop now|ok stop|hi, stop|kindly unsubscribe
STOPALL|stop all|Unsubscribe|un-subscribe|CANCEL|cancel.|end|End now|quit
OPT OUT|opt-out|optout|opt me out please|revoke|¡ALTO!|alto por favor|parar|pare
detener|cancelar|STOP 🛑|🛑STOP🛑|st\u200bop|\u200bSTOP\ufeff|S\u00adTOP|ＳＴＯＰ|𝐒𝐓𝐎𝐏
*stop*|_stop_|(stop)| stop |stop\tstop|thank you, quit|sir, stop"""
NOT_STOPS = """stop by the office|I will stop by today|cancel my reservation|don't stop
don’t stop|Dont stop|end of the month?|the end|when does my lease end|non stop
nonstop|bus stop|stopped by|stopping by|quitting|unstop|can I cancel unit 12
stop sign|please|thanks|ok|no|alto grado|what time do you close to end rental
restart|full stop at gate|help me cancel|how do I opt out of insurance
revoke my gate code|quit claim|please do not stop|end date is 5/1
Can't stop smiling|stop?go"""
STARTS = """START|start|Start|sTaRt| start |start.|START!|'start'|“START”|«start»|(start)
start\t|UNSTOP|unstop."""
NOT_STARTS = """yes|YES|Y|start please|please start|start start|restart|START STOP
I start monday|st art|start1|s.t.a.r.t|start👍|re: start|unstop me|start, thanks
START my lease|\u200bs\u200btart"""


def rows(table: str) -> list[str]:
    return [row for line in table.split("\n") for row in line.split("|")]


@pytest.mark.parametrize("body", rows(STOPS))
def test_is_heard_as_stop(body):
    assert read(body).heard == "stop"


@pytest.mark.parametrize("body", rows(NOT_STOPS))
def test_is_not_heard_as_stop(body):
    assert read(body).heard != "stop"


@pytest.mark.parametrize("body", rows(STARTS))
def test_is_heard_as_start(body):
    assert read(body).heard == "start"


@pytest.mark.parametrize("body", rows(NOT_STARTS))
def test_is_not_heard_as_start(body):
    assert read(body).heard != "start"


@pytest.mark.parametrize("body", ["help", "HELP!", "info", "Ayuda", "“help”"])
def test_is_heard_as_help(body):
    assert read(body).heard == "help"


@pytest.mark.parametrize("body", ["", " ", "?", "help me", "👍", "help with unit 4", "0", "\x00"])
def test_means_nothing_by_itself(body):
    assert read(body).heard == "nothing"


def test_the_carriers_stop_is_believed_and_its_start_is_not():
    assert read("arrête", opt_out_type="STOP").heard == "stop"
    assert read("YES", opt_out_type="START").heard == "nothing"
    assert read("START", opt_out_type="START").heard == "start"


around = st.text("\"'“”‘’«».,!?()[]{}-–… \t\n\r", max_size=6)
courtesies = st.lists(st.sampled_from(["please", "Thanks", "OK", "hi", "por favor"]), max_size=3)


@settings(max_examples=60, deadline=None)
@given(around, st.sampled_from(["start", "START", "Unstop", "UNSTOP"]), around)
def test_start_counts_whatever_punctuation_is_around_it(before, word, after):
    assert read(before + word + after).heard == "start"


@settings(max_examples=60, deadline=None)
@given(courtesies, st.sampled_from(["stop", "STOP", "Quit", "alto"]), courtesies, around)
def test_stop_counts_whatever_courtesies_are_around_it(before, word, after, marks):
    assert read(marks + " ".join([*before, word, *after]) + marks).heard == "stop"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["start", "unstop"]), st.text(min_size=1, max_size=8).filter(str.isalnum))
def test_start_with_any_other_word_does_not_count(word, other):
    assert read(f"{word} {other}").heard != "start"
    assert read(f"{other} {word}").heard != "start"


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(), max_size=200))
def test_no_text_makes_it_fail(body):
    assert read(body).heard in {"stop", "start", "help", "nothing"}


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("yYeEsS .!\"'✔👍\u200b"), max_size=12))
def test_yes_in_any_dress_is_never_start(body):
    assert read(body).heard == "nothing"
