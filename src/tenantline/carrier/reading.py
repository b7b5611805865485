"""Asks Twilio for something and reads what it says: one object, or a list over all of its pages.

Whatever goes wrong is a ``CarrierProblem`` with one sentence; asking again is safe.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from tenantline.carrier.answers import error_code, text
from tenantline.carrier.codes import Kind, meaning_of
from tenantline.carrier.errors import CarrierProblem, NothingLeftError, OutcomeUnclearError
from tenantline.carrier.types import Account

if TYPE_CHECKING:
    from tenantline.carrier.client import Answer, Client, Method, Pairs

_ACCOUNT_SID: Final = re.compile(r"AC[0-9a-fA-F]{32}")
_SUSPENDED: Final = frozenset({10001, 20005, 90010})


async def ask(
    client: Client,
    method: Method,
    url: str,
    account: Account,
    *,
    form: Pairs | None = None,
    missing: str = "The Twilio account does not exist.",
) -> dict[str, Any]:
    """Make one call and return its JSON object, or raise ``CarrierProblem``.

    ``missing`` is the sentence for HTTP 404.
    """
    if not _ACCOUNT_SID.fullmatch(account.sid):
        raise CarrierProblem(
            "An Account SID is AC and 32 hexadecimal characters; API keys (SK) cannot be used.",
            code="carrier_credentials",
        )
    try:
        answer = await client.request(method, url, account, form=form)
    except (NothingLeftError, OutcomeUnclearError) as error:
        raise CarrierProblem(str(error), code="carrier_unreachable") from error
    if 200 <= answer.status < 300 and answer.data is not None:
        return answer.data
    raise _problem(answer, missing)


async def pages(
    client: Client, account: Account, url: str, key: str
) -> AsyncIterator[Mapping[str, Any]]:
    """Yield the items of a list over all of its pages, in Twilio's order.

    Knows both of Twilio's envelopes: ``next_page_uri`` (2010) and ``meta.next_page_url`` (v1).
    """
    seen: set[str] = set()
    next_url: str | None = url
    while next_url is not None:
        if next_url in seen:
            raise CarrierProblem("Twilio's list does not come to an end.")
        seen.add(next_url)
        data = await ask(client, "GET", next_url, account)
        items = data.get(key)
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise CarrierProblem("Twilio's list could not be read.")
        for item in items:
            yield item
        next_url = _next(client, data)


def _next(client: Client, data: Mapping[str, Any]) -> str | None:
    if link := text(data, "next_page_uri"):
        return client.follow("api", link)
    meta = data.get("meta")
    link = text(meta, "next_page_url") if isinstance(meta, dict) else ""
    return client.follow("messaging", link) if link else None


def _problem(answer: Answer, missing: str) -> CarrierProblem:
    code = error_code(answer)
    if code in _SUSPENDED:
        return CarrierProblem("The Twilio account is not active.", code="carrier_suspended")
    if answer.status in {401, 403}:
        return CarrierProblem(
            "Twilio does not accept this Account SID and Auth Token.", code="carrier_credentials"
        )
    if answer.status == 404:
        return CarrierProblem(missing, code="carrier_not_found")
    if answer.status == 429:
        return CarrierProblem(meaning_of(20429).words, code="carrier_busy")
    if answer.status >= 500:
        return CarrierProblem(
            f"Twilio is not available (HTTP {answer.status}).", code="carrier_unreachable"
        )
    if code is not None and meaning_of(code).kind is not Kind.UNKNOWN:
        return CarrierProblem(meaning_of(code).words, code="carrier_refused")
    said = f"error {code}" if code is not None else f"HTTP {answer.status}"
    return CarrierProblem(f"Twilio refused the request ({said}).", code="carrier_refused")
