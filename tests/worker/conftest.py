"""A worker in a thread beside the test, a stand-in for Twilio, and somebody who listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

import pytest
from django.db import connections

from tenantline.facilities.models import Facility, Line
from tenantline.intake import hearing
from tenantline.kernel import clock
from tenantline.outbox.models import Text
from tenantline.worker.run import Worker
from tests import cast
from tests.support import twilio_spec
from tests.support.installation import wait_for
from tests.support.twilio_standin import TwilioStandin, running


@dataclass
class Running:
    """A worker's thread; ``ends`` waits until it has drained."""

    worker: Worker
    failures: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.worker.run()
        except BaseException as error:
            self.failures.append(error)
        finally:
            connections.close_all()

    def ends(self) -> None:
        self.worker.stop()
        self._thread.join(60)
        assert not self._thread.is_alive()
        assert self.failures == []


@contextmanager
def at_work(*, more: Mapping[str, Callable[[], int]] | None = None) -> Iterator[Running]:
    """Let a worker run beside the block."""
    one = Running(Worker(more=more))
    try:
        yield one
    finally:
        one.ends()


@dataclass
class Desk:
    """A facility whose line is at a stand-in for Twilio."""

    site: Facility
    line: Line
    twilio: TwilioStandin

    def listen(self) -> None:
        """Let somebody listen for calls, as the web process does."""
        hearing.beat(name="web", unbroken=True, now=clock.now())

    def is_asked(self, verb: str) -> None:
        """Wait until Twilio has had a request of this kind."""

        def asked() -> bool:
            self.listen()
            return any(verb == one for one, _ in self.twilio.requests)

        wait_for(asked)

    def waits_for(self, state: str, text: Text) -> None:
        """Wait until a text is in this state."""

        def reached() -> bool:
            self.listen()
            return Text.objects.get(pk=text.pk).state == state

        wait_for(reached)


@pytest.fixture
def desk(fresh_database, settings) -> Iterator[Desk]:
    twilio_spec.require()
    with running() as twilio:
        settings.TWILIO_API_URL = twilio.url
        site = cast.facility()
        line = cast.line(site, account=twilio.account_sid, token=twilio.token)
        twilio.add_number(line.number)
        yield Desk(site, line, twilio)
