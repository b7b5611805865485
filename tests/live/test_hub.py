"""Streams in the event loop: bounded lines, slow readers, outages."""

from __future__ import annotations

import asyncio
import threading

from django.db import OperationalError

from tenantline.facilities.scope import EVERYWHERE, Scope
from tenantline.feed import actions as feed
from tenantline.feed import queries, watch
from tenantline.kernel import clock
from tenantline.live.follower import Follower, Told
from tenantline.live.hub import MOST_WAITING, Stream


def event(number: int, facility_id: int = 1) -> Told:
    return Told(number, facility_id, "message", str(number))


def test_a_slow_reader_is_let_go() -> None:
    stream = Stream(EVERYWHERE)
    for number in range(MOST_WAITING + 1):
        stream.offer(event(number))
    assert stream.over


def test_a_stream_takes_only_what_its_scope_covers() -> None:
    stream = Stream(Scope(frozenset({2})))
    stream.offer(event(1, facility_id=1))
    stream.offer(event(2, facility_id=2))
    assert [told.id for told in asyncio.run(stream.take(0.01))] == [2]


def test_a_quiet_stream_takes_nothing() -> None:
    assert asyncio.run(Stream(EVERYWHERE).take(0.01)) == []


def tell(ref: int) -> None:
    feed.tell(facility_id=1, topic="message", ref=ref, now=clock.now())


class Following:
    """A follower with what it has told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.begun = threading.Event()
        self.heard = threading.Semaphore(0)
        self.follower = Follower(tell=self._hear, begun=self.begun.set)

    def __enter__(self) -> Following:
        self.follower.start()
        assert self.begun.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self.follower.end()
        self.follower.join(5)

    def _hear(self, events: list[Told]) -> None:
        for told in events:
            self.told.append(told.ref)
            self.heard.release()

    def wait_for(self, count: int) -> list[str]:
        for _ in range(count):
            assert self.heard.acquire(timeout=5)
        return self.told


def test_a_follower_tells_what_is_new_and_nothing_old(fresh_database) -> None:
    tell(1)
    with Following() as following:
        tell(2)
        tell(3)
        assert following.wait_for(2) == ["2", "3"]


def test_a_follower_survives_an_outage_and_tells_what_came_meanwhile(
    fresh_database, monkeypatch
) -> None:
    good = queries.after
    broken = threading.Event()

    def after(*args, **kwargs):
        if broken.is_set():
            raise OperationalError("the database is gone")
        return good(*args, **kwargs)

    monkeypatch.setattr(queries, "after", after)
    with Following() as following:
        broken.set()
        tell(1)
        threading.Event().wait(0.6)
        broken.clear()
        assert following.wait_for(1) == ["1"]


def test_news_comes_at_once_and_with_every_commit(fresh_database) -> None:
    over, woken = threading.Event(), threading.Semaphore(0)

    def watching() -> None:
        for _ in watch.news(until=over):
            woken.release()

    thread = threading.Thread(target=watching)
    thread.start()
    assert woken.acquire(timeout=5)
    threading.Event().wait(0.3)
    while woken.acquire(blocking=False):
        pass
    tell(1)
    assert woken.acquire(timeout=5)
    over.set()
    thread.join(5)
    assert not thread.is_alive()
