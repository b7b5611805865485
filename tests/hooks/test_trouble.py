"""When the database cannot take a call the answer is 5xx, never a false 200 (R8)."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection

from tenantline.hooks.app import LARGEST_BODY, Hooks
from tenantline.hooks.writer import Writer
from tenantline.intake.models import InboundCall
from tests import cast
from tests.hooks.test_hooks import asked, signed, sms
from tests.support.asgi import Reply

pytestmark = pytest.mark.usefixtures("fresh_database")
Receive = Callable[[], Awaitable[dict[str, Any]]]


@dataclass
class Door:
    """The hooks with a writer of their own; ``misses`` counts the calls that were lost to us."""

    body_seconds: float = 30.0
    store_seconds: float = 30.0
    misses: list[int] = field(default_factory=list)

    def post(
        self, form: list[tuple[str, str]], *, receive: Receive | None = None, **headers: str
    ) -> Reply | None:
        """Make one call; None where nothing was answered."""
        return asyncio.run(self._post(form, receive, headers))

    async def _missed(self) -> None:
        self.misses.append(1)

    async def _post(self, form, receive, headers) -> Reply | None:
        writer = Writer()
        hooks = Hooks(
            writer,
            missed=self._missed,
            body_seconds=self.body_seconds,
            store_seconds=self.store_seconds,
        )
        sent: list[dict[str, Any]] = []

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(dict(message))

        async def whole() -> dict[str, Any]:
            return {"type": "http.request", "body": urlencode(form).encode(), "more_body": False}

        given = {"x-twilio-signature": signed(form), **headers}
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/twilio/sms",
            "raw_path": b"/twilio/sms",
            "query_string": b"",
            "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in given.items()],
        }
        try:
            await hooks(scope, receive or whole, send)
        finally:
            await asyncio.to_thread(writer.close)
        if not sent:
            return None
        headers_ = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
        return Reply(sent[0]["status"], headers_, sent[1]["body"])


def text(**changed: Any) -> list[tuple[str, str]]:
    return sms(changed.pop("where", None) or cast.site(), **changed)


@contextmanager
def locked() -> Iterator[None]:
    """Let somebody else write and not come to an end."""
    begun, enough = threading.Event(), threading.Event()

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE" if connection.vendor == "sqlite" else "BEGIN")
            if connection.vendor != "sqlite":
                cursor.execute("LOCK TABLE intake_inboundcall IN ACCESS EXCLUSIVE MODE")
            begun.set()
            enough.wait()
            cursor.execute("ROLLBACK")
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    begun.wait()
    try:
        yield
    finally:
        enough.set()
        holder.join()


def test_a_database_that_is_locked_for_too_long_is_a_503_and_known_as_a_miss():
    form = text(sid="SM" + "1" * 32)
    door = Door(store_seconds=0.2)
    release = locked()
    release.__enter__()
    ender = threading.Timer(1.5, lambda: release.__exit__(None, None, None))
    ender.start()
    reply = door.post(form)
    ender.join()
    assert reply is not None
    assert (reply.status, door.misses) == (503, [1])
    # Twilio's next try, or the reading of its list, brings it; once.
    again = Door().post(form)
    assert again is not None
    assert (again.status, InboundCall.objects.count()) == (200, 1)


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_a_full_disk_is_a_503_and_every_200_is_stored(monkeypatch):
    where = cast.site()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
    options = connection.settings_dict["OPTIONS"]
    full = f"{options['init_command']}PRAGMA max_page_count={pages + 12};"
    monkeypatch.setitem(options, "init_command", full)
    answers = {}
    for _ in range(12):
        sid = f"SM{uuid.uuid4().hex}"
        reply = Door().post(text(where=where, sid=sid, body="é" * 6000))
        assert reply is not None
        answers[sid] = reply.status
    kept = set(InboundCall.objects.values_list("message_sid", flat=True))
    assert kept == {sid for sid, status in answers.items() if status == 200}
    assert set(answers.values()) == {200, 503}


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_a_database_that_is_away_is_a_503(monkeypatch):
    form = text()
    door = Door()
    with monkeypatch.context() as away:
        away.setitem(connection.settings_dict, "NAME", "/nowhere/tenantline.sqlite3")
        reply = door.post(form)
    assert reply is not None
    assert (reply.status, door.misses) == (503, [1])


def test_whatever_goes_wrong_while_storing_is_a_503(monkeypatch):
    form = text()
    door = Door()
    # A line whose token no key of ours opens: nobody foresaw it at the door.
    from tenantline.facilities.models import Line

    Line.objects.update(auth_token_sealed="not sealed by us")
    reply = door.post(form)
    assert reply is not None
    assert (reply.status, len(door.misses), InboundCall.objects.count()) == (503, 1, 0)


@pytest.mark.once
def test_a_body_that_does_not_come_is_not_waited_for_without_end():
    async def never() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    reply = Door(body_seconds=0.05).post(text(), receive=never)
    assert reply is not None
    assert reply.status == 408


@pytest.mark.once
def test_a_caller_who_hangs_up_half_way_leaves_nothing():
    parts = iter([{"type": "http.request", "body": b"AccountSid=", "more_body": True}])

    async def hang_up() -> dict[str, Any]:
        return next(parts, {"type": "http.disconnect"})

    assert Door().post(text(), receive=hang_up) is None
    assert not InboundCall.objects.exists()


@pytest.mark.once
def test_a_body_that_says_it_is_too_large_is_not_even_read():
    async def read() -> dict[str, Any]:
        raise AssertionError("nobody should read this")

    reply = Door().post(text(), receive=read, content_length=str(LARGEST_BODY + 1))
    assert reply is not None
    assert reply.status == 413


@pytest.mark.once
def test_a_body_that_turns_out_too_large_is_refused():
    async def more() -> dict[str, Any]:
        return {"type": "http.request", "body": b"a" * 65_536, "more_body": True}

    reply = Door().post(text(), receive=more)
    assert reply is not None
    assert reply.status == 413


@pytest.mark.once
def test_the_writer_goes_on_after_somebody_has_stopped_waiting():
    form = text(sid="SM" + "2" * 32)
    where = cast.facility("OTHER")
    cast.line(where)

    async def run() -> None:
        writer = Writer()
        waiting = [asyncio.ensure_future(writer.take(call)) for call in calls]
        waiting[0].cancel()
        await asyncio.gather(*waiting[1:])
        await asyncio.to_thread(writer.close)

    calls = [asked(text(where=where, sid=f"SM{n:032}")) for n in range(5)]
    asyncio.run(run())
    reply = Door().post(form)
    assert reply is not None
    assert reply.status == 200
    # The one who gave up may be stored or not; that is harmless.
    assert InboundCall.objects.exclude(message_sid="SM" + "2" * 32).count() >= 4
