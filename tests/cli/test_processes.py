"""Processes of the installed script: the long ones, and that other tests may start them quicker."""

from __future__ import annotations

import signal
import socket

import pytest
import requests

from tenantline.cli.main import main
from tests.cli.sentences import the_sentence
from tests.support.installation import PATIENCE, Installation, wait_for

pytestmark = pytest.mark.process

NOWHERE = "/no/such/folder/file"
LONG = {"serve", "worker", "demo"}
SHORT = [
    ("init",),
    ("facility", "add", "--code", "LAMAR", "--name", "Again", "--timezone", "America/Chicago"),
    ("line", "disconnect", "--number", "+15125550199"),
    ("staff", "add", "olive", "--role", "owner"),
    ("token", "create", "import", "--role", "manager"),
    ("import", "tenants", NOWHERE, "--facility", "LAMAR"),
    ("doctor", "--json"),
    ("reconcile",),
    ("backup", NOWHERE),
    ("restore", NOWHERE),
    ("bench", "--quick", "--json", "/dev/null"),
    ("consent", "verify"),
]


@pytest.mark.parametrize("words", SHORT, ids=lambda words: words[0])
def test_the_installed_script_does_what_a_quick_start_does(lamar: Installation, words) -> None:
    ways = [way(*words, given="too short") for way in (lamar.run_script, lamar.run)]
    true, quick = [(done.returncode, done.stdout, done.stderr) for done in ways]
    assert true == quick
    assert "".join(true[1:])


def test_every_command_is_tried_with_the_installed_script() -> None:
    assert {words[0] for words in SHORT} | LONG == set(main.commands)


def test_the_server_ends_in_order_on_sigterm(home: Installation) -> None:
    with home.serving() as server:
        assert requests.get(f"{home.url}/healthz", timeout=PATIENCE).status_code == 200
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=PATIENCE) == 0
    assert "Traceback" not in (home.folder / "serve.log").read_text()


def test_a_worker_alone_gives_a_sign_of_life_and_ends_on_sigterm(home: Installation) -> None:
    with home.process("worker") as worker:
        wait_for(lambda: "1 running." in home.run("doctor").stdout)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=PATIENCE) == 0


def test_a_second_worker_on_sqlite_is_refused(home: Installation) -> None:
    with home.serving():
        said = the_sentence(home.run("worker"))
        assert "Another worker" in said
        assert "Another worker" in the_sentence(home.run("serve", "--port", "0", "--with-worker"))


def test_a_worker_that_was_killed_leaves_no_lock(home: Installation) -> None:
    with home.serving() as server:
        server.kill()
        server.wait(timeout=PATIENCE)
    with home.serving():
        pass


def test_a_port_in_use_is_told(home: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for command in ("serve", "demo"):
            assert port in the_sentence(home.run(command, "--port", port))


def test_an_edited_file_is_collected_again_at_the_next_start(home: Installation) -> None:
    stamp = home.folder / "static" / ".collected"
    stamp.write_text("of an earlier version")
    with home.serving():
        assert stamp.read_text() != "of an earlier version"


def test_logs_hold_no_access_log_and_no_secret(home: Installation) -> None:
    home.settings["TENANTLINE_LOG_FORMAT"] = "json"
    with home.serving():
        requests.get(f"{home.url}/opt-in/a-token-that-nobody-may-read/", timeout=PATIENCE)
    log = (home.folder / "serve.log").read_text()
    assert "a-token-that-nobody-may-read" not in log
    assert "GET /" not in log
