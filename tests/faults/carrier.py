"""Twilio at its worst: it can hold a text at a step, fail with it, and tell of it in any order.

It also keeps what the checker needs: when each text was seen and taken, and what we answered to
each of its calls.
"""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import parse_qsl

import requests

from tests.faults.machine import PATIENCE, Clock, monotonic
from tests.support import twilio_resources
from tests.support.twilio_resources import Message
from tests.support.twilio_server import Reply
from tests.support.twilio_standin import Fault, TwilioStandin

Point = Literal["seen", "taken"]
"""Where a text can be held: its request was read and nothing done, or it was taken unanswered."""
Manner = Literal["prompt", "early", "late", "doubled", "reversed", "missing"]
MANNERS: tuple[Manner, ...] = ("prompt", "early", "late", "doubled", "reversed", "missing")
ORDERS: dict[str, tuple[str, ...]] = {
    "doubled": ("sent", "sent", "delivered", "delivered"),
    "reversed": ("delivered", "sent", "queued"),
}
MOST_WAITING = 300.0  # seconds; a held request never outlives its test


@dataclass
class Hold:
    """A text held at a step. ``arrived`` is set when it is there; ``go`` or ``cut`` lets it on."""

    point: Point
    arrived: threading.Event = field(default_factory=threading.Event)
    answered: threading.Event = field(default_factory=threading.Event)
    _let_on: threading.Event = field(default_factory=threading.Event)
    _cuts: bool = False

    def reached(self) -> None:
        """Wait until the text is at this step."""
        assert self.arrived.wait(PATIENCE), f"no text came as far as {self.point}"

    def go(self) -> None:
        """Let the carrier do with it what it would have done."""
        self._let_on.set()

    def cut(self) -> None:
        """End the connection instead."""
        self._cuts = True
        self._let_on.set()

    def here(self) -> bool:
        """Be at this step (the carrier's side); say whether to go on."""
        self.arrived.set()
        self._let_on.wait(MOST_WAITING)
        return not self._cuts


@dataclass
class Heard:
    """An inbound text at the carrier; when our webhook was done with it; when it said 2xx."""

    sid: str
    sender: str
    body: str
    received: datetime
    given_up: datetime | None = None
    answered: datetime | None = None
    answered_at: float | None = None  # monotonic


@dataclass(frozen=True)
class Told:
    """A status callback; ``answered``: we said 2xx."""

    sid: str
    status: str
    answered: bool


class Carrier(TwilioStandin):
    """A stand-in for Twilio that misbehaves on demand. Texts are named by their words."""

    def __init__(self, clock: Clock, seed: int = 0) -> None:
        super().__init__()
        self.clock = clock
        self.chance = random.Random(seed)
        self._manners: dict[str, Manner] = {}  # how to tell of texts; of others as chance will
        self.webhook = ""  # where inbound texts are posted
        self.seen_at: dict[str, float] = {}  # by status callback's address, monotonic
        self.heard: list[Heard] = []
        self.tellings: list[Told] = []
        self._forgotten = 0  # so many of them, the first
        self._holds: dict[str, list[Hold]] = {}
        self._meets: dict[str, list[Fault]] = {}
        self._made: list[Hold] = []
        self._list_holds: list[Hold] = []
        self._own_ahead: float | None = None
        self.list_lags = timedelta()  # how long after it was taken a text of ours is listed
        self._late: list[Message] = []
        self._here = threading.local()
        self._callers = ThreadPoolExecutor(8, thread_name_prefix="carrier-calls")
        self._calls: list[Future[None]] = []

    # --- what a story arranges ----------------------------------------------------------------

    def hold(self, body: str, at: Point) -> Hold:
        """Hold the next request with these words at a step, until it is let on."""
        held = Hold(at)
        self._made.append(held)
        self._holds.setdefault(body, []).append(held)
        return held

    def meet(self, body: str, *, times: int = 1, **fault: Any) -> None:
        """Let the next requests with these words fail; see ``Fault`` for how."""
        self._meets.setdefault(body, []).extend([Fault(**fault)] * times)

    def hold_list(self) -> Hold:
        """Hold the next look into the list for one phone."""
        held = Hold("seen")
        self._made.append(held)
        self._list_holds.append(held)
        return held

    def tell_of(self, body: str, manner: Manner) -> None:
        """Make the calls for a text in this manner."""
        self._manners[body] = manner

    def let_all_on(self) -> None:
        """Hold nothing any more."""
        made, self._made = self._made, []
        for held in made:
            held.go()

    def let_on_after(self, seconds: float, held: Sequence[Hold]) -> None:
        """Let held texts on in a while, whatever happens until then."""
        for one in held:
            threading.Timer(seconds, one.go).start()

    @contextmanager
    def right_clock(self) -> Iterator[None]:
        """Keep the carrier's clock as it is while ours is set."""
        self._own_ahead = self.clock.ahead
        try:
            yield
        finally:
            self._own_ahead = None

    @contextmanager
    def unreachable(self) -> Iterator[None]:
        """Let connections neither succeed nor fail: nobody takes them up, the queue is full."""
        self.down()
        address = ("127.0.0.1", self._server.port)
        with ExitStack() as sockets:
            sockets.enter_context(closing(_listening(address)))
            while True:
                one = sockets.enter_context(closing(socket.socket()))
                one.settimeout(0.2)
                try:
                    one.connect(address)
                except TimeoutError:
                    break
            yield
        self.start()

    def text_in(self, sender: str, to: str, body: str) -> Heard:
        """Let a phone text us: the carrier has it, then calls our webhook once."""
        with self.lock:
            message = self.receive(from_=sender, to=to, body=body)
            heard = Heard(message.sid, sender, body, self.clock.now())
            self.heard.append(heard)
        try:
            answer = self.deliver_inbound(
                self.webhook, from_=sender, to=to, body=body, message=message
            )
        except requests.RequestException:
            heard.given_up = self.clock.now()
            return heard
        heard.given_up = self.clock.now()
        if answer.ok:
            heard.answered, heard.answered_at = self.clock.now(), monotonic()
        return heard

    def tell_late(self) -> None:
        """Make the calls that were put off."""
        late, self._late = self._late, []
        for message in late:
            self._tell(message, "sent", "delivered")

    @property
    def told(self) -> list[Told]:
        """What we were told of texts, and are held to."""
        return self.tellings[self._forgotten :]

    def forget_answers(self) -> None:
        """Hold us to no answer that we gave until now: a restore takes us back before it."""
        self._forgotten = len(self.tellings)
        for heard in self.heard:
            heard.given_up, heard.answered = heard.given_up or heard.answered, None

    def finish_calls(self) -> None:
        """Wait until every call that is under way has been made."""
        calls, self._calls = self._calls, []
        for call in calls:
            call.result(timeout=120)

    def down(self) -> None:
        """Answer nobody; see ``TwilioStandin.stop``."""
        self.let_all_on()
        self.stop()

    def close(self) -> None:
        """End for good."""
        self.down()
        self._callers.shutdown(cancel_futures=True)

    # --- what it does -------------------------------------------------------------------------

    def answer(self, method: str, target: str, authorization: str, body: bytes) -> Reply:
        """Answer one request, held and failing as arranged."""
        if method == "GET" and "To=" in target and "From=" in target and self._list_holds:
            self._list_holds.pop(0).here()
        if method != "POST" or not target.endswith("/Messages.json"):
            return super().answer(method, target, authorization, body)
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        words, callback = form.get("Body", ""), form.get("StatusCallback", "")
        self.seen_at[callback] = monotonic()
        held = self._next(self._holds, words)
        if held and held.point == "seen" and not held.here():
            return Reply(0, b"", cut=True)
        self._here.body = words
        reply = super().answer(method, target, authorization, body)
        self._was_taken(callback)
        if held and held.point == "taken" and not held.here():
            return Reply(0, b"", cut=True)
        if held:
            held.answered.set()
        return reply

    def _list(self, path: str, query: dict[str, str], form: dict[str, str]) -> tuple[int, Any]:
        until = twilio_resources.now() + timedelta(seconds=self.clock.ahead) - self.list_lags
        with self.lock:
            everything = self.messages
            self.messages = [m for m in everything if m.inbound or m.created_at <= until]
            try:
                return super()._list(path, query, form)
            finally:
                self.messages = everything

    def _next(self, arranged: dict[str, list[Any]], words: str) -> Any:
        with self.lock:
            waiting = arranged.get(words)
            return waiting.pop(0) if waiting else None

    def _fault(self, method: str, path: str) -> Fault:
        if method == "POST" and path.endswith("/Messages.json"):
            return self._next(self._meets, self._here.body) or super()._fault(method, path)
        return super()._fault(method, path)

    def _was_taken(self, callback: str) -> None:
        """Begin to tell of a text, if the request was carried out."""
        message = next((m for m in self.accepted if m.status_callback == callback), None)
        if message is None:
            return
        manner: str = self._manners.get(message.body) or self.chance.choice(MANNERS)
        match manner:
            case "early":
                self._tell(message, "sent", "delivered")
            case "late":
                self._late.append(message)
            case "missing":
                message.status, message.sent_at = "delivered", message.created_at
            case _:
                order = ORDERS.get(manner, ("sent", "delivered"))
                self._calls.append(self._callers.submit(self._tell, message, *order))

    def _tell(self, message: Message, *order: str) -> None:
        for status in order:
            try:
                answered = self.post_status(message, status).ok
            except requests.RequestException:
                answered = False
            self.tellings.append(Told(message.sid, status, answered))
            # Whatever was told last, this is where the text is.
            message.status, message.sent_at = "delivered", message.created_at

    def _keep(self, *args: Any, **options: Any) -> Message:
        message = super()._keep(*args, **options)
        ahead = self.clock.ahead if self._own_ahead is None else self._own_ahead
        message.created_at = twilio_resources.now() + timedelta(seconds=ahead)
        message.sent_at = message.created_at if message.inbound else None
        return message


def _listening(address: tuple[str, int]) -> socket.socket:
    """A socket that others may connect to, and that takes up nobody."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(address)
    sock.listen(0)
    return sock
