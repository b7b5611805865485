"""``tenantline demo``: one command to try it."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.cli.sentences import the_sentence
from tests.support.installation import COMMAND, PATIENCE, Installation, wait_for

pytestmark = [pytest.mark.process, pytest.mark.once]


@contextmanager
def demo(home: Installation, *words: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Run a demo; yields it with the lines that it printed before it began to serve."""
    running = subprocess.Popen(
        [COMMAND, "demo", "--port", "0", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**home.environment(), "TMPDIR": str(home.folder.parent)},
    )
    assert running.stdout is not None
    try:
        lines = [running.stdout.readline().strip()]
        while lines[-1] and not lines[-1].startswith("mailbox"):
            lines.append(running.stdout.readline().strip())
        yield running, lines
    finally:
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=PATIENCE)


def test_the_demo_prints_where_and_who_then_serves_and_cleans_up(fresh: Installation) -> None:
    fresh.settings["DATABASE_URL"] = "postgres://nobody:nothing@127.0.0.1:1/never-asked"
    fresh.folder.parent.mkdir(exist_ok=True)
    with demo(fresh) as (running, lines):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", lines[0])
        assert [line.split()[0] for line in lines[1:5]] == ["owner", "manager", "clerk", "clerk"]
        assert requests.get(f"{lines[0]}healthz", timeout=PATIENCE).status_code == 200
        assert len(list(fresh.folder.parent.glob("tenantline-demo-*"))) == 1
        sign_in(lines[0], *lines[1].split()[1:])
    assert running.returncode == 0
    assert list(fresh.folder.parent.glob("tenantline-demo-*")) == []


def sign_in(address: str, username: str, password: str) -> None:
    with requests.Session() as browser:
        page = browser.get(f"{address}sign-in/", timeout=PATIENCE).text
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found is not None
        form = {"csrfmiddlewaretoken": found[1], "username": username, "password": password}
        answer = browser.post(f"{address}sign-in/", data=form, timeout=PATIENCE)
    assert answer.status_code == 200
    assert "/sign-in/" not in answer.url


def test_an_earlier_demo_is_replaced_and_a_running_one_is_not(
    fresh: Installation, tmp_path: Path
) -> None:
    fresh.folder.mkdir()
    folder = tmp_path / "demo"
    with fresh.process("demo", "--port", "0", "--data-dir", str(folder)):
        wait_for((folder / ".tenantline-demo").exists)
    old = [folder / "static" / "of-the-earlier-demo.css", folder / "tenantline.sqlite3"]
    old[0].parent.mkdir(exist_ok=True)
    for file in old:
        file.write_text("of the earlier demo")
    with demo(fresh, "--data-dir", str(folder)) as (_running, lines):
        assert lines[0].startswith("http://")
        again = fresh.run("demo", "--port", "0", "--data-dir", str(folder))
        assert "Another demo" in the_sentence(again)
    assert not old[0].exists()
    assert old[1].read_bytes().startswith(b"SQLite format 3")


def test_a_folder_that_is_no_demo_is_left_alone(fresh: Installation, tmp_path: Path) -> None:
    precious = tmp_path / "photos" / "cat.jpg"
    precious.parent.mkdir()
    precious.write_text("meow")
    said = the_sentence(fresh.run("demo", "--data-dir", str(precious.parent)))
    assert "earlier demo" in said
    assert precious.read_text() == "meow"
    assert "not a folder" in the_sentence(fresh.run("demo", "--data-dir", str(precious)))
