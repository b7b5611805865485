"""The long form: ``make faults ROUNDS=…`` plays so many rounds on each database, at random.

    python -m tests.faults [--rounds 60] [--minutes M] [--seed N] [--write docs/reliability.md]

Every round prints its seed; ``--seed N --rounds 1`` plays it again. With ``--write`` the table of
rounds and counts takes the old one's place in that document.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import django

from tests.faults.table import written

ENGINES = ("sqlite", "postgres")


def main() -> int:
    """Play both databases' rounds side by side; return 1 if anything was wrong."""
    asked = _asked()
    if asked.report:
        return _here(asked)
    with tempfile.TemporaryDirectory() as name:
        reports = {engine: Path(name) / f"{engine}.json" for engine in asked.engine or ENGINES}
        running = [_beside(engine, asked, path) for engine, path in reports.items()]
        codes = [process.wait() for process in running]
        done = {engine: path for engine, path in reports.items() if path.exists()}
        results = {engine: json.loads(path.read_text()) for engine, path in done.items()}
    if asked.write and len(results) == len(reports):
        command = f"make faults ROUNDS={asked.rounds} MINUTES={asked.minutes:g} SEED={asked.seed}"
        machine = f"Python {platform.python_version()}, {os.cpu_count()} cores"
        document = Path(asked.write)
        document.write_text(written(document.read_text(), results, command, machine))
    return max(codes)


def _here(asked: argparse.Namespace) -> int:
    """Play in this process, on the one database that the environment names."""
    from tests.support import environment, network

    folder = environment.prepare()
    network.close()
    django.setup()
    from tests.faults import many

    return many.main(os.environ["TENANTLINE_TEST_DATABASE"], asked, folder)


def _beside(engine: str, asked: argparse.Namespace, report: Path) -> subprocess.Popen[bytes]:
    words = ["--rounds", asked.rounds, "--seed", asked.seed, "--fault", asked.fault]
    words += ["--minutes", asked.minutes, "--report", report]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults", *map(str, words)],
        env={**os.environ, "TENANTLINE_TEST_DATABASE": engine},
    )


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--rounds", type=int, default=60, help="for each database")
    parser.add_argument("--minutes", type=float, default=24 * 60.0, help="then no more begin")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--engine", action="append", choices=ENGINES)
    parser.add_argument("--fault", default="", help="only faults whose name holds these words")
    parser.add_argument("--write", help="the document that holds the table")
    parser.add_argument("--report", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.seed is None:
        asked.seed = random.SystemRandom().randrange(1_000_000)
    return asked


if __name__ == "__main__":
    sys.exit(main())
