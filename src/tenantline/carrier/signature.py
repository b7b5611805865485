"""X-Twilio-Signature: made and checked exactly as Twilio's own library does.

HMAC-SHA1 under the account's Auth Token over the full public URL and, by name, every parameter of
the form with its value; names that repeat count each different value once, in order. Twilio drops
user and password from the URL and is inconsistent about default ports, so both forms are tried.
(Source: https://www.twilio.com/docs/usage/security)
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

Params = Sequence[tuple[str, str]]
"""A decoded form: (name, value) pairs, names may repeat, empty values are kept."""


def signature(url: str, params: Params, token: str) -> str:
    """Return the header's value for a call to ``url``, taken as it is."""
    text = url + "".join(name + value for name, value in sorted(set(params)))
    digest = hmac.digest(_bytes(token), _bytes(text), hashlib.sha1)
    return base64.b64encode(digest).decode("ascii")


def matches(url: str, params: Params, header: str, tokens: Sequence[str]) -> bool:
    """Say whether ``header`` signs the call under any of ``tokens`` (two while one is changed).

    ``url`` is the public address as Twilio called it, query included. Takes the same time for
    every wrong header.
    """
    try:
        forms = _forms(url)
    except ValueError:  # no URL at all, or a port that is none
        return False
    given = _bytes(header)
    expected = [signature(form, params, token) for token in tokens for form in forms]
    return sum(hmac.compare_digest(given, _bytes(one)) for one in expected) > 0


@lru_cache(maxsize=256)
def _forms(url: str) -> tuple[str, str]:
    """Return the URL without and with its port, never with user and password."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if parts.port:
        bare = host.removesuffix(f":{parts.port}")
        return _with(parts, bare), _with(parts, host)
    return _with(parts, host), _with(parts, f"{host}:{443 if parts.scheme == 'https' else 80}")


def _with(parts: SplitResult, netloc: str) -> str:
    return parts._replace(netloc=netloc).geturl()


def _bytes(text: str) -> bytes:
    # Whatever a stranger sends has to fail as a wrong signature, not as a crash.
    return text.encode("utf-8", "surrogatepass")
