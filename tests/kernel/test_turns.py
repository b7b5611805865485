"""Writers of one SQLite file queue: one at a time, none passed over, none waits for the dead."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction

from tenantline.intake.models import Listener
from tenantline.kernel import clock, turns
from tenantline.kernel.turns import TooLongError, Turns

pytestmark = pytest.mark.once
sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'")


@pytest.fixture
def queue(tmp_path: Path) -> Turns:
    return Turns(str(tmp_path / "db.sqlite3"))


def waiting(queue: Turns, count: int) -> None:
    """Return when so many stand in the queue."""
    while len(queue._first) + len(queue._others) < count:
        threading.Event().wait(0.001)


def line_up(queue: Turns, names: str) -> list[str]:
    """Let threads queue up behind a turn in this order, those in capitals first; who came when?"""
    came: list[str] = []

    def write(name: str) -> None:
        if name.isupper():
            turns.go_first()
        queue.take(30)
        came.append(name)
        queue.give()

    queue.take(1)
    threads = []
    for name in names:
        threads.append(threading.Thread(target=write, args=(name,)))
        threads[-1].start()
        waiting(queue, len(threads))
    queue.give()
    for thread in threads:
        thread.join()
    return came


def test_who_came_first_goes_first(queue):
    assert line_up(queue, "abcd") == ["a", "b", "c", "d"]


def test_the_webhooks_writer_goes_before_the_others_but_not_twice_in_a_row(queue):
    assert line_up(queue, "abAB") == ["A", "a", "B", "b"]


def test_who_has_waited_too_long_gives_up_and_harms_nobody(queue):
    queue.take(1)
    with pytest.raises(TooLongError):
        queue.take(0.01)
    queue.give()
    queue.take(1)
    queue.give()


HOLDER = """
import sys, time
from tenantline.kernel.turns import Turns
Turns(sys.argv[1]).take(5)
print("mine", flush=True)
sys.stdin.read()
"""


def test_another_process_is_waited_for_and_a_dead_one_is_not(queue):
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDER, queue._path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "mine\n"
    with pytest.raises(TooLongError):
        queue.take(0.05)
    other.kill()
    other.communicate()
    queue.take(30)
    queue.give()


def test_a_process_knows_that_others_write_when_it_has_met_them_twice(queue):
    queue.take(1)
    queue.give()
    other = Turns(queue._path)
    other.take(1)
    began = time.monotonic()
    with pytest.raises(TooLongError):
        queue.take(0.01)
    assert not queue.met_others_since(began)
    with pytest.raises(TooLongError):
        queue.take(0.01)
    assert queue.met_others_since(began)
    assert not queue.met_others_since(time.monotonic())
    assert not other.met_others_since(began)
    other.give()


@sqlite_only
def test_a_transaction_and_a_single_write_each_end_their_turn(fresh_database):
    with transaction.atomic():
        Listener.objects.create(name="a", since=clock.now(), beat_at=clock.now())
    Listener.objects.update(name="b")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError
    free = turns.turns_for(str(connection.settings_dict["NAME"]))
    free.take(0)
    free.give()


@sqlite_only
def test_a_connection_that_is_closed_amid_a_transaction_ends_its_turn(fresh_database):
    def begin() -> None:
        connection.ensure_connection()
        connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        connection.close()

    thread = threading.Thread(target=begin)
    thread.start()
    thread.join()
    Listener.objects.create(name="a", since=clock.now(), beat_at=clock.now())


@sqlite_only
def test_who_waits_too_long_is_told_that_the_database_is_locked(fresh_database, monkeypatch):
    held = Turns(str(connection.settings_dict["NAME"]))  # as another process has it
    held.take(1)
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.05)
    with pytest.raises(OperationalError, match="locked"):
        Listener.objects.create(name="a", since=clock.now(), beat_at=clock.now())
    held.give()
