"""The doctor's checks. Each yields what it found; one that raises is shown as wrong."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from tenantline.cli import start
from tenantline.kernel.errors import Refused

_LATE: Final = timedelta(minutes=1)
_SKEW: Final = timedelta(seconds=60)
_TIMEOUT: Final = 10


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; ``detail`` says in a sentence what was found."""

    name: str
    ok: bool
    detail: str


def database() -> Iterable[Check]:
    """Can it be reached, has it this version's tables, and does our key open its secrets?"""
    from django.db import connection

    connection.ensure_connection()
    start.demand_usable()
    yield Check("database", True, f"{_vendor()} is reachable and has this version's tables.")
    if connection.vendor == "sqlite":
        yield _sqlite()


def _vendor() -> str:
    from django.db import connection

    return "SQLite" if connection.vendor == "sqlite" else "PostgreSQL"


def _sqlite() -> Check:
    from django.db import connection

    from tenantline.kernel import sqlite_driver

    found = sqlite_driver.version()
    version = ".".join(map(str, found))
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        mode = str(cursor.fetchone()[0]).upper()
    if mode == "WAL" and not sqlite_driver.wal_is_safe(found):
        words = f"SQLite {version} may corrupt a database in WAL mode; install pysqlite3."
        return Check("sqlite", False, words)
    slow = "" if mode == "WAL" else "; slower, because WAL is unsafe with this version"
    return Check("sqlite", True, f"SQLite {version}, journal {mode}{slow}.")


def walls() -> Iterable[Check]:
    """Do the triggers stand that keep the ledger append-only?"""
    from django.db import connection

    from tenantline.kernel import walls as standing

    missing = standing.missing(connection)
    words = f"{len(missing)} are missing ({missing[0]}); run tenantline init." if missing else ""
    yield Check("walls", not missing, words or "The append-only tables are guarded.")


def consent_ledger() -> Iterable[Check]:
    """Does the ledger end where it was noted to end, outside the database?"""
    from tenantline.consent import chain
    from tenantline.evidence.queries import anchored

    yield Check("consent ledger", True, anchored(chain.check_end()))


def queue() -> Iterable[Check]:
    """Do texts leave in time?"""
    from tenantline.kernel import clock
    from tenantline.outbox import queries

    waits = queries.oldest_due(clock.now())
    length = queries.queue_length()
    late = waits is not None and waits > _LATE
    words = f"; the oldest that is due has waited {_span(waits)}" if waits and late else ""
    yield Check("queue", not late, f"{length} texts wait{words}.")


def inbound() -> Iterable[Check]:
    """Is every stored text worked on?"""
    from tenantline.intake import queries
    from tenantline.kernel import clock

    waits = queries.oldest_unworked(clock.now())
    failing = queries.failing()
    late = bool(failing) or (waits is not None and waits > _LATE)
    if not late:
        yield Check("inbound", True, "Every text that came in has been worked on.")
        return
    why = f" ({failing[0].error[:120]})" if failing else ""
    yield Check("inbound", False, f"A text that came in has waited {_span(waits)}{why}.")


def heard() -> Iterable[Check]:
    """Does the carrier hand us what comes in, or did only reading its list find it?"""
    from tenantline.facilities import queries as facilities
    from tenantline.intake import queries
    from tenantline.kernel import clock
    from tenantline.kernel.phone import Number, national

    lines = {line.pk: line for line in facilities.heard_lines()}
    missed = queries.missed(lines, clock.now())
    for line_id, found in missed.items():
        name = national(Number(lines[line_id].number))
        words = (
            f"{_texts(found.count)} to {name} came in during the last day without a call to us, "
            "though Tenantline listened; only reading Twilio's list has found them."
        )
        yield Check("heard", False, words)
    if missed:
        return
    found_only = queries.found_only(lines, clock.now())
    words = "Every text of the last day was handed to us."
    if found_only:
        words = (
            f"{found_only} texts of the last day came while nothing listened and were read back."
        )
    yield Check("heard", True, words)


def _texts(count: int) -> str:
    return "1 text" if count == 1 else f"{count} texts"


def webhook() -> Iterable[Check]:
    """Does a signed call to the public address come back to this installation?"""
    from django.conf import settings

    from tenantline.carrier.connecting import hook_address
    from tenantline.carrier.probe import probe
    from tenantline.facilities import queries

    lines = queries.heard_lines()
    if not lines or not settings.PUBLIC_URL_IS_SET:
        words = "Nothing to try yet: it takes a connected line and TENANTLINE_PUBLIC_URL."
        yield Check("webhook", True, words)
        return
    found = probe(lines[0], address=hook_address())
    yield Check(found.name, found.ok, found.detail)


def worker() -> Iterable[Check]:
    """Does a worker give signs of life, and do all its loops go round?"""
    from tenantline.kernel import clock
    from tenantline.outbox import queries

    fresh = queries.fresh_workers(clock.now())
    missing = "No worker runs; start tenantline worker, or serve --with-worker."
    yield Check("worker", bool(fresh), f"{len(fresh)} running." if fresh else missing)
    for one in fresh:
        if one.trouble:
            yield Check(f"worker {one.name}", False, f"{one.trouble}; its log says why.")


def deactivated() -> Iterable[Check]:
    """Are the daily lists of deactivated numbers read?"""
    from tenantline.carrier import deactivations
    from tenantline.kernel import clock

    late = deactivations.overdue(clock.now())
    if late is not None:
        words = f"The list of {late.day:%Y-%m-%d} could not be read: {late.problem}"
        yield Check("deactivated numbers", False, words)


def recovery() -> Iterable[Check]:
    """Is a restore over? What it waits for is told; it is wrong only where a person has to act."""
    from tenantline.backups import recovering
    from tenantline.kernel import clock

    found = recovering.progress(clock.now())
    if found is None:
        return
    left = [
        f"{found.lines_to_read} lines to read back" if found.lines_to_read else "",
        f"{found.open_texts} texts to look for" if found.open_texts else "",
        "" if found.is_confirmed else "an owner to confirm the list under Settings, Recovery",
    ]
    waits = ", ".join(filter(None, left)) or "nothing more"
    words = f"A backup was restored; the recovery waits for {waits}."
    yield Check("recovery", found.is_confirmed, words)


def lines() -> Iterable[Check]:
    """Is each line in order at Twilio?"""
    from django.conf import settings

    from tenantline.carrier.line_checks import check_line
    from tenantline.facilities import queries
    from tenantline.facilities.scope import EVERYWHERE
    from tenantline.kernel.phone import Number, national

    connected = [line for line in queries.lines(EVERYWHERE) if line.disconnected_at is None]
    if not connected:
        yield Check("lines", False, "No line is connected; run tenantline line connect.")
    for line in connected:
        name = f"line {national(Number(line.number))}"
        if line.paused_at is not None:
            yield Check(name, False, f"The line is paused: {line.paused_reason or 'by hand'}.")
        for finding in check_line(line, client_base_url=settings.TWILIO_API_URL):
            yield Check(f"{name} {finding.name}", finding.ok, finding.detail)


def clock_check() -> Iterable[Check]:
    """Does our clock agree with Twilio's? Quiet hours and evidence rest on it."""
    from django.conf import settings

    from tenantline.carrier.line_checks import clock_skew
    from tenantline.facilities import queries
    from tenantline.facilities.scope import EVERYWHERE
    from tenantline.kernel import clock

    line = next((one for one in queries.lines(EVERYWHERE) if one.carrier == "twilio"), None)
    if line is None:
        yield Check("clock", True, "There is no line at Twilio to compare the clock with.")
        return
    skew = clock_skew(line, client_base_url=settings.TWILIO_API_URL, now=clock.now())
    if skew is None:
        yield Check("clock", True, "Twilio did not say what time it is.")
        return
    way = "ahead of" if skew > timedelta() else "behind"
    words = f"This machine's clock is {_span(abs(skew))} {way} Twilio's."
    yield Check("clock", abs(skew) <= _SKEW, words)


def public_address() -> Iterable[Check]:
    """Is the public address set, safe, and does it lead here?"""
    from django.conf import settings

    if not settings.PUBLIC_URL_IS_SET:
        words = "TENANTLINE_PUBLIC_URL is not set, so neither Twilio nor tenants can reach us."
        yield Check("public address", False, words)
        return
    url = settings.PUBLIC_URL
    if urlsplit(url).scheme != "https" and not _is_loopback(urlsplit(url).hostname or ""):
        words = f"{url} is not https, so anybody on the way could read along."
        yield Check("public address", False, words)
        return
    status = _get(f"{url}/healthz")
    words = f"{url} answers." if status == 200 else f"{url}/healthz answers {status}, not 200."
    yield Check("public address", status == 200, words)


def _get(url: str) -> int:
    """Return the HTTP status that an address answers with."""
    import asyncio

    import aiohttp

    async def ask() -> int:
        limit = aiohttp.ClientTimeout(total=_TIMEOUT)
        async with aiohttp.ClientSession(timeout=limit) as session, session.get(url) as answer:
            return answer.status

    try:
        return asyncio.run(ask())
    except (aiohttp.ClientError, TimeoutError) as error:
        reason = str(error) or "no answer in time"
        raise Refused("unreachable", f"{url} cannot be reached: {reason}.") from error


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def email() -> Iterable[Check]:
    """Is a mail server set, and does it let us in?"""
    from django.conf import settings

    if not settings.EMAIL_IS_SET:
        words = "Kept in the mailbox page." if settings.DEMO else ""
        yield Check(
            "e-mail", settings.DEMO, words or "EMAIL_URL is not set, so no form can be e-mailed."
        )
        return
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        _greet_mail_server()
    except (OSError, smtplib.SMTPException) as error:
        yield Check("e-mail", False, f"{where} cannot be used: {error}.")
        return
    yield Check("e-mail", True, f"{where} lets us in.")


def _greet_mail_server() -> None:
    from django.conf import settings

    host, port = settings.EMAIL_HOST, settings.EMAIL_PORT
    context = ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT, context=context)
        if settings.EMAIL_USE_SSL
        else smtplib.SMTP(host, port, timeout=_TIMEOUT)
    )
    with server:
        if settings.EMAIL_USE_TLS:
            server.starttls(context=context)
        if settings.EMAIL_HOST_USER:
            server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        server.noop()


def _span(span: timedelta | None) -> str:
    seconds = int(span.total_seconds()) if span is not None else 0
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"


Checks = dict[str, Callable[[], Iterable[Check]]]
IN_DATABASE: Final[Checks] = {
    "walls": walls,
    "consent ledger": consent_ledger,
    "queue": queue,
    "inbound": inbound,
    "heard": heard,
    "worker": worker,
    "deactivated numbers": deactivated,
    "recovery": recovery,
    "lines": lines,
    "clock": clock_check,
    "webhook": webhook,
}
AROUND: Final[Checks] = {"public address": public_address, "e-mail": email}
