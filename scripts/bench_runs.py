"""How long a month's statements take for a large facility, and in how much memory.

    .venv/bin/python scripts/bench_runs.py [TENANTS] [--engine sqlite] [--write docs/runs.md]

(`make bench-runs`). In a fresh installation tenants and entries are taken in by the true import
commands; one in fifty then agrees by form and START to get statements as texts. Each step runs in a
process of its own, as a worker's or a web process's, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

from tenantline.bench import postgres
from tenantline.bench.site import Site
from tenantline.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Callable

CODE = "F000"  # as bench.world.lines names it
EVERY_TEXTED = 50
PROGRAM = ["-c", "from tenantline.cli.main import main; main()"]
BEGINS, ENDS = "<!-- measured: begins -->", "<!-- measured: ends -->"
ENGINES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
STEPS = {
    "prepared": "prepared, each by their own method",
    "issued": "issued, item by item",
    "printed": "set as PDF, in one archive",
}


# --- what a step does, in a process of its own ---


def month() -> date:
    """Return the first day of the month before this one, of which the statements are."""
    first = clock.now().date().replace(day=1)
    return (first - timedelta(days=1)).replace(day=1)


def people() -> dict[str, Any]:
    """Let one in fifty of the tenants agree, and switch their statements by SMS on."""
    from tenantline.bench import world  # noqa: PLC0415 - needs Django set up
    from tenantline.kernel.phone import Number  # noqa: PLC0415
    from tenantline.tenants import actions, queries  # noqa: PLC0415
    from tenantline.tenants.models import Tenant  # noqa: PLC0415

    known = Tenant.objects.select_related("facility").order_by("pk")
    texted = list(known[::EVERY_TEXTED])
    for who in texted:
        period = queries.current_period(who.pk)
        if period is None:
            raise LookupError("the import has taken no number")
        world.agree(who.facility, who, Number(period.number))
        actions.change_details(tenant=who, statements_by_sms=True, by=world.BY, now=clock.now())
    return {"count": len(texted)}


def prepared() -> dict[str, Any]:
    """Prepare a run, as the worker does it; nothing of it is issued."""
    run = _worked(_begun(""), "planned")
    return {"count": run.items.count(), "states": _counted(run, "method")}


def issued() -> dict[str, Any]:
    """Issue everybody's statement, for the printer, as the worker does it."""
    from tenantline.bench.world import BY  # noqa: PLC0415
    from tenantline.runs import actions  # noqa: PLC0415

    run = _worked(_begun("print"), "planned")
    actions.issue(run=run, by=BY, now=clock.now())
    began, worked = time.monotonic(), time.process_time()
    _worked(run, "done")
    took = {
        "seconds": time.monotonic() - began,
        "processor_seconds": time.process_time() - worked,
    }
    done = run.items.filter(state="issued").count()
    return {"count": done, "states": _counted(run, "state"), **took}


def printed() -> dict[str, Any]:
    """Give what waits to the printer and set it as PDF, as the web process hands it out."""
    from tenantline.bench.world import BY  # noqa: PLC0415
    from tenantline.facilities import queries  # noqa: PLC0415
    from tenantline.facilities.scope import EVERYWHERE  # noqa: PLC0415
    from tenantline.printing import actions, files  # noqa: PLC0415
    from tenantline.printing import queries as printing  # noqa: PLC0415
    from tenantline.statements.paper import PAPERS  # noqa: PLC0415

    site = queries.facility(scope=EVERYWHERE, code=CODE)
    rows = printing.waiting(PAPERS, facility=site, choice=_period())
    made = actions.print_waiting(
        PAPERS, facility=site, rows=rows, unaddressed=True, by=BY, now=clock.now()
    )
    with files.archive(PAPERS, made) as file:
        size = file.seek(0, os.SEEK_END)
    return {"count": made.statements.count(), "megabytes": round(size / 1e6, 1)}


def _period() -> str:
    return f"{month():%Y-%m}"


def _begun(method: str) -> Any:
    from tenantline.bench.world import BY  # noqa: PLC0415
    from tenantline.facilities import queries  # noqa: PLC0415
    from tenantline.facilities.scope import EVERYWHERE  # noqa: PLC0415
    from tenantline.runs import actions  # noqa: PLC0415
    from tenantline.statements import trade  # noqa: PLC0415

    site, now = queries.facility(scope=EVERYWHERE, code=CODE), clock.now()
    order = trade.order(facility=site, period=_period(), now=now, method=method)
    return actions.prepare(order=order, by=BY, now=now).run


def _worked(run: Any, state: str) -> Any:
    from tenantline.runs.working import Shift  # noqa: PLC0415
    from tenantline.worker.run import TRADES  # noqa: PLC0415

    shift = Shift(TRADES)
    while run.state != state:
        shift.step()
        run.refresh_from_db(fields=["state"])
    return run


def _counted(run: Any, name: str) -> dict[str, int]:
    from django.db.models import Count  # noqa: PLC0415

    rows = run.items.order_by().values_list(name).annotate(Count("id"))
    return dict(rows)


DOES: dict[str, Callable[[], dict[str, Any]]] = {
    "people": people,
    "prepared": prepared,
    "issued": issued,
    "printed": printed,
}


def inside(step: str) -> None:
    """Do a step in the installation that the environment names; print what it took as JSON."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tenantline.config.settings"
    django.setup()
    began, worked = time.monotonic(), time.process_time()
    said = DOES[step]()
    seconds, worked = time.monotonic() - began, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    took = {"seconds": seconds, "processor_seconds": worked, "megabytes_peak": peak}
    sys.stdout.write(json.dumps({**took, **said}))


# --- the measurement ---


def write_files(folder: Path, count: int) -> tuple[Path, Path]:
    """Write tenants and a few entries of each as another system would export them."""
    tenants, ledger = folder / "tenants.csv", folder / "ledger.csv"
    with tenants.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Tenant ID", "Name", "Unit", "Cell Phone", "E-mail"])
        for n in range(count):
            mobile = f"({737 + n // 10_000}) 557-{n % 10_000:04d}"
            rows.writerow([f"T{n:06}", f"Ana Example {n}", f"U{n}", mobile, f"t{n}@example.com"])
    first = month()
    before = first - timedelta(days=20)
    entries = [
        ("charge", 129_00, before, "Rent"),
        ("charge", 129_00, first, "Rent"),
        ("payment", 129_00, first + timedelta(days=3), "Card"),
        ("charge", 9_00, first + timedelta(days=9), "Insurance"),
        ("credit", 50, first + timedelta(days=12), "Courtesy"),
    ]
    with ledger.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Entry ID", "Tenant ID", "Kind", "Amount cents", "Date", "Memo"])
        for n in range(count):
            for place, (kind, cents, day, memo) in enumerate(entries):
                rows.writerow([f"E{n}-{place}", f"T{n:06}", kind, cents, day.isoformat(), memo])
    return tenants, ledger


def measured(site: Site, count: int, folder: Path) -> dict[str, dict[str, Any]]:
    """Make the installation, take the people in, go through the steps."""
    site.init()
    site.inside("lines", 1)
    tenants, ledger = write_files(folder, count)
    for kind, file in (("tenants", tenants), ("ledger", ledger)):
        _run(site, [*PROGRAM, "import", kind, str(file), "--facility", CODE])
    found = {}
    for step in DOES:
        found[step] = json.loads(_run(site, [__file__, "--inside", step]))
        print(f"  {step:10} {json.dumps(found[step])}", flush=True)
    return found


def _run(site: Site, words: list[str]) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        env=site.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def table(results: dict[str, dict[str, dict[str, Any]]], count: int) -> str:
    """Return what was measured as a table in Markdown."""
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores"
    lines = [
        f"Made by `make bench-runs` on {clock.now():%d %B %Y} ({machine}): {count:,} tenants with "
        f"five entries each, one in {EVERY_TEXTED} of whom agreed to texts.",
        "",
        "| step | database | tenants | seconds | of processor | peak memory, MB |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for step, words in STEPS.items():
        for engine, found in results.items():
            said = found[step]
            cells = f"{said['count']:,} | {said['seconds']:.0f} | {said['processor_seconds']:.0f}"
            lines.append(f"| {words} | {engine} | {cells} | {said['megabytes_peak']:.0f} |")
    return "\n".join(lines)


def written(document: str, said: str) -> str:
    """Return a document with what was measured between its marks."""
    whole = f"{BEGINS}\n\n{said}\n\n{ENDS}"
    replaced, times = re.subn(f"{BEGINS}.*{ENDS}", lambda _: whole, document, flags=re.DOTALL)
    if times != 1:
        raise SystemExit(f"The document has no place between {BEGINS} and {ENDS}.")
    return replaced


def main() -> None:
    """Measure on each database, print the table, and write it where asked to."""
    asked = _asked()
    if asked.inside:
        inside(asked.inside)
        return
    results = {}
    with tempfile.TemporaryDirectory(prefix="tenantline-bench-") as name, ExitStack() as stack:
        for engine in asked.engine or ENGINES:
            folder = Path(name) / engine
            folder.mkdir()
            address = ""
            if engine == "postgres":
                server = postgres.own_server(Path(name) / "server")
                if server is None:
                    print("PostgreSQL is left out: there is no server to start.")
                    continue
                address = stack.enter_context(postgres.database(server))
            print(ENGINES[engine])
            site = Site(folder, address, "http://127.0.0.1:9")
            results[ENGINES[engine]] = measured(site, asked.tenants, folder)
    said = table(results, asked.tenants)
    print(said)
    if asked.write:
        page = Path(asked.write)
        page.write_text(written(page.read_text(encoding="utf-8"), said), encoding="utf-8")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("tenants", type=int, nargs="?", default=10_000)
    parser.add_argument("--engine", action="append", choices=list(ENGINES))
    parser.add_argument("--write", help="the document that holds the table")
    parser.add_argument("--inside", choices=list(DOES), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
