"""HTTP to Twilio: one shared pool of connections, and a sure word on whether anything left us.

Twilio knows no idempotency keys, so after a failure the question is whether a byte of the request
had left. aiohttp tells when it is about to write; before that a failure is harmless.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from types import SimpleNamespace, TracebackType
from typing import Any, Final, Literal, Self
from urllib.parse import urlencode, urlsplit

import aiohttp
from yarl import URL

from tenantline.carrier.errors import NothingLeftError, OutcomeUnclearError, TooLateError
from tenantline.carrier.types import Account
from tenantline.kernel import clock
from tenantline.kernel.text import one_sentence

HTTP_TIMEOUT_SECONDS: Final = 30.0
"""The longest that one call takes from first to last. A lease on a text must outlive it."""
CONNECT_TIMEOUT_SECONDS: Final = 5.0
"""The longest wait for a connection, TLS and the pool included."""
# More than dispatch has on its way at once: a text must not wait here, nor a reading behind texts
CONNECTIONS: Final = 160
_LONGEST_WAIT: Final = 3_600.0  # seconds that we let the other side ask for
_CLOCKS_AGREE: Final = timedelta(seconds=10)  # Twilio tells the second, and an answer takes time
_REMEMBERED: Final = 3_600.0  # seconds: a clock that was wrong may have been set right meanwhile
_LARGEST_ANSWER: Final = 16 * 1024 * 1024  # a page of 1,000 long messages takes about 3 MB

Service = Literal["api", "messaging", "lookups", "accounts"]
Method = Literal["GET", "POST"]
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``data`` is None where the body was no JSON object (proxies send HTML).

    ``date`` is the other side's clock, from the header ``Date``.
    """

    status: int
    data: dict[str, Any] | None
    retry_after: float | None
    date: datetime | None = None


class Client:
    """Calls Twilio for any account. Belongs to one event loop; close it or use ``async with``.

    ``base_url`` takes the place of all of Twilio's hosts, paths unchanged; None means Twilio.
    ``timeout_seconds`` is for tests: leases count on ``HTTP_TIMEOUT_SECONDS`` at most.
    """

    def __init__(
        self, base_url: str | None = None, *, timeout_seconds: float = HTTP_TIMEOUT_SECONDS
    ) -> None:
        self._base_url = base_url.rstrip("/") if base_url else None
        self._timeout = min(timeout_seconds, HTTP_TIMEOUT_SECONDS)
        self._session: aiohttp.ClientSession | None = None
        self._ahead, self._ahead_since = timedelta(), 0.0

    @property
    def ahead(self) -> timedelta:
        """Return by how much our clock was ahead of Twilio's in the last hour, at the most.

        Zero where the two agree, or ours is behind: what Twilio dates by its clock can then not
        seem older than it is.
        """
        return self._ahead if self._ahead > _CLOCKS_AGREE else timedelta()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections; a later call opens new ones."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    def url(self, service: Service, path: str, query: Pairs = ()) -> str:
        """Return the address of ``path`` (with its leading slash) at one of Twilio's hosts."""
        base = self._base_url or f"https://{service}.twilio.com"
        return f"{base}{path}?{urlencode(query)}" if query else f"{base}{path}"

    def follow(self, service: Service, link: str) -> str:
        """Return the address of a next page, relative or absolute, always at our own base.

        An answer cannot send our credentials to another host.
        """
        parts = urlsplit(link)
        return self.url(service, f"{parts.path}?{parts.query}" if parts.query else parts.path)

    async def request(
        self,
        method: Method,
        url: str,
        account: Account,
        *,
        form: Pairs | None = None,
        connect_seconds: float = CONNECT_TIMEOUT_SECONDS,
        may_leave: Callable[[], bool] = lambda: True,
    ) -> Answer:
        """Make one call, without retries and redirects.

        ``may_leave`` is asked just before the first byte is written.
        Raises ``NothingLeftError`` if no byte can have left (``TooLateError`` where ``may_leave``
        said no), ``OutcomeUnclearError`` after that.
        """
        progress = SimpleNamespace(writing=False, may_leave=may_leave)
        try:
            async with self._open().request(
                method,
                URL(url, encoded=True),
                data=None if form is None else urlencode(form).encode("ascii"),
                headers=_headers(account, form is not None),
                timeout=aiohttp.ClientTimeout(self._timeout, connect=connect_seconds),
                allow_redirects=False,
                trace_request_ctx=progress,
            ) as response:
                answer = await _read(response)
                self._compare_clocks(answer)
                return answer
        except TooLateError:
            raise
        except Exception as error:  # whatever it was, only one question matters: had anything left?
            words = _words(error)
            if progress.writing:
                raise OutcomeUnclearError(words) from error
            raise NothingLeftError(words) from error

    def _compare_clocks(self, answer: Answer) -> None:
        if answer.date is None:
            return
        ahead, tick = clock.now() - answer.date, clock.tick()
        if ahead >= self._ahead or tick - self._ahead_since > _REMEMBERED:
            self._ahead, self._ahead_since = ahead, tick

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            trace = aiohttp.TraceConfig()
            trace.on_request_headers_sent.append(_about_to_write)
            self._session = aiohttp.ClientSession(
                # A connection that the other side is about to close costs an unclear outcome, so
                # none stays open unused for long.
                connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=10),
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[trace],
                trust_env=False,
            )
        return self._session


async def _about_to_write(
    _session: aiohttp.ClientSession,
    context: SimpleNamespace,
    _params: aiohttp.TraceRequestHeadersSentParams,
) -> None:
    # Despite its name the event comes right before the first write (aiohttp.http_writer).
    if not context.trace_request_ctx.may_leave():
        raise TooLateError("The request was not written in time.")
    context.trace_request_ctx.writing = True


def basic(account: Account) -> dict[str, str]:
    """Return the header that proves who we are. For Twilio's own hosts alone."""
    pair = f"{account.sid}:{account.auth_token}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}


def _headers(account: Account, has_form: bool) -> dict[str, str]:
    headers = {
        **basic(account),
        "Accept": "application/json",
        "User-Agent": "tenantline",
    }
    if has_form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    return headers


async def _read(response: aiohttp.ClientResponse) -> Answer:
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > _LARGEST_ANSWER:
            raise ValueError("the answer is too large")
    return Answer(
        response.status,
        _json_object(bytes(body)),
        _seconds(response.headers.get("Retry-After"), response.headers.get("Date")),
        _instant(response.headers.get("Date")),
    )


def _instant(date: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(date) if date else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _seconds(retry_after: str | None, date: str | None) -> float | None:
    """Return how long the other side asks us to wait: seconds, or a date by its own clock."""
    asked = (retry_after or "").strip()
    if asked.isascii() and asked.isdecimal():
        return min(float(asked), _LONGEST_WAIT)
    until, since = _instant(asked), _instant(date)
    if until is None or since is None:
        return None
    return min(max((until - since).total_seconds(), 0.0), _LONGEST_WAIT)


def _words(error: Exception) -> str:
    """Say in one sentence what went wrong; never holds a header."""
    if isinstance(error, TimeoutError | asyncio.TimeoutError):
        return "Twilio did not answer in time."
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        return "The secure connection to Twilio could not be established."
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "Twilio's address could not be looked up."
    if isinstance(error, aiohttp.ClientConnectorError):
        return "Twilio could not be reached."
    return one_sentence(f"The connection to Twilio broke off ({type(error).__name__}).")
