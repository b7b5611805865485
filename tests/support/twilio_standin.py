"""A stand-in for Twilio on loopback: a real HTTP server that keeps state and watches manners.

Every request and every answer is held against Twilio's own API description; what does not fit is
in ``violations``, which the fixture asserts to be empty. It serves threads, event loops and other
processes alike through ``url``.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests
from twilio.request_validator import RequestValidator

from tests.support.twilio_account import TwilioAccount, error
from tests.support.twilio_resources import Message
from tests.support.twilio_server import Reply, Server
from tests.support.twilio_spec import FORM, Spec


@dataclass(frozen=True)
class Fault:
    """How one request fails.

    ``status`` and ``code`` answer with an error (as HTML with ``html``), ``cut`` ends the
    connection without an answer, ``garbage`` makes the right answer unreadable, ``hang`` keeps
    silent for so many seconds first. ``taken``: the request was carried out nevertheless.
    """

    status: int | None = None
    code: int | None = None
    retry_after: int | None = None
    html: bool = False
    garbage: bool = False
    hang: float = 0.0
    cut: bool = False
    taken: bool = False

    @property
    def fails(self) -> bool:
        return bool(self.status or self.code or self.cut)

    def reply(self) -> Reply:
        """The answer instead of the right one."""
        if self.cut:
            return Reply(0, b"", hang=self.hang, cut=True)
        status = self.status or 400
        code = self.code or {401: 20003, 429: 20429, 500: 20500, 503: 20503}.get(status, 20001)
        body = json.dumps(error(status, code, "The stand-in was told to fail")[1]).encode()
        after = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        if self.html:
            body = b"<html><body><h1>Something in between failed</h1></body></html>"
        return Reply(status, body, headers=after, hang=self.hang)


class TwilioStandin(TwilioAccount):
    """A Twilio account behind a real HTTP server."""

    def __init__(self) -> None:
        super().__init__()
        self.violations: list[str] = []
        self.requests: list[tuple[str, str]] = []  # (method, path?query)
        self._faults: list[tuple[str, str, Fault]] = []
        self._spec = Spec()
        self._server = Server(self.answer)

    # --- life ---------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The address that takes the place of all of Twilio's hosts; the same after a restart."""
        return f"http://127.0.0.1:{self._server.port}"

    def start(self) -> None:
        """Begin to answer, again after ``stop``."""
        self._server.start()

    def stop(self) -> None:
        """Be down: open connections are cut, new ones refused."""
        self._server.stop()

    # --- what tests arrange -------------------------------------------------------------------

    def fail_next(
        self,
        *,
        count: int = 1,
        method: str = "POST",
        path: str = r"/Messages\.json",
        **fault: Any,
    ) -> None:
        """Let the next ``count`` requests to ``path`` (a pattern) fail; see ``Fault`` for how."""
        with self.lock:
            self._faults += [(method, path, Fault(**fault))] * count

    def deliver_inbound(
        self,
        url: str,
        *,
        from_: str,
        to: str,
        body: str,
        token: str | None = None,
        signed_url: str | None = None,
        extra: Sequence[tuple[str, str]] = (),
        message: Message | None = None,
    ) -> requests.Response:
        """Post a signed inbound webhook to ``url``; ``message`` repeats an earlier one.

        ``signed_url`` is the public address where it differs from the one that is called.
        """
        message = message or self.receive(from_=from_, to=to, body=body)
        form = {
            **dict.fromkeys(("FromCity", "FromState", "FromZip", "ToCity", "ToState", "ToZip"), ""),
            "FromCountry": "US",
            "ToCountry": "US",
            "NumMedia": "0",
            "NumSegments": "1",
            **dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), message.sid),
            "AccountSid": message.account_sid,
            "From": from_,
            "To": to,
            "Body": body,
            "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
            **dict(extra),
        }
        return self.post(url, form, token=token, signed_url=signed_url)

    def post_status(
        self,
        message: Message,
        status: str,
        *,
        error_code: int | None = None,
        url: str | None = None,
        token: str | None = None,
        signed_url: str | None = None,
    ) -> requests.Response:
        """Post a signed status callback, to the message's own address unless ``url`` is given."""
        message.status, message.error_code = status, error_code
        form = {
            **dict.fromkeys(("MessageSid", "SmsSid"), message.sid),
            **dict.fromkeys(("MessageStatus", "SmsStatus"), status),
            "AccountSid": message.account_sid,
            "From": message.sender,
            "To": message.recipient,
            "ApiVersion": "2010-04-01",
            **({} if error_code is None else {"ErrorCode": str(error_code)}),
        }
        signed = signed_url or message.status_callback
        return self.post(url or message.status_callback, form, token=token, signed_url=signed)

    def post(
        self,
        url: str,
        form: dict[str, str],
        *,
        token: str | None = None,
        signed_url: str | None = None,
    ) -> requests.Response:
        """Post any form as Twilio does, signed by Twilio's own library."""
        validator = RequestValidator(token or self.token)
        signature = validator.compute_signature(signed_url or url, form)
        headers = {"X-Twilio-Signature": signature, "Content-Type": FORM}
        return requests.post(url, data=urlencode(form), headers=headers, timeout=15)

    # --- how it answers -----------------------------------------------------------------------

    def answer(self, method: str, target: str, authorization: str, body: bytes) -> Reply:
        """Answer one request, or say how it fails."""
        path, _, query = target.partition("?")
        with self.lock:
            self.requests.append((method, target))
            self.violations += self._spec.request_faults(method, path, query, authorization, body)
            if not self._knows(authorization):
                return Fault(status=401).reply()
            fault = self._fault(method, path)
            if fault.fails and not fault.taken:
                return fault.reply()
            status, data = self.respond(method, path, query, body)
            right = json.dumps(data).encode()
            if status < 400:
                self.violations += self._spec.answer_faults(method, path, status, right)
        if fault.fails:
            return fault.reply()
        return Reply(status, b"<not json" if fault.garbage else right, hang=fault.hang)

    def _fault(self, method: str, path: str) -> Fault:
        for index, (wanted, pattern, fault) in enumerate(self._faults):
            if wanted == method and re.search(pattern, path):
                del self._faults[index]
                return fault
        return Fault()

    def _knows(self, authorization: str) -> bool:
        pair = base64.b64encode(f"{self.account_sid}:{self.token}".encode()).decode()
        return authorization == f"Basic {pair}"


@contextmanager
def running() -> Iterator[TwilioStandin]:
    """Run a stand-in; at the end nothing may have violated Twilio's description."""
    standin = TwilioStandin()
    standin.start()
    try:
        yield standin
    finally:
        standin.stop()
    assert not standin.violations, "\n".join(standin.violations)
