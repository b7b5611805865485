"""The API's documents on what was printed: printings, and to whom each paper was addressed."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, Field

from tenantline.api.shapes import FacilityCode, PageQuery


class Printing(BaseModel):
    """Letters or statements that were given to the printer together."""

    id: str
    facility: str = Field(description="The facility's code.")
    count: int = Field(description="How many papers.")
    printed_at: AwareDatetime
    printed_by: str


class PrintingPage(BaseModel):
    """A page of printings, newest first."""

    items: list[Printing]
    next_cursor: str | None = Field(description="Of the next page; null: this was the last.")


class PrintingQuery(PageQuery):
    """Which printings."""

    facility: FacilityCode | None = Field(None, description="A facility's code.")


class Addressed(BaseModel):
    """One paper of a printing: whose, and the address that it bears. Unknown parts are empty."""

    id: str
    number: int = Field(description="Its place in the mailing list, from 1 on.")
    tenant: str
    name: str
    street: str
    city: str
    state: str
    postal_code: str


class PrintedLetter(Addressed):
    """One letter of a printing."""

    notice: str
    letter: str
    withdrawn: bool = Field(description="It was taken back since, and left the files.")


class PrintedLetterPage(BaseModel):
    """A page of a printing's letters, the last of the mailing list first."""

    items: list[PrintedLetter]
    next_cursor: str | None = Field(description="Of the next page; null: this was the last.")


class PrintedStatement(Addressed):
    """One statement of a printing."""

    period: str = Field(description="The month, as in `2026-11`.")
    statement_number: int = Field(
        description="Of the tenant's for that month; above 1 it corrects."
    )
    corrected: bool = Field(description="A correction was issued since, and it left the files.")


class PrintedStatementPage(BaseModel):
    """A page of a printing's statements, the last of the mailing list first."""

    items: list[PrintedStatement]
    next_cursor: str | None = Field(description="Of the next page; null: this was the last.")
