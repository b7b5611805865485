"""Fetches files that Twilio holds: pictures that came with a text, lists that it hands out.

Our credentials go to Twilio's API host and nowhere else: an address elsewhere is not fetched at
all, and a redirect (Twilio hands files out from a storage service) is followed without them, over
https and to public addresses only. Where ``TENANTLINE_TWILIO_API_URL`` takes the place of Twilio's
hosts, loopback is allowed too.
"""

from __future__ import annotations

import ipaddress
import json
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Self
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from tenantline.carrier.answers import text
from tenantline.carrier.client import Client, basic
from tenantline.carrier.reading import pages
from tenantline.carrier.types import Account

LARGEST: Final = 5 * 1024 * 1024
"""The largest file that is kept, in bytes: what Twilio itself allows for a picture."""
SECONDS: Final = 30.0
"""The longest that one request takes from first to last."""
_MOST_REDIRECTS: Final = 5
_API_HOST: Final = re.compile(r"(api|messaging)(\.[a-z0-9-]+){0,2}\.twilio\.com")
_THEIR_HOSTS: Final = re.compile(r"([a-z0-9-]+\.)*(twilio|twiliocdn)\.com")
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})

Why = Literal["not_allowed", "too_large", "missing", "later"]


class NotFetched(Exception):
    """A file that was not fetched; ``sentence`` says why.

    ``why``: ``not_allowed`` and ``too_large`` are for good, ``missing`` is what the carrier says,
    ``later`` may be another time.
    """

    def __init__(self, why: Why, sentence: str) -> None:
        super().__init__(sentence)
        self.why = why
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file as the carrier lists it for a message."""

    url: str
    declared: str


async def listed(client: Client, account: Account, message_sid: str) -> list[ListedFile]:
    """Return the files of a message; raises ``CarrierProblem``. Empty in the sandbox."""
    if account.carrier == "sandbox":
        return []
    path = f"/2010-04-01/Accounts/{account.sid}/Messages/{message_sid}/Media.json"
    found = pages(client, account, client.url("api", path), "media_list")
    return [
        ListedFile(
            client.url("api", text(item, "uri").removesuffix(".json")), text(item, "content_type")
        )
        async for item in found
    ]


class Fetcher:
    """Fetches files. Belongs to one event loop; use ``async with``.

    ``base_url`` takes the place of Twilio's hosts, as in ``Client``.
    """

    def __init__(self, base_url: str | None = None, *, largest: int = LARGEST) -> None:
        self._base_url = base_url.rstrip("/") if base_url else None
        self._largest = largest
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections; a later fetch opens new ones."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def fetch(self, url: str, accounts: Sequence[Account]) -> bytes:
        """Return the bytes at a media address, or raise ``NotFetched``.

        ``accounts`` are credentials to try in turn: there are two while a token is exchanged.
        """
        address = self._at_twilio(url)
        problem = NotFetched("later", "There are no credentials to fetch it with.")
        for headers in [*(basic(account) for account in accounts), {}]:
            try:
                return await self._follow(address, headers)
            except _Unwelcome as refused:
                problem = refused
        raise problem

    def _at_twilio(self, url: str) -> str:
        """Return where a file is to be fetched first; only Twilio's API will do."""
        parts = _parts(url)
        is_base = self._base_url is not None and _origin(url) == _origin(self._base_url)
        if not is_base and not (parts.scheme == "https" and _API_HOST.fullmatch(_host(url))):
            raise NotFetched("not_allowed", "Its address is not at Twilio.")
        return self._replaced(url)

    def _replaced(self, url: str) -> str:
        parts = _parts(url)
        if self._base_url is None or not _THEIR_HOSTS.fullmatch(_host(url)):
            return url
        return f"{self._base_url}{parts.path}" + (f"?{parts.query}" if parts.query else "")

    async def _follow(self, url: str, headers: dict[str, str]) -> bytes:
        for _ in range(_MOST_REDIRECTS + 1):
            found = await self._get(url, headers)
            if isinstance(found, bytes):
                return found
            url, headers = self._redirect(url, found), {}
        raise NotFetched("later", "Its address leads from one place to the next without end.")

    def _redirect(self, url: str, location: str) -> str:
        try:
            to = self._replaced(urljoin(url, location))
        except ValueError as error:
            raise NotFetched("not_allowed", "Its address leads to one that is none.") from error
        host = _host(to)
        parts, address = _parts(to), _address(host)
        local = self._base_url is not None and address is not None and address.is_loopback
        public = parts.scheme == "https" and (bool(host) if address is None else address.is_global)
        if not (local and parts.scheme in {"http", "https"}) and not public:
            raise NotFetched(
                "not_allowed",
                "Its address leads to a place that is not on the public web.",
            )
        return to

    async def _get(self, url: str, headers: dict[str, str]) -> bytes | str:
        """Return the bytes, or where they have moved to."""
        try:
            async with self._open().get(
                URL(url, encoded=True), headers=headers, allow_redirects=False
            ) as answer:
                if answer.status in _REDIRECTS and (location := await self._moved_to(answer)):
                    return location
                _check(answer.status, has_credentials=bool(headers))
                return await self._read(answer)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            words = f"The file could not be fetched ({type(error).__name__})."
            raise NotFetched("later", words) from error

    async def _moved_to(self, answer: aiohttp.ClientResponse) -> str:
        """Return where a redirect leads; Twilio's lists may say so in their JSON alone."""
        if "Location" in answer.headers:
            return str(answer.headers["Location"])
        try:
            said = json.loads(await self._read(answer))
        except (ValueError, RecursionError):
            return ""
        return text(said, "redirect_to") if isinstance(said, dict) else ""

    async def _read(self, answer: aiohttp.ClientResponse) -> bytes:
        words = f"It is larger than {self._largest // (1024 * 1024)} MB."
        if (answer.content_length or 0) > self._largest:
            raise NotFetched("too_large", words)
        data = bytearray()
        async for chunk in answer.content.iter_chunked(64 * 1024):
            data += chunk
            if len(data) > self._largest:
                raise NotFetched("too_large", words)
        return bytes(data)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            resolver = None if self._base_url else _PublicResolver()
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=8, resolver=resolver),
                timeout=aiohttp.ClientTimeout(SECONDS, connect=5.0),
                cookie_jar=aiohttp.DummyCookieJar(),
                # What is packed could unfold to any size.
                auto_decompress=False,
                headers={"User-Agent": "tenantline", "Accept-Encoding": "identity"},
            )
        return self._session


class _Unwelcome(NotFetched):
    """These credentials (or none) were not accepted; others may be."""


class _PublicResolver(AbstractResolver):
    """Looks names up, and knows none that leads into a private network."""

    def __init__(self) -> None:
        self._inner = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        public = [one for one in found if (at := _address(one["host"])) and at.is_global]
        if not public:
            raise OSError(f"{host} is not a public address")
        return public

    async def close(self) -> None:
        await self._inner.close()


def _check(status: int, *, has_credentials: bool) -> None:
    if status in {404, 410}:
        raise NotFetched("missing", "Twilio does not have it any more.")
    if status in {400, 401, 403}:
        raise _Unwelcome("later", "Twilio does not accept our credentials for it.")
    if status != 200:
        raise NotFetched("later", f"Twilio did not hand it out (HTTP {status}).")


def _parts(url: str) -> Any:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise NotFetched("not_allowed", "Its address cannot be read.") from error
    return parts


def _host(url: str) -> str:
    """Return the host alone; an address that names a user as well has none."""
    parts = _parts(url)
    return "" if "@" in parts.netloc else (parts.hostname or "").lower()


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = _parts(url)
    return parts.scheme, _host(url), parts.port


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    if host == "localhost":
        return ipaddress.IPv4Address("127.0.0.1")
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
