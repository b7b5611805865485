"""The measurements, one function each; every one builds what it needs and takes it down again."""

from __future__ import annotations

import http.client
import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Final

from tenantline.bench import caller, live, postgres
from tenantline.bench.browser import Person
from tenantline.bench.report import Cell, Sheet
from tenantline.bench.site import BenchError, Site, free_port, resident_megabytes

Engine = tuple[str, str]
"""(name, address of a database; empty for SQLite)"""
_serial = count(1)


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    seconds: float = 6.0  # of load each
    lines: int = 300
    texts_each: int = 12  # for every line
    streams: int = 200
    rounds: int = 20  # webhooks to open pages
    looks: int = 15  # at every page
    stores: tuple[int, ...] = (1_000, 100_000, 1_000_000)
    latencies_ms: tuple[int, ...] = (20, 100)  # of the carrier


QUICK: Final = Sizes(0.4, 4, 2, 8, 3, 2, (1_000, 2_000), (20,))


@dataclass
class Bench:
    """Where measurements happen; ``say`` tells a person what is going on."""

    folder: Path
    sizes: Sizes
    say: Callable[[str], None]

    @contextmanager
    def site(self, engine: Engine, *, latency_ms: int = 20) -> Iterator[Site]:
        """Make a fresh installation with its own carrier on loopback."""
        name, database = engine
        folder = self.folder / f"{name.lower()}-{next(_serial)}"
        with _carrier(latency_ms) as url, _own(database) as own:
            if own:
                folder.mkdir()
                site = Site(folder, own, url)
                site.init()
            else:
                shutil.copytree(self._initialised.folder, folder)
                site = Site(folder, own, url, key=self._initialised.key)
            with site.helped():
                yield site

    @cached_property
    def _initialised(self) -> Site:
        """An installation on SQLite with nothing in it, made once and copied."""
        site = Site(self.folder / "initialised", "", "http://127.0.0.1:9")
        site.folder.mkdir()
        site.init()
        return site


def webhooks(bench: Bench, engine: Engine) -> list[Sheet]:
    """Measure signed inbound webhooks, idle and while a worker sends, and the memory they took."""
    sheet = Sheet(
        "webhooks", engine[0], "Inbound webhooks, signed and stored",
        ("connections", "worker", "a second", "p50 ms", "p99 ms", "refused", "of raw"),
    )  # fmt: skip
    memory = Sheet("memory", engine[0], "Memory under this load", ("process", "MB"))
    with bench.site(engine) as site:
        numbers = site.inside("lines", bench.sizes.lines)
        site.inside("crowd", bench.sizes.lines)
        raw = float(site.inside("raw", 2))  # before there is anybody else
        before = site.inside("stored")
        site.inside("texts", bench.sizes.texts_each * 2)
        with site.serving() as web:
            # First: what the idle measurements leave to be worked on would be beside it.
            with site.working() as workers:
                _wait_until_ready(bench, site)
                site.inside("release")
                _wait_until_sending(site)
                for connections in (1, 4, 16):
                    _measure_webhooks(bench, site, sheet, numbers, connections, "sending")
                memory.add("web", resident_megabytes(web))
                memory.add("worker", resident_megabytes(*workers))
                memory.add("both, shared pages once", resident_megabytes(web, *workers))
            for connections in (1, 4, 16):
                _measure_webhooks(bench, site, sheet, numbers, connections, "idle")
            memory.add("web, afterwards", resident_megabytes(web))
        _demand_stored(site, sheet, before)
    sheet.rows = [(*row[:-1], _ratio(row[2], raw)) for row in sheet.rows]
    sheet.add("raw insert and commit", "idle", raw, None, None, None, 1.0)
    return [sheet, memory]


def _measure_webhooks(
    bench: Bench, site: Site, sheet: Sheet, numbers: list[str], connections: int, worker: str
) -> None:
    bench.say(f"{sheet.title}: {connections} connections, worker {worker}")
    words = f"{next(_serial):04x}{connections:02x}"
    most = int(2500 * bench.sizes.seconds)
    ready = list(caller.webhooks(site.url, numbers, words, most))
    found = caller.load(site.port, ready, connections=connections, seconds=bench.sizes.seconds)
    p50, p99 = (found.within(share) * 1000 for share in (0.5, 0.99))
    sheet.add(str(connections), worker, found.rate, p50, p99, found.failed, len(found.waits))


def _demand_stored(site: Site, sheet: Sheet, before: int) -> None:
    """Raise unless every webhook that was answered 200 is in the database."""
    answered = sum(int(row[-1] or 0) for row in sheet.rows)
    stored = site.inside("stored") - before
    if stored < answered:
        raise BenchError(f"{answered} webhooks were answered 200, but {stored} are stored.")


def dispatch(bench: Bench, engine: Engine) -> list[Sheet]:
    """Measure how many texts a second leave over many lines, with one worker and with two."""
    sheet = Sheet(
        "dispatch", engine[0], f"Texts dispatched over {bench.sizes.lines} lines",
        ("carrier answers in", "workers", "texts", "seconds", "a second", "of the pace"),
    )  # fmt: skip
    with bench.site(engine) as site:
        site.inside("lines", bench.sizes.lines)
        waiting = site.inside("crowd", bench.sizes.lines)  # a confirmation for each
        for latency in bench.sizes.latencies_ms:
            for workers in (1, 2) if engine[1] else (1,):
                bench.say(f"{sheet.title}: {latency} ms, {workers} workers")
                texts = waiting + site.inside("texts", bench.sizes.texts_each)
                waiting = 0
                _set_latency(site.carrier_url, latency)
                sheet.add(f"{latency} ms", workers, *_dispatched(bench, site, texts, workers))
    return [sheet]


def _dispatched(bench: Bench, site: Site, texts: int, workers: int) -> tuple[Cell, ...]:
    """Let workers empty a queue of so many texts; return the row's last cells.

    Nothing may leave before the lines' lists have been read (R8); the queue is held until then.
    """
    with site.serving(), site.working(workers):
        _wait_until_ready(bench, site)
        site.inside("release")
        ends = time.monotonic() + 120 + 2 * bench.sizes.texts_each * bench.sizes.lines / 10
        while len(taken := _taken(site)) < texts:
            if time.monotonic() > ends:
                raise BenchError(f"Of {texts} texts only {len(taken)} left in time.")
            time.sleep(0.2)
    seconds = max(max(taken) - min(taken), 0.001)
    rate = texts / seconds
    return texts, seconds, rate, _ratio(rate, bench.sizes.lines * caller.LINE_A_SECOND)


def pages(bench: Bench, engine: Engine) -> list[Sheet]:
    """Measure pages while the store grows."""
    sheet = Sheet(
        "pages", engine[0], "Pages by the size of the store, median ms",
        ("stored texts", "chat", "inbox", "unread widget"),
    )  # fmt: skip
    with bench.site(engine) as site:
        site.inside("lines", 1)
        given = site.inside("clerk")
        for total in bench.sizes.stores:
            bench.say(f"{sheet.title}: {total:,} texts")
            chat = site.inside("store", total)
            with site.serving():
                person = Person(site.port, **given)
                paths = (chat, "/inbox/", "/widgets/unread/")
                sheet.add(f"{total:,}", *(_median_ms(bench, person, path) for path in paths))
    return [sheet]


def live_pages(bench: Bench, engine: Engine) -> list[Sheet]:
    """Measure from the webhook to every open page."""
    sheet = Sheet(
        "live", engine[0], f"From the webhook to {bench.sizes.streams} open pages",
        ("streams", "webhooks", "p50 ms", "p99 ms", "slowest ms"),
    )  # fmt: skip
    bench.say(sheet.title)
    with bench.site(engine) as site:
        numbers = site.inside("lines", 1)
        given = site.inside("clerk")
        with site.serving("--with-worker"):
            cookies = Person(site.port, **given).cookies
            wires = caller.webhooks(site.url, numbers, "11fe", bench.sizes.rounds)
            found = live.delays(site.port, cookies, wires, streams=bench.sizes.streams)
    p50, p99 = (caller.at_share(found, share) * 1000 for share in (0.5, 0.99))
    sheet.add(bench.sizes.streams, bench.sizes.rounds, p50, p99, found[-1] * 1000)
    return [sheet]


ALL: Final[dict[str, Callable[[Bench, Engine], list[Sheet]]]] = {
    "webhooks": webhooks,
    "dispatch": dispatch,
    "live": live_pages,
    "pages": pages,
}


def _median_ms(bench: Bench, person: Person, path: str) -> float:
    person.seconds(path)
    return statistics.median(person.seconds(path) for _ in range(bench.sizes.looks)) * 1000


def _ratio(figure: object, beside: float) -> float | None:
    return float(figure) / beside if isinstance(figure, int | float) and beside else None


def _wait_until_ready(bench: Bench, site: Site) -> None:
    """Wait until the lines' lists have been read, and nobody's opt-in e-mail is to be sent."""
    ends = time.monotonic() + 120
    while site.inside("read") < bench.sizes.lines or site.inside("mails"):
        if time.monotonic() > ends:
            raise BenchError("The lines' lists were not read, or the e-mails not sent.")


def _wait_until_sending(site: Site) -> None:
    ends = time.monotonic() + 120
    while not _taken(site):
        if time.monotonic() > ends:
            raise BenchError("The worker did not begin to send.")
        time.sleep(0.1)


def _taken(site: Site) -> list[float]:
    return [float(at) for at in _of_carrier(site.carrier_url, "/bench")]


def _of_carrier(url: str, path: str, method: str = "GET") -> list[float]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
    try:
        connection.request(method, path)
        return list(json.loads(connection.getresponse().read()))
    finally:
        connection.close()


@contextmanager
def _carrier(latency_ms: int) -> Iterator[str]:
    port = free_port()
    words = [sys.executable, "-m", "tenantline.bench.carrier", str(port)]
    process = subprocess.Popen(words)  # noqa: S603 - ourselves
    try:
        url = f"http://127.0.0.1:{port}"
        _set_latency(url, latency_ms)
        yield url
    finally:
        process.kill()
        process.wait()


def _set_latency(url: str, latency_ms: int) -> None:
    for _ in range(300):
        try:
            _of_carrier(url, f"/bench?ms={latency_ms}", "POST")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise BenchError("The benchmark's carrier did not start.")


@contextmanager
def _own(server: str) -> Iterator[str]:
    """Make a database of its own on the server; nothing for SQLite."""
    if not server:
        yield ""
        return
    with postgres.database(server) as address:
        yield address
