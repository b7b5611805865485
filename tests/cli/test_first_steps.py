"""From nothing to an installation that works, by the commands alone."""

from __future__ import annotations

import json
import sqlite3
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import TOKEN
from tests.cli.sentences import the_sentence
from tests.support import mailserver
from tests.support.installation import Installation
from tests.support.twilio_standin import TwilioStandin

pytestmark = pytest.mark.process

NUMBER = "+15125550100"


def connect(home: Installation, twilio: TwilioStandin) -> str:
    return home.must(
        "line", "connect", "--facility", "LAMAR", "--account-sid", twilio.account_sid,
        "--number", "(512) 555-0100",
    )  # fmt: skip


def test_init_makes_a_private_folder_and_can_be_repeated(fresh: Installation) -> None:
    fresh.must("init")
    fresh.must("init")
    assert stat.S_IMODE(fresh.folder.stat().st_mode) == 0o700
    database = fresh.folder / "tenantline.sqlite3"
    assert stat.S_IMODE(database.stat().st_mode) == 0o600


def test_init_repairs_a_database_of_either_kind(fresh: Installation, fresh_database) -> None:
    fresh.settings["DATABASE_URL"] = fresh_database.url
    fresh.must("init")
    checks = {
        check["name"]: check["ok"]
        for check in json.loads(fresh.run("doctor", "--json").stdout)["checks"]
    }
    assert checks["database"]
    assert checks["walls"]


def test_a_database_of_a_newer_version_is_left_alone(home: Installation) -> None:
    with sqlite3.connect(home.folder / "tenantline.sqlite3") as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('staff', '9999_x', '')"
        )
    for command in (("init",), ("serve", "--port", "0"), ("worker",)):
        assert "newer version" in the_sentence(home.run(*command))


def test_connecting_a_line_points_the_number_here(
    with_twilio: Installation, twilio: TwilioStandin
) -> None:
    said = connect(with_twilio, twilio)
    (number,) = twilio.numbers.values()
    assert number["sms_url"] == f"{with_twilio.url}/twilio/sms"
    assert "Nothing was sent to anybody." in said
    assert twilio.accepted == []
    assert twilio.token not in said


def test_the_auth_token_may_come_from_a_file_or_standard_input(
    with_twilio: Installation, twilio: TwilioStandin, tmp_path: Path
) -> None:
    del with_twilio.settings["TENANTLINE_AUTH_TOKEN"]
    words = ("line", "connect", "--facility", "LAMAR", "--account-sid", twilio.account_sid)
    with_twilio.must(*words, "--number", NUMBER, given=f"{twilio.token}\n")
    secret = tmp_path / "token"
    secret.write_text(f"{twilio.token}\n")
    with_twilio.settings["TENANTLINE_AUTH_TOKEN_FILE"] = str(secret)
    with_twilio.must(*words, "--number", NUMBER)


def test_disconnecting_puts_back_what_stood_at_twilio(
    with_twilio: Installation, twilio: TwilioStandin
) -> None:
    (number,) = twilio.numbers.values()
    number["sms_url"] = "https://before.example.com/hook"
    connect(with_twilio, twilio)
    said = with_twilio.must("line", "disconnect", "--number", NUMBER)
    assert number["sms_url"] == "https://before.example.com/hook"
    assert "https://before.example.com/hook again" in said


def test_a_token_is_printed_alone(lamar: Installation) -> None:
    secret = lamar.must("token", "create", "import", "--role", "clerk", "--facility", "LAMAR")
    assert secret.startswith("tl_")
    assert len(secret.split()) == 1


def test_a_facility_may_be_named_twice(lamar: Installation) -> None:
    words = ("staff", "add", "carla", "--role", "clerk", "--facility", "LAMAR")
    said = lamar.must(*words, "--facility", "lamar", given="a-long-enough-pass\n")
    assert said == "carla can sign in as clerk for Lamar."


def test_the_doctor_finds_a_whole_installation_in_order(
    with_twilio: Installation, twilio: TwilioStandin
) -> None:
    with mailserver.running() as (_letters, email_url):
        with_twilio.settings["EMAIL_URL"] = email_url
        connect(with_twilio, twilio)
        with_twilio.must("staff", "add", "olga", "--role", "owner", given="a-long-enough-pass")
        with with_twilio.serving():
            report = json.loads(with_twilio.run("doctor", "--json").stdout)
    assert [check for check in report["checks"] if not check["ok"]] == []
    assert report["ok"]
    assert {"database", "worker", "public address", "e-mail", "clock"} <= {
        check["name"] for check in report["checks"]
    }


def test_the_doctor_notices_a_number_that_points_elsewhere(
    with_twilio: Installation, twilio: TwilioStandin
) -> None:
    connect(with_twilio, twilio)
    (number,) = twilio.numbers.values()
    number["sms_url"] = "https://elsewhere.example.com/"
    done = with_twilio.run("doctor", "--json")
    details = {check["name"]: check["detail"] for check in json.loads(done.stdout)["checks"]}
    assert done.returncode == 1
    assert "elsewhere.example.com" in details["line (512) 555-0100 inbound"]


def test_the_doctor_prints_a_table_for_people(home: Installation) -> None:
    done = home.run("doctor")
    assert done.returncode == 1
    assert done.stderr == ""
    assert "run tenantline line connect" in " ".join(done.stdout.split())


def test_the_doctor_survives_a_twilio_that_is_down(
    with_twilio: Installation, twilio: TwilioStandin
) -> None:
    connect(with_twilio, twilio)
    twilio.stop()
    done = with_twilio.run("doctor", "--json")
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert not checks["line (512) 555-0100 account"]["ok"]
    assert TOKEN["TENANTLINE_AUTH_TOKEN"] not in done.stdout + done.stderr
