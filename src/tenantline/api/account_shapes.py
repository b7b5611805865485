"""The API's documents on accounts: ledger entries and AutoPay's drafts."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tenantline.api.shapes import NO_NUL, AutopayMethod, In
from tenantline.billing.rules import MOST_CENTS

EntryKind = Literal["charge", "payment", "credit", "reversal"]
EntrySource = Literal["desk", "api", "import", "stated", "autopay", "return"]
DraftState = Literal["pending", "cancelled", "done", "returned"]
Day = Annotated[
    str,
    Field(
        min_length=10,
        max_length=10,
        pattern=NO_NUL,
        json_schema_extra={"format": "date"},
    ),
]
Amount = Annotated[int, Field(ge=1, le=MOST_CENTS)]
_Id = Annotated[str, Field(min_length=1, max_length=20, pattern=NO_NUL)]
_EXAMPLE: dict[str, Any] = {
    "kind": "charge",
    "amount_cents": 12900,
    "date": "2026-12-01",
    "memo": "Rent, December",
}


class NewLedgerEntry(In):
    """An entry to add. Amounts are positive; the kind gives an entry its sign."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    kind: EntryKind = Field(
        description="A charge is owed; a payment or a credit takes from what is owed; a reversal "
        "undoes the entry that `reverses` names."
    )
    amount_cents: Amount | None = Field(
        None, description="US cents. A reversal has the amount of what it undoes; leave it out."
    )
    date: Day | None = Field(None, description="Without: today at the facility.")
    due_date: Day | None = Field(None, description="Of a charge; without: its date.")
    memo: Annotated[str, Field(max_length=200, pattern=NO_NUL)] = ""
    reverses: _Id | None = Field(None, description="The id of the entry that a reversal undoes.")
    external_id: Annotated[str, Field(max_length=80, pattern=NO_NUL)] | None = Field(
        None,
        description="Its id in your system, once per facility; for a bank draft the trace number, "
        "by which a returned payment is found again.",
    )


class LedgerEntry(BaseModel):
    """One entry of a tenant's account. It never changes."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "310",
                "tenant": "17",
                **_EXAMPLE,
                "balance_effect_cents": 12900,
                "due_date": "2026-12-01",
                "reverses": None,
                "reversed_by": None,
                "external_id": None,
                "source": "api",
                "recorded_at": "2026-11-28T15:30:00Z",
                "recorded_by": "management system",
            }
        }
    )

    id: str
    tenant: str
    kind: EntryKind
    amount_cents: int = Field(description="US cents, positive.")
    balance_effect_cents: int = Field(description="What it adds to the balance.")
    date: datetime.date
    due_date: datetime.date | None = Field(description="Of charges.")
    memo: str
    reverses: str | None
    reversed_by: str | None = Field(description="The reversal that undid it.")
    external_id: str | None
    source: EntrySource = Field(
        description="`stated`: the difference to a balance that was stated; `return`: a payment "
        "came back."
    )
    recorded_at: AwareDatetime
    recorded_by: str


class LedgerPage(BaseModel):
    """A page of entries, newest first."""

    items: list[LedgerEntry]
    next_cursor: str | None = Field(description="Of the next page; null: this was the last.")


class NewDraft(In):
    """An amount that AutoPay is about to draw."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"amount_cents": 12900, "date": "2026-12-05"}}
    )

    amount_cents: Amount
    date: Day = Field(description="The day on which it is drawn.")


class DraftChange(In):
    """What became of a pending draft."""

    model_config = ConfigDict(json_schema_extra={"example": {"state": "done"}})

    state: Literal["done", "cancelled"] = Field(description="`done` records the payment.")


class Draft(BaseModel):
    """A draft of AutoPay. It is carried out by whatever pays; here stands what became of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "12",
                "tenant": "17",
                "method": "bank",
                "amount_cents": 12900,
                "date": "2026-12-05",
                "state": "pending",
                "payment": None,
                "retry_of": None,
                "created_at": "2026-11-28T15:30:00Z",
            }
        }
    )

    id: str
    tenant: str
    method: AutopayMethod
    amount_cents: int
    date: datetime.date
    state: DraftState
    payment: str | None = Field(description="The ledger entry of a draft that is done.")
    retry_of: str | None = Field(description="The returned payment that is tried again.")
    created_at: AwareDatetime


class DraftPage(BaseModel):
    """A page of drafts, newest first."""

    items: list[Draft]
    next_cursor: str | None = Field(description="Of the next page; null: this was the last.")
