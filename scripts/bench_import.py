"""How fast a large file goes in, in how much memory, and how Twilio's calls fare meanwhile.

    .venv/bin/python scripts/bench_import.py [ROWS]      (`make bench-import`)

Makes a file as another system would export it, starts `tenantline serve` on a fresh SQLite
database, and runs the true `tenantline import tenants` while signed webhooks come in.
"""

from __future__ import annotations

import csv
import http.client
import json
import os
import random
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import django

from tenantline.kernel import clock
from tenantline.kernel.actor import system

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = str(Path(sys.executable).parent / "tenantline")
TOKEN = "b2" * 16
ACCOUNT = "AC" + "a1" * 16
LINE = "+15125550100"
EVERY = 0.1  # seconds between two webhooks
HEADER = [
    "Tenant ID", "First Name", "Last Name", "Unit", "Cell Phone", "Home Phone", "E-mail",
    "Balance", "Move In", "Paid Thru", "Language", "SMS OK?", "Notes",
]  # fmt: skip
FIRST = ["Ana", "Bob", "Carmen", "Dmitri", "Élodie", "Faith", "Grace", "Hank", "Ines", "José"]
LAST = ["Abbott", "Bénard", "Castillo", "Doe", "Espinoza", "Fuller", "García", "Hill", "O'Neil"]


def rows(count: int) -> Iterator[list[str]]:
    """Yield rows of a plausible export: every tenth a second unit, some refusals and opt-outs."""
    chance = random.Random(7)  # noqa: S311 - made-up people
    last: list[str] = []
    for n in range(count):
        if last and n % 10 == 9:
            yield [*last[:3], f"U{n}", *last[4:]]
            continue
        area, line = 200 + n // 10_000 % 700, n % 10_000
        number = chance.choice([f"({area}) 555-{line:04d}", f"{area}.555.{line:04d}"])
        last = [
            f"T{n:06d}",
            chance.choice(FIRST),
            f"{chance.choice(LAST)} {n}",
            f"U{n}",
            "512-555" if n % 500 == 3 else number,
            "512-555-0111 x12" if n % 7 == 0 else "",
            f"tenant{n}@example.com",
            chance.choice(["$1,234.50", "(12.00)", "-12", "0.00", "88.1"]),
            f"{chance.randint(1, 12)}/{chance.randint(1, 28)}/{chance.randint(2015, 2026)}",
            "2026-11-30",
            chance.choice(["English", "es", "Spanish", ""]),
            chance.choice(["Yes", "Y", "", "", "No"]) if n % 4 == 0 else "",
            'says "hello",\nand more' if n % 50 == 0 else "",
        ]
        yield last


def write_file(path: Path, count: int) -> None:
    """Write the export."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(rows(count))


class Caller(threading.Thread):
    """Twilio, calling again and again; ``seconds`` holds how long each answer took."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.seconds: list[float] = []
        self.refused = 0
        self._port = port
        self._over = threading.Event()

    def run(self) -> None:
        """Post signed webhooks until stopped."""
        from tenantline.carrier.signature import signature  # noqa: PLC0415 - settings come first

        number = 0
        while not self._over.wait(EVERY):
            number += 1
            form = {
                "MessageSid": f"SM{number:032x}",
                "AccountSid": ACCOUNT,
                "From": f"+1737555{number % 10_000:04d}",
                "To": LINE,
                "Body": f"Hello, number {number}",
            }
            url = f"http://127.0.0.1:{self._port}/twilio/sms"
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Twilio-Signature": signature(url, list(form.items()), TOKEN),
            }
            began = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=15)
            connection.request("POST", "/twilio/sms", urlencode(form), headers)
            self.refused += connection.getresponse().status != 200
            self.seconds.append(time.monotonic() - began)
            connection.close()

    def stop(self) -> list[float]:
        """End the calls; return how long each answer took, sorted."""
        self._over.set()
        self.join()
        return sorted(self.seconds)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def set_up(folder: Path) -> None:
    """Make an installation with one facility and its line; nothing is asked of Twilio."""
    run = [COMMAND, "facility", "add", "--code", "LAMAR", "--name", "Lamar"]
    subprocess.run([COMMAND, "init"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([*run, "--timezone", "America/Chicago"], check=True, stdout=subprocess.DEVNULL)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tenantline.config.settings"
    django.setup()
    from tenantline.facilities import actions, queries  # noqa: PLC0415 - needs Django set up
    from tenantline.facilities.scope import EVERYWHERE  # noqa: PLC0415

    details = actions.LineDetails(LINE, "twilio", ACCOUNT, TOKEN)
    facility = queries.facility(scope=EVERYWHERE, code="LAMAR")
    actions.connect_line(
        facility=facility, details=details, by=system("benchmark"), now=clock.now()
    )


def wait_until_ready(port: int) -> None:
    """Wait until the server answers."""
    for _ in range(600):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server did not start.")


def imported(path: Path) -> tuple[float, float, int, dict[str, float]]:
    """Run the import; return its seconds, peak memory in MB, exit code and own figures."""
    began = time.monotonic()
    words = [COMMAND, "import", "tenants", str(path), "--facility", "LAMAR", "--figures"]
    running = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = running.stderr.read() if running.stderr else ""
    _, status, usage = os.wait4(running.pid, 0)
    seconds = time.monotonic() - began
    code = os.waitstatus_to_exitcode(status)
    running.returncode = code
    if code not in {0, 3}:
        raise SystemExit(f"The import failed: {said}")
    return seconds, usage.ru_maxrss / 1024, code, json.loads(said.strip().splitlines()[-1])


def main() -> None:
    """Measure, and print the figures as a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory(prefix="tenantline-bench-") as name:
        folder, port = Path(name), free_port()
        os.environ["TENANTLINE_SECRET_KEY"] = secrets.token_urlsafe(48)
        os.environ["TENANTLINE_DATA_DIR"] = str(folder / "data")
        os.environ["TENANTLINE_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
        os.environ.pop("DATABASE_URL", None)
        set_up(folder)
        write_file(folder / "export.csv", count)
        log = (folder / "serve.log").open("w")
        serving = subprocess.Popen([COMMAND, "serve", "--port", str(port)], stdout=log, stderr=log)
        try:
            wait_until_ready(port)
            caller = Caller(port)
            caller.start()
            first = imported(folder / "export.csv")
            waits, refused = caller.stop(), caller.refused
            second = imported(folder / "export.csv")
        finally:
            serving.terminate()
            serving.wait()
            log.close()
    show(count, first, second, waits, refused)


def show(
    count: int,
    first: tuple[float, float, int, dict[str, float]],
    second: tuple[float, float, int, dict[str, float]],
    waits: list[float],
    refused: int,
) -> None:
    """Print the table."""
    seconds, memory, _, figures = first
    table = {
        "rows": f"{count:,}",
        "seconds": f"{seconds:.1f}",
        "rows a second": f"{count / seconds:,.0f}",
        "peak memory": f"{memory:.0f} MB",
        "transactions": f"{figures['slices']:,.0f}",
        "longest transaction": f"{figures['longest'] * 1000:.0f} ms",
        "99 in 100 transactions within": f"{figures['p99'] * 1000:.0f} ms",
        "webhooks answered meanwhile": f"{len(waits):,} (not taken: {refused})",
        "webhook, median": f"{waits[len(waits) // 2] * 1000:.0f} ms",
        "webhook, 99 in 100 within": f"{waits[len(waits) * 99 // 100] * 1000:.0f} ms",
        "webhook, slowest": f"{waits[-1] * 1000:.0f} ms",
        "the same file again, seconds": f"{second[0]:.1f}",
        "the same file again, peak memory": f"{second[1]:.0f} MB",
    }
    for words, figure in table.items():
        print(f"{words:36}{figure:>22}")


if __name__ == "__main__":
    main()
