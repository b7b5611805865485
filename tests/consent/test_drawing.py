"""docs/consent.md against the fold: what each event does in each status, and who walks it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

from tenantline.consent import rules
from tenantline.consent.rules import Fact, Kind, Standing
from tenantline.consent.services import SERVICES

ROOT = Path(__file__).parents[2]
DOC = (ROOT / "docs" / "consent.md").read_text()
BEGAN = datetime(2026, 3, 2, 12, tzinfo=UTC)
OF_NO_PERIOD = {"restored", "erased"}  # they concern no number, or only what stands beside events
WAYS: dict[str, tuple[Kind, ...]] = {
    "none": (),
    "form sent": ("form_issued",),
    "waiting for START": ("form_issued", "form_submitted"),
    "opted in": ("form_issued", "form_submitted", "started"),
    "opted in, held": ("form_issued", "form_submitted", "started", "held"),
    "opted in, parked": ("form_issued", "form_submitted", "started", "parked"),
    "opted in, silent": ("form_issued", "form_submitted", "started", "fell_silent"),
    "opted out by the handset": ("form_issued", "form_submitted", "started", "stopped"),
    "opted out by staff": ("form_issued", "form_submitted", "started", "revoked"),
}
WORDS = {"waiting_for_start": "waiting for START"}


def after(standing_facts: list[Fact], kind: Kind) -> list[Fact]:
    """The facts with one more, an hour later: a form asks for everything, a START gives its due."""
    at = BEGAN + timedelta(hours=len(standing_facts) + 1)
    services = frozenset(SERVICES) if kind == "form_submitted" else frozenset()
    if kind == "started":
        services = rules.started_services(rules.fold(standing_facts), started_at=at)
    until = at + timedelta(days=60) if kind == "tenancy_ended" else None
    return [*standing_facts, Fact(len(standing_facts) + 1, kind, at, services, until)]


def facts(way: tuple[Kind, ...]) -> list[Fact]:
    found: list[Fact] = []
    for kind in way:
        found = after(found, kind)
    return found


def shown(standing: Standing) -> tuple[str, ...]:
    status = rules.status_at(standing, BEGAN + timedelta(hours=12))
    flags = {"held": standing.held, "parked": standing.parked, "silent": standing.silent}
    services = "chat alone" if set(standing.active) == {"chat"} else ""
    name = WORDS.get(status, status.replace("_", " "))
    return (name, services, *(flag for flag, stands in flags.items() if stands))


def cell(way: tuple[Kind, ...], kind: Kind) -> str:
    before, now = rules.fold(facts(way)), rules.fold(after(facts(way), kind))
    return "\N{EN DASH}" if shown(before) == shown(now) else ", ".join(filter(None, shown(now)))


def table() -> str:
    kinds = [kind for kind in get_args(Kind) if kind not in OF_NO_PERIOD]
    lines = [["event", *WAYS], ["---"] * (len(WAYS) + 1)]
    lines += [[f"`{kind}`", *(cell(way, kind) for way in WAYS.values())] for kind in kinds]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def test_the_table_of_moves_is_what_the_fold_does():
    assert table() in DOC, f"docs/consent.md should hold this table:\n{table()}"


def test_every_test_that_the_page_names_is_there():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", DOC)
    assert len(named) > 40
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE)
    ]
    assert missing == []


def test_every_event_of_the_ledger_stands_on_the_page_with_who_writes_it():
    written = DOC.partition("## What is written down")[2]
    rows = " ".join(line.split("|")[1] for line in written.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`(\w+)`", rows)) == set(get_args(Kind))


def test_whoever_writes_an_event_is_there():
    written = DOC.partition("## What is written down")[2]
    for room, file, name in re.findall(r"`(\w+)\.(\w+)\.(\w+)`", written):
        source = (ROOT / "src" / "tenantline" / room / f"{file}.py").read_text()
        assert re.search(rf"^def {name}\(", source, re.MULTILINE), f"{room}.{file}.{name}"
