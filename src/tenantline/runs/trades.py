"""What a run is told about what it issues: two callables, and what they say.

Runs know batches and not content. The rooms above, statements and letters, each bring a trade;
whoever starts the work (the worker) hands them down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from tenantline.tenants.delivery import Method

if TYPE_CHECKING:
    from tenantline.runs.models import Item, Run

Kind = Literal["statements", "letters"]


@dataclass(frozen=True, slots=True)
class Planned:
    """One tenant of a run as the preview shows it.

    ``method`` None: nothing is issued, for the reason given. Otherwise ``why_code`` and ``why`` say
    why not by the method that was wanted, and are empty where it is that one. ``segments`` are
    those of the text, 0 without one.
    """

    tenant_id: int
    method: Method | None
    why_code: str = ""
    why: str = ""
    segments: int = 0


@dataclass(frozen=True, slots=True)
class Issued:
    """It was issued: by which method and why, under which name, with which text or e-mail."""

    method: Method
    ref: str  # as its room names it: statement:12, notice:7
    why_code: str = ""
    why: str = ""
    segments: int = 0
    message_id: int | None = None
    email_id: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """It was not issued, for a reason that is no failure: nothing to say, or issued before."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Trade:
    """How one kind of run is planned and carried out.

    ``plan`` yields the run's tenants in the order of their ids, each once, in bounded memory.
    ``issue`` is called inside the transaction that marks the item: what it writes stands or falls
    with the mark. It raises ``Refused("unread_inbound")`` where it can be tried again in a moment,
    and any other of our errors where it failed.
    """

    plan: Callable[[Run, datetime], Iterator[Planned]]
    issue: Callable[[Item, datetime], Issued | Held]


Trades = Mapping[str, Trade]
