"""A whole installation beside a carrier, on a machine whose clock and processes can fail.

A story writes texts, lets a fault happen, and says no more; ``settle`` brings the world to rest,
and the checker compares.
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import requests
from django.conf import settings
from django.db import connections

from tenantline.facilities.models import Facility, Line
from tenantline.intake.hearing import SILENT_AFTER
from tenantline.outbox.claiming import LEASE
from tenantline.outbox.models import Attempt
from tests import cast
from tests.faults.carrier import Carrier, Heard
from tests.faults.database import Database
from tests.faults.machine import SOURCE, Clock, Process, until
from tests.faults.nursery import Nursery
from tests.support import databases
from tests.support.databases import FreshDatabase
from tests.support.installation import Api, Installation

LINE = "+15125550100"
CONSONANTS, VOWELS = "bcdfghjklmnprstvwz", "aeiou"
# Longer than any lease, shorter than what would make a reading stale.
PAST_THE_LEASE = LEASE.total_seconds() + 5
NOON = 18  # o'clock in UTC: inside everybody's texting hours from Boston to Honolulu


@dataclass
class Person:
    """A tenant who has opted in."""

    tenant: str
    number: str


@dataclass
class Wanted:
    """A text that the office asked for. ``message`` is set once we said that it is queued."""

    tenant: str
    number: str
    body: str
    key: str
    message: int | None = None
    is_refused: bool = False  # the carrier refuses it for good


@dataclass
class World:
    """Everything that takes part. ``web`` and ``workers`` are true processes."""

    installation: Installation
    carrier: Carrier
    clock: Clock
    database: Database
    chance: random.Random
    site: Facility
    api: Api
    nursery: Nursery
    web: Process
    workers: list[Process]
    wanted: list[Wanted] = field(default_factory=list)
    # From when on nothing may leave: since the web process is down, its silence is noticed.
    silent_from: list[datetime] = field(default_factory=list)

    @property
    def worker(self) -> Process:
        """The one worker that SQLite has, the first of PostgreSQL's."""
        return self.workers[0]

    @property
    def processes(self) -> list[Process]:
        """All processes of the product."""
        return [self.web, *self.workers]

    def begin_round(self, seed: int) -> None:
        """Let everything that is left to chance follow from this seed."""
        self.chance.seed(seed)
        self.carrier.chance.seed(seed)

    # --- what people do -----------------------------------------------------------------------

    def words(self) -> str:
        """Return words that nobody has used; digits would not make them different (R5)."""
        return " ".join(self._word() for _ in range(5))

    def _word(self) -> str:
        pick = self.chance.choice
        return "".join(pick(CONSONANTS) + pick(VOWELS) for _ in range(3))

    def people(self, count: int) -> list[Person]:
        """Let new tenants opt in by form and START; each has got the confirmation."""
        made = [self._opts_in() for _ in range(count)]
        for person in made:
            until(
                lambda person=person: self.carrier.sent_to(person.number),
                why=f"the confirmation for {person.number}",
            )
        return made

    def _opts_in(self) -> Person:
        who = cast.tenant(self.site)
        now = self.clock.now()
        link = cast.issue_form(who, now=now - timedelta(seconds=2))
        cast.submit_form(link, now=now - timedelta(seconds=1))
        person = Person(str(who.pk), str(cast.mobile_of(who)))
        self.text_in(person, "START")
        return person

    def text_in(self, person: Person, body: str) -> Heard:
        """Let a phone text the office."""
        return self.carrier.text_in(person.number, LINE, body)

    def write(self, person: Person, body: str = "") -> str:
        """Ask for a text, as a program does for a clerk, until it has been taken; return it."""
        wanted = self._wants(person, body)
        until(lambda: self.asked(wanted), why=f"our API to take {wanted.body!r}")
        return wanted.body

    def ask(self, person: Person) -> None:
        """Ask for a text once, whatever comes of it; ``settle`` asks again, by the same key."""
        self.asked(self._wants(person, ""))

    def _wants(self, person: Person, body: str) -> Wanted:
        wanted = Wanted(person.tenant, person.number, body or self.words(), uuid.uuid4().hex)
        self.wanted.append(wanted)
        return wanted

    def asked(self, wanted: Wanted) -> bool:
        """Ask once; say whether there is an answer for good."""
        wish = {
            "body": wanted.body,
            "on_behalf_of": "carla",
            "quiet_hours_reason": "a test at any hour",
        }
        try:
            answer = self.api.post(
                f"/tenants/{wanted.tenant}/messages", wish, headers={"Idempotency-Key": wanted.key}
            )
        except requests.RequestException:
            return False
        if answer.status_code == 409 and answer.json()["code"] == "opted_out":
            return True
        if answer.status_code not in {200, 201}:
            return False
        wanted.message = int(answer.json()["id"])
        return True

    # --- what befalls the machine -------------------------------------------------------------

    def pass_time(self, seconds: float) -> None:
        """Let time go by, for us and for the carrier alike."""
        self.set_clock(seconds)

    def set_clock(self, seconds: float) -> None:
        """Set the machine's clock; returns when every process that is awake has seen it."""
        self.clock.jump(seconds)
        until(
            lambda: all(process.has_the_time() for process in self.processes),
            why="processes to see the clock",
        )

    def suspend(self, *processes: Process) -> None:
        """Let processes stand still, none of them in the middle of a write.

        There it would hold up everybody, which is what a locked database is about.
        """
        for process in processes:
            process.suspend()
            while not _soon(self.database.is_free):
                process.wake()
                until(self.database.is_free, why="a write to end")
                process.suspend()

    def wake(self, *processes: Process) -> None:
        """Let processes go on."""
        for process in processes:
            process.wake()

    def kill(self, *processes: Process) -> None:
        """End processes as a power cut would."""
        for process in processes:
            process.kill()

    def kill_web(self) -> None:
        """End the web process as a power cut would."""
        self.web.kill()
        self.silent_from = [self.clock.now() + SILENT_AFTER]

    def end_web(self) -> None:
        """End the web process in order: it says so itself."""
        self.web.stop()

    def start_web(self) -> None:
        """Serve again."""
        self.web.start()
        until(self._serves, why="the web process to serve")

    def _serves(self) -> bool:
        assert self.web.is_alive, self.web.said()
        try:
            return requests.get(f"{self.installation.url}/healthz", timeout=10).ok
        except requests.RequestException:
            return False

    def heal(self) -> None:
        """Let everything run again that should."""
        self.carrier.let_all_on()
        for process in self.processes:
            process.wake()
        self.start_web()
        for process in self.workers:
            process.start()

    def meanwhile(self, what: Callable[[], object]) -> threading.Thread:
        """Do something beside what follows; the story joins it."""
        thread = threading.Thread(target=_alone, args=(what,))
        thread.start()
        return thread

    def command(self, *words: str) -> Process:
        """Run a command beside what follows."""
        process = Process(self.installation, self.clock, words, self.installation.folder / "log")
        process.start()
        return process

    def must(self, *words: str) -> None:
        """Run a command to its end, which has to be a good one."""
        databases.let_go()
        process = self.command(*words)
        assert process.ended() == 0, process.said()

    def new_file(self, ending: str) -> Path:
        """A path at which nothing is yet."""
        return self.installation.folder / f"{uuid.uuid4().hex}.{ending}"

    def pause(self, most: float) -> None:
        """Let true seconds pass, as many as chance will have: faults come at any moment."""
        time.sleep(self.chance.uniform(0, most))

    def many_tenants(self, count: int) -> Path:
        """Write a file of tenants for an import; return where it is."""
        path = self.new_file("csv")
        rows = [f"{path.stem}-{n},Tenant {n},U{n}" for n in range(count)]
        path.write_text("\n".join(["Tenant ID,Name,Unit", *rows]))
        return path

    def attempts(self, body: str) -> int:
        """How often a text was attempted, as the database says."""
        return Attempt.objects.filter(text__body=body).count()


@contextmanager
def opened(database: FreshDatabase, folder: Path, seed: int) -> Iterator[World]:
    """Install, connect a line, start the processes; end them all afterwards."""
    folder.mkdir(parents=True)
    clock = Clock(folder / "clock")
    noon = clock.now().replace(hour=NOON, minute=0) + timedelta(days=1)
    clock.jump((noon - clock.now()).total_seconds())
    carrier = Carrier(clock, seed)
    carrier.start()
    world = _installed(database, folder, clock, carrier, random.Random(seed))
    try:
        world.heal()
        yield world
    finally:
        for process in world.processes:
            process.kill()
        world.nursery.close()
        carrier.close()
    assert not carrier.violations, "\n".join(carrier.violations)


def _soon(what: Callable[[], bool]) -> bool:
    with suppress(AssertionError):
        until(what, seconds=0.5)
        return True
    return False


def _alone(what: Callable[[], object]) -> None:
    """Do something on a thread, and leave no connection behind."""
    try:
        what()
    finally:
        connections.close_all()


def _installed(
    fresh: FreshDatabase, folder: Path, clock: Clock, carrier: Carrier, chance: random.Random
) -> World:
    where = {
        "DATABASE_URL": fresh.url,
        "TENANTLINE_TWILIO_API_URL": carrier.url,
        "TENANTLINE_SECRET_KEY": settings.SECRET_KEY,
        "TENANTLINE_SETTLE_SECONDS": "1",
    }
    desk = Installation(folder, where)
    carrier.add_number(LINE)
    carrier.webhook = f"{desk.url}/twilio/sms"
    site = cast.facility("MAIN", name="Main Street Storage")
    line = cast.line(site, LINE, account=carrier.account_sid, token=carrier.token)
    # Nothing here is about pacing.
    Line.objects.filter(pk=line.pk).update(segments_per_second=100.0)
    cast.member("carla", "clerk", site)
    api = Api(desk.url, cast.token("manager", site)[1])
    database = Database(fresh)

    where = {**desk.environment(), "PYTHONPATH": str(SOURCE)}
    nursery = Nursery(where, folder / "nursery.log")

    def process(name: str, *words: str) -> Process:
        return Process(desk, clock, words, folder / f"{name}.log", nursery)

    web = process("web", "serve", "--port", str(desk.port))
    workers = [process(f"worker-{n}", "worker") for n in range(1 if database.is_sqlite else 2)]
    return World(desk, carrier, clock, database, chance, site, api, nursery, web, workers)
