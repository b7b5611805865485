"""What an automatic text is due to, and whether that still holds.

A cause is data, ``kind:id``, asked when a text is written and again in the transaction that claims
it. Its kinds are things of rooms below; whoever writes a text names one and passes nothing down
that dispatch would have to know. What rooms above take back is withdrawn (``actions.withdraw``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

from tenantline.billing import queries as billing
from tenantline.kernel.digits import whole_number
from tenantline.tenants import queries as tenants

_CHARGE: Final = {"paid": "It has been paid meanwhile.", "reversed": "The charge was reversed."}
_PAYMENT: Final = {"reversed": "The payment was returned or reversed."}


def gone(causes: Iterable[str]) -> dict[str, str]:
    """Return those of these causes that no longer hold, each with the reason in words.

    Causes of other kinds (``inbound:…``, ``run:…``) hold for ever, and so does none.
    """
    found: dict[str, str] = {}
    for kind, ids in _by_kind(causes).items():
        ended = _ENDED[kind](ids)
        found.update({f"{kind}:{pk}": why for pk, why in ended.items()})
    return found


def _by_kind(causes: Iterable[str]) -> dict[str, set[int]]:
    kinds: dict[str, set[int]] = {}
    for cause in causes:
        kind, _, ref = cause.partition(":")
        pk = whole_number(ref)
        if kind in _ENDED and pk is not None:
            kinds.setdefault(kind, set()).add(pk)
    return kinds


def _charges(ids: Collection[int]) -> dict[int, str]:
    return {pk: _CHARGE[why] for pk, why in billing.settled_charges(ids).items()}


def _payments(ids: Collection[int]) -> dict[int, str]:
    return dict.fromkeys(billing.reversed_entries(ids), _PAYMENT["reversed"])


def _drafts(ids: Collection[int]) -> dict[int, str]:
    return dict.fromkeys(billing.settled_drafts(ids), "AutoPay does not draw it any more.")


def _rentals(ids: Collection[int]) -> dict[int, str]:
    return dict.fromkeys(tenants.ending_rentals(ids), "The tenant is moving out.")


_ENDED: Final[Mapping[str, Callable[[Collection[int]], dict[int, str]]]] = {
    "charge": _charges,
    "payment": _payments,
    "draft": _drafts,
    "rental": _rentals,
}
