"""`tenantline reconcile`: what Twilio knows and we do not, now."""

from __future__ import annotations

import json

import pytest

from tests.cli.sentences import the_sentence
from tests.cli.test_first_steps import NUMBER, connect
from tests.support.installation import Installation, wait_for
from tests.support.twilio_standin import TwilioStandin

pytestmark = pytest.mark.process


def test_without_a_line_there_is_nothing_to_read(home: Installation) -> None:
    assert home.must("reconcile") == "No line is connected, so there is nothing to read."


def test_missed_texts_are_fetched_once_and_counted_by_line(
    with_twilio: Installation, twilio: TwilioStandin
) -> None:
    connect(with_twilio, twilio)
    twilio.receive(from_="+17375550190", to=NUMBER, body="Is anybody there?")
    rows = [with_twilio.must("reconcile").splitlines()[-1].split() for _ in range(2)]
    assert [row[:3] for row in rows] == [[NUMBER, "LAMAR", "1"], [NUMBER, "LAMAR", "0"]]


def test_a_twilio_that_refuses_is_one_sentence_and_exit_code_1(
    with_twilio: Installation, twilio: TwilioStandin
) -> None:
    connect(with_twilio, twilio)
    twilio.fail_next(method="GET", status=401)
    said = the_sentence(with_twilio.run("reconcile"))
    assert NUMBER in said
    assert "does not accept this Account SID and Auth Token" in said


def test_beside_a_running_worker_it_finds_a_deaf_webhook_and_the_doctor_says_so(
    with_twilio: Installation, twilio: TwilioStandin
) -> None:
    connect(with_twilio, twilio)
    with with_twilio.serving():
        # Twilio tells whole seconds: the text has to be from one in which somebody listened.
        wait_for(lambda: checks(with_twilio)["webhook"]["ok"])
        twilio.receive(from_="+17375550190", to=NUMBER, body="Hello")
        with_twilio.must("reconcile")
        found = checks(with_twilio)
    assert not found["heard"]["ok"]
    assert found["heard"]["detail"].startswith("1 text to (512) 555-0100 came in during")
    assert "came back" in found["webhook"]["detail"]


def checks(home: Installation) -> dict[str, dict[str, str]]:
    """Return the doctor's checks by name."""
    report = json.loads(home.run("doctor", "--json").stdout)
    return {check["name"]: check for check in report["checks"]}
