"""The API's documents on returned payments."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tenantline.api.shapes import NO_NUL, FacilityCode, In, PageQuery

ReturnState = Literal["applied", "open", "dismissed", "change", "noted"]
_Id = Annotated[str, Field(min_length=1, max_length=20, pattern=NO_NUL)]
_NEW: dict[str, Any] = {"payment": "9", "reason": "R01"}


class NewReturn(In):
    """A payment that came back, recorded by hand."""

    model_config = ConfigDict(json_schema_extra={"example": _NEW})

    payment: _Id = Field(description="The ledger entry of the payment.")
    reason: Annotated[str, Field(min_length=3, max_length=3, pattern=NO_NUL)] = Field(
        description="The bank's code, such as `R01`."
    )


class ReturnedPayment(BaseModel):
    """A payment that came back, or a bank's notification of change; what followed from it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "6",
                "facility": "LAMAR",
                "tenant": "17",
                **_NEW,
                "reason_words": "there was not enough money in the account",
                "state": "applied",
                "why_open": None,
                "amount_cents": 12900,
                "reversal": "311",
                "fee": "312",
                "fee_cents": 2500,
                "autopay_ended": False,
                "draft_cancelled": None,
                "from_file": False,
                "original_trace": None,
                "recorded_at": "2026-11-28T15:30:00Z",
                "settled_at": "2026-11-28T15:30:00Z",
                "settled_by": "management system",
            }
        }
    )

    id: str
    facility: str = Field(description="The facility's code.")
    tenant: str | None = Field(description="Null while nobody knows whose it is.")
    payment: str | None = Field(description="The ledger entry of the payment that came back.")
    reason: str = Field(description="The bank's code: R01 to R85, or C01 to C14 of a change.")
    reason_words: str
    state: ReturnState = Field(
        description="`applied`: the payment is reversed; `open`: a person has to say which payment "
        "it is; `dismissed`: set aside; `change`: a bank wants something written otherwise; "
        "`noted`: that was passed on."
    )
    why_open: str | None
    amount_cents: int
    reversal: str | None = Field(description="The ledger entry that reverses the payment.")
    fee: str | None = Field(description="The ledger entry of the fee.")
    fee_cents: int
    autopay_ended: bool = Field(description="The authorisation is dead; AutoPay is NET now.")
    draft_cancelled: str | None
    from_file: bool = Field(description="It came in a bank's file, not by hand.")
    original_trace: str | None = Field(description="The payment's trace number, as the bank says.")
    recorded_at: AwareDatetime
    settled_at: AwareDatetime | None
    settled_by: str | None


class ReturnPage(BaseModel):
    """A page of returned payments, newest first."""

    items: list[ReturnedPayment]
    next_cursor: str | None = Field(description="Of the next page; null: this was the last.")


class ReturnQuery(PageQuery):
    """Which returned payments to list."""

    facility: FacilityCode | None = Field(None, description="A facility's code.")
    state: ReturnState | None = None
