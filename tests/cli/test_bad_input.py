"""Every bad input at every command is answered with one sentence on standard error."""

from __future__ import annotations

import json

import pytest

from tests.cli.sentences import the_sentence
from tests.support.installation import Installation

pytestmark = [pytest.mark.process, pytest.mark.once]

FACILITY = ("facility", "add", "--code", "NEW", "--name", "New", "--timezone", "America/Chicago")
AC = "AC" + "a1" * 16
CONNECT = ("line", "connect", "--facility", "LAMAR", "--account-sid", AC, "--number")
SERVER = ("serve", "--port")

MISUSED = [
    ("nothing-like-this",),
    ("serve", "--port", "x"),
    ("serve", "--port", "70000"),
    ("serve", "--colour", "red"),
    ("worker", "two"),
    ("init", "--force"),
    ("doctor", "--xml"),
    ("demo", "--port", "-1"),
    ("demo", "--data-dir"),
    ("facility",),
    ("facility", "remove"),
    ("facility", "add"),
    ("facility", "add", "--code", "A"),
    ("line",),
    ("line", "connect"),
    ("line", "disconnect"),
    ("staff", "add"),
    ("staff", "add", "carla"),
    ("staff", "add", "carla", "--role", "king"),
    ("token", "create", "import"),
    ("token", "create", "import", "--role", "x" * 4000),
]
REFUSED = [
    ((*FACILITY[:-1], "Mars/Olympus"), "", "time zone"),
    ((*FACILITY[:-1], ""), "", "time zone"),
    ((*FACILITY[:3], "no such code!", *FACILITY[4:]), "", "code"),
    ((*FACILITY[:5], "x" * 100, *FACILITY[6:]), "", "80 characters"),
    ((*FACILITY[:3], "lamar", *FACILITY[4:]), "", "already a facility"),
    ((*FACILITY, "--phone", "call me"), "", "digits"),
    ((*FACILITY, "--email", "nobody"), "", "e-mail"),
    ((*FACILITY, "--email", "a@b.example\nBcc: all@example.com"), "", "e-mail"),
    ((*FACILITY, "--state", "x" * 41), "", "state"),
    (("staff", "add", "carla", "--role", "clerk"), "a-long-enough-pass", "facility"),
    (("staff", "add", "carla", "--role", "clerk", "--facility", "NO"), "irrelevant", "NO"),
    (("staff", "add", "carla", "--role", "owner"), "", "standard input"),
    (("staff", "add", "carla", "--role", "owner"), "\n", "standard input"),
    (("staff", "add", "carla", "--role", "owner"), "short", "12 characters"),
    (("staff", "add", "carla", "--role", "owner"), "password1234", "common"),
    (("staff", "add", "carla", "--role", "owner"), "x" * 3000, "too long"),
    (("staff", "add", "c a r l a", "--role", "owner"), "a-long-enough-pass", "username"),
    (("token", "create", "", "--role", "owner"), "", "name"),
    (("token", "create", "import", "--role", "manager"), "", "facility"),
    (("token", "create", "import", "--role", "clerk", "--facility", "NO"), "", "NO"),
    ((*CONNECT, "+15125550100"), "", "standard input"),
    ((*CONNECT, "+15125550100"), "two words", "Auth Token"),
    ((*CONNECT, "12345"), "x" * 32, "short code"),
    ((*CONNECT, "+44"), "x" * 32, "phone number"),
    ((*CONNECT[:3], "NO", *CONNECT[4:], "+15125550100"), "x" * 32, "NO"),
    ((*CONNECT[:5], "SK" + "a" * 32, CONNECT[6], "+15125550100"), "x" * 32, "Account SID"),
    ((*CONNECT, "+15125550100", "--messaging-service", "MG1"), "x" * 32, "Messaging Service"),
    (("line", "disconnect", "--number", "+15125550199"), "", "no line"),
    (("line", "disconnect", "--number", "what"), "", "digits"),
    (("serve", "--host", "no such host"), "", "--port"),
    (("serve", "--host", "203.0.113.1"), "", "--port"),
]


@pytest.mark.parametrize("words", MISUSED, ids=lambda words: " ".join(words)[:60])
def test_a_command_line_that_cannot_be_understood(fresh: Installation, words) -> None:
    done = fresh.run(*words)
    the_sentence(done)
    assert done.returncode == 2


@pytest.mark.parametrize(("words", "given", "because"), REFUSED, ids=lambda value: str(value)[:70])
def test_input_that_cannot_be_used(lamar: Installation, words, given, because) -> None:
    done = lamar.run(*words, given=given)
    assert because in the_sentence(done)
    assert done.returncode == 1


SETTINGS = [
    ({"TENANTLINE_SECRET_KEY": ""}, "TENANTLINE_SECRET_KEY"),
    ({"TENANTLINE_SECRET_KEY": "short"}, "TENANTLINE_SECRET_KEY"),
    ({"TENANTLINE_SECRET_KEY_FILE": "/no/such/file"}, "TENANTLINE_SECRET_KEY_FILE"),
    ({"TENANTLINE_PUBLIC_URL": "desk.example.com"}, "TENANTLINE_PUBLIC_URL"),
    ({"TENANTLINE_PUBLIC_URL": "http://[x"}, "environment"),
    ({"TENANTLINE_TWILIO_API_URL": "ftp://x"}, "TENANTLINE_TWILIO_API_URL"),
    ({"TENANTLINE_LOG_FORMAT": "xml"}, "TENANTLINE_LOG_FORMAT"),
    ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
    ({"DATABASE_URL": "mysql://u:p@h/n"}, "DATABASE_URL"),
    ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL"),
    ({"DATABASE_URL": "sqlite:////no/such/folder/x.sqlite3"}, "database"),
    ({"DATABASE_URL": "postgres://u:p@127.0.0.1:1/n"}, "database"),
    ({"EMAIL_URL": "mail.example.com"}, "EMAIL_URL"),
    ({"TENANTLINE_DATA_DIR": "/dev/null/data"}, "/dev/null"),
]


@pytest.mark.parametrize(("settings", "because"), SETTINGS, ids=str)
def test_a_setting_that_cannot_be_used(fresh: Installation, settings, because) -> None:
    fresh.settings |= settings
    assert because in the_sentence(fresh.run("init"))


@pytest.mark.parametrize(
    "words",
    [
        FACILITY,
        ("staff", "add", "carla", "--role", "owner"),
        ("token", "create", "import", "--role", "owner"),
        (*CONNECT, "+15125550100"),
        ("line", "disconnect", "--number", "+15125550100"),
        ("serve", "--port", "0"),
        ("worker",),
        ("reconcile",),
        ("consent", "verify"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_without_init_every_command_says_so(fresh: Installation, words) -> None:
    fresh.folder.mkdir()
    said = the_sentence(fresh.run(*words, given="a-long-enough-pass"))
    assert said == "The database is not ready; run tenantline init."


def test_another_secret_key_is_told_before_anything_is_served(home: Installation) -> None:
    home.settings["TENANTLINE_SECRET_KEY"] = "another-key-than-the-one-that-sealed"
    for words in (("serve", "--port", "0"), ("worker",), ("init",)):
        assert "TENANTLINE_SECRET_KEY" in the_sentence(home.run(*words))


def test_the_doctor_tells_programs_about_settings_too(fresh: Installation) -> None:
    fresh.settings["TENANTLINE_SECRET_KEY"] = ""
    done = fresh.run("doctor", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert not report["ok"]
    assert "TENANTLINE_SECRET_KEY" in report["checks"][0]["detail"]


@pytest.mark.parametrize("command", ["demo", "init", "serve", "worker", "doctor", "line connect"])
def test_help_works_without_any_settings(fresh: Installation, command: str) -> None:
    fresh.settings["TENANTLINE_SECRET_KEY"] = ""
    assert "Usage: tenantline" in fresh.must(*command.split(), "--help")
