"""How long statements take: planned, issued, and set as PDF for the printer, in how much memory.

    .venv/bin/python scripts/bench_statements.py [TENANTS]      (`make bench-statements`)

Makes tenants with a few entries each in a fresh SQLite database of its own.
"""

from __future__ import annotations

import json
import os
import resource
import secrets
import sys
import tempfile
import time
from typing import TYPE_CHECKING

import django

from tenantline.kernel import clock
from tenantline.kernel.actor import system

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenantline.facilities.models import Facility

BY = system("benchmark")
PERIOD = "2026-10"
ISSUED_AT_MOST = 500  # one by one as a run does; the rest would say nothing new


def set_up(folder: str) -> None:
    """Make a database of our own and let Django find it."""
    os.environ["TENANTLINE_SECRET_KEY"] = secrets.token_urlsafe(48)
    os.environ["TENANTLINE_DATA_DIR"] = folder
    os.environ["TENANTLINE_PUBLIC_URL"] = "http://127.0.0.1:8000"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tenantline.config.settings"
    os.environ.pop("DATABASE_URL", None)
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - needs Django set up

    call_command("migrate", verbosity=0)


def people(count: int) -> Facility:
    """Add a facility and its tenants, each with three entries."""
    from datetime import date  # noqa: PLC0415

    from django.db import transaction  # noqa: PLC0415

    from tenantline.billing import actions as billing  # noqa: PLC0415
    from tenantline.billing.actions import NewEntry  # noqa: PLC0415
    from tenantline.facilities import actions as facilities  # noqa: PLC0415
    from tenantline.tenants import actions as tenants  # noqa: PLC0415

    now = clock.now()
    site = facilities.add_facility(
        code="LAMAR", name="Lamar", timezone="America/Chicago", by=BY, now=now
    )
    entries = [
        ("charge", 12_900, 1),
        ("payment", 12_900, 3),
        ("charge", 900, 9),
        ("credit", 50, 12),
    ]
    with transaction.atomic():
        for n in range(count):
            who = tenants.add_tenant(
                facility=site, name=f"Tenant {n}", units=[f"U{n}"], by=BY, now=now
            )
            for kind, cents, day in entries:
                new = NewEntry(kind=kind, amount_cents=cents, day=date(2026, 10, day), memo=kind)
                billing.record(tenant=who, new=new, by=BY, now=now)
    return site


def measured(what: str, count: int, act: Callable[[], int]) -> dict[str, object]:
    """Do something and say how long it took."""
    began = time.monotonic()
    done = act()
    seconds = time.monotonic() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{what:32} {done:8,} {seconds:8.1f} s {seconds / max(count, 1) * 1e3:8.2f} ms each")
    return {"what": what, "count": done, "seconds": round(seconds, 2), "peak_memory_mb": memory}


def main() -> None:
    """Measure, and print the figures as lines and as JSON."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory(prefix="tenantline-bench-") as folder:
        set_up(folder)
        from tenantline.statements import gathering, issuing, pdf, planning  # noqa: PLC0415
        from tenantline.tenants.models import Tenant  # noqa: PLC0415

        site, now = people(count), clock.now()
        rows = Tenant.objects.filter(facility=site).select_related("facility").order_by("pk")

        def plan() -> int:
            return sum(1 for _ in planning.planned(facility=site, period=PERIOD, now=now))

        def issue() -> int:
            some = list(rows[:ISSUED_AT_MOST])
            for who in some:
                issuing.issue(tenant=who, period=PERIOD, by=BY, now=now)
            return len(some)

        def typeset() -> int:
            contents = (
                gathering.made(account, period=PERIOD, number=1, now=now)
                for place in range(0, count, pdf.TOGETHER)
                for account in gathering.accounts(
                    list(rows[place : place + pdf.TOGETHER]), period=PERIOD, now=now
                )
            )
            return sum(len(made) for made in pdf.batches(contents))

        figures = [
            measured("planned", count, plan),
            measured("issued, each by itself", min(count, ISSUED_AT_MOST), issue),
            measured("set as PDF, bytes", count, typeset),
        ]
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
