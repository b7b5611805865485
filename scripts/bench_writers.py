"""How long writers of one SQLite file wait for each other, with and without a queue.

    .venv/bin/python scripts/bench_writers.py [SECONDS]      (`make bench-writers`)

Two processes write with four threads each, as pages and workers do: one row inserted and one
changed in a transaction, a moment of rest, again. One more thread of the first process stores
webhooks, and goes first where there is a queue. Prints what a transaction took, waiting included.
"""

from __future__ import annotations

import multiprocessing
import sqlite3
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import quantiles
from typing import TypeAlias

import django
from django.conf import settings
from django.db import connection, transaction

from tenantline.kernel import sqlite_driver, turns

ENGINES = {
    "SQLite's own busy handler": "django.db.backends.sqlite3",
    "a queue": "tenantline.kernel.queued_sqlite",
}
THREADS = 4
REST = 0.002  # seconds


def configure(engine: str, path: str) -> None:
    """Point Django at the file, with the product's own options."""
    sqlite_driver.install()
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
    }
    database = {"ENGINE": engine, "NAME": path, "OPTIONS": options, "CONN_MAX_AGE": None}
    settings.configure(DATABASES={"default": database}, SECRET_KEY="x")  # noqa: S106
    django.setup()


def write(ends: float, took: list[float], *, first: bool = False) -> None:
    """Write until the time is over; note how long each transaction took."""
    if first:
        turns.go_first()
    while time.monotonic() < ends:
        began = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO texts (body) VALUES (%s)", ["x" * 300])
            cursor.execute("UPDATE counts SET n = n + 1 WHERE id = 1")
        took.append(time.perf_counter() - began)
        time.sleep(REST)
    connection.close()


Took: TypeAlias = "multiprocessing.Queue[tuple[list[float], list[float]]]"
"""The seconds that the others' transactions took, and the webhooks'."""


def process(
    engine: str,
    path: str,
    ends: float,
    webhooks: bool,
    out: Took,
) -> None:
    """Write with several threads; hand over what the transactions took."""
    configure(engine, path)
    took: list[list[float]] = [[] for _ in range(THREADS + webhooks)]
    threads = [
        threading.Thread(target=write, args=(ends, mine), kwargs={"first": n == THREADS})
        for n, mine in enumerate(took)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    others = [one for mine in took[:THREADS] for one in mine]
    out.put((others, took[THREADS] if webhooks else []))


def prepare(path: str) -> None:
    """Make the tables."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE texts (id INTEGER PRIMARY KEY, body TEXT)")
        database.execute("CREATE TABLE counts (id INTEGER PRIMARY KEY, n INTEGER)")
        database.execute("INSERT INTO counts VALUES (1, 0)")


def measure(engine: str, seconds: float) -> tuple[list[float], list[float]]:
    """Return what all transactions and the webhooks' took, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "bench.sqlite3")
        prepare(path)
        out: Took = multiprocessing.Queue()
        ends = time.monotonic() + 1 + seconds
        running = [
            multiprocessing.Process(target=process, args=(engine, path, ends, n == 0, out))
            for n in range(2)
        ]
        for one in running:
            one.start()
        found = [out.get() for _ in running]
        for one in running:
            one.join()
    return [t for others, _ in found for t in others], [t for _, mine in found for t in mine]


def show(what: str, took: list[float], seconds: float) -> None:
    """Print one row: count a second, median, p99 and longest in milliseconds."""
    parts = quantiles(took, n=100)
    times = [f"{1000 * t:8.1f}" for t in (parts[49], parts[98], max(took))]
    print(f"{what:42}{len(took) / seconds:8.0f}{''.join(times)}")


def main() -> None:
    """Measure both ways, one after the other."""
    multiprocessing.set_start_method("spawn")
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 8.0
    print(f"{'':42}{'a second':>8}{'median':>8}{'p99':>8}{'longest':>8}   (ms)")
    for name, engine in ENGINES.items():
        others, webhooks = measure(engine, seconds)
        show(f"{name}: 8 writers", others, seconds)
        show(f"{name}: webhooks beside them", webhooks, seconds)


if __name__ == "__main__":
    main()
