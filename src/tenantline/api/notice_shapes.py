"""The API's documents on letters and the notices issued of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tenantline.api.shapes import NO_NUL, FacilityCode, In, PageQuery

Method = Literal["sms", "email", "print"]
LegalClass = Literal["courtesy", "contractual", "statutory"]
_Id = Annotated[str, Field(min_length=1, max_length=20, pattern=NO_NUL)]
_NEW: dict[str, Any] = {"tenant": "17", "letter": "3", "method": "sms"}


class Letter(BaseModel):
    """A letter that can be issued."""

    id: str
    name: str
    category: str = Field(description="What it is about, such as `past_due`.")
    legal_class: LegalClass
    method: Method | None = Field(description="Null: it goes by the tenant's own method.")
    facility: str | None = Field(description="The facility's code; null: for all facilities.")
    version: int = Field(description="The number of its words as they are now.")


class LetterPage(BaseModel):
    """A page of letters, newest first."""

    items: list[Letter]
    next_cursor: str | None = Field(description="Of the next page; null: this was the last.")


class NewNotice(In):
    """A letter to be issued to one tenant."""

    model_config = ConfigDict(json_schema_extra={"example": _NEW})

    tenant: _Id
    letter: _Id = Field(description="The letter's id.")
    method: Method | None = Field(
        None, description="Without: the letter's method, else the tenant's."
    )


class Passed(BaseModel):
    """A method that was wanted or came next, and why the letter does not go by it."""

    method: Method
    code: str
    reason: str


class Notice(BaseModel):
    """A letter issued to one tenant."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "52",
                **_NEW,
                "letter_version": 4,
                "wanted_method": "sms",
                "wanted_by": "issue",
                "passed_over": [],
                "status": "queued",
                "message": "801",
                "issued_at": "2026-11-28T15:30:00Z",
                "issued_by": "management system",
            }
        }
    )

    id: str
    tenant: str
    letter: str
    letter_version: int
    method: Method = Field(description="How it goes.")
    wanted_method: Method
    wanted_by: Literal["issue", "letter", "tenant"] = Field(description="Whose say that was.")
    passed_over: list[Passed] = Field(description="From the wanted method to the one it goes by.")
    status: str = Field(
        description="`to_print`, `printed`, `withdrawn`, or how far its text or e-mail has come."
    )
    message: str | None = Field(description="Its text: the notice itself, or a copy beside it.")
    issued_at: AwareDatetime
    issued_by: str


class NoticePage(BaseModel):
    """A page of notices, newest first."""

    items: list[Notice]
    next_cursor: str | None = Field(description="Of the next page; null: this was the last.")


class NoticeQuery(PageQuery):
    """Which notices."""

    facility: FacilityCode | None = Field(None, description="A facility's code.")
    tenant: _Id | None = Field(None, description="A tenant's id.")
