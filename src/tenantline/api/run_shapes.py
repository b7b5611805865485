"""The API's documents on statement runs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tenantline.api.shapes import NO_NUL, FacilityCode, In, PageQuery

Method = Literal["sms", "email", "print"]
RunState = Literal["planning", "planned", "running", "paused", "cancelled", "done"]
ItemState = Literal["waiting", "issued", "skipped", "failed"]
_Id = Annotated[str, Field(min_length=1, max_length=20, pattern=NO_NUL)]
_NEW: dict[str, Any] = {"facility": "LAMAR", "period": "2026-11", "preview": True}


class NewRun(In):
    """A month's statements for a facility."""

    model_config = ConfigDict(json_schema_extra={"example": _NEW})

    facility: FacilityCode
    period: Annotated[
        str, Field(max_length=10, pattern=NO_NUL, description="The month, as in `2026-11`.")
    ]
    tenants: list[_Id] | None = Field(
        None, max_length=10_000, description="Ids of tenants; without: everybody at the facility."
    )
    method: Method | None = Field(None, description="Chosen for all; without: each tenant's own.")
    preview: bool = Field(
        False, description="Only say what would be issued; `issue` then does it, or nothing."
    )


class Reason(BaseModel):
    """Why some get it by another method than wanted, or not at all."""

    code: str
    reason: str
    count: int


class Run(BaseModel):
    """A statement run as it stands."""

    id: str
    facility: str
    period: str
    state: RunState
    items: dict[ItemState, int] = Field(description="How many tenants, by state.")
    methods: dict[Method, int] = Field(description="How many of those that go out, by method.")
    fallbacks: list[Reason] = Field(description="Who gets it by another method, by reason.")
    held: list[Reason] = Field(description="Who gets nothing, by reason.")
    failed: list[Reason] = Field(description="What could not be issued, by reason.")
    segments: int = Field(description="Of all its texts.")
    estimated_price_cents: int = Field(
        description="Segments times the line's price; the carriers' fees come on top."
    )
    last_leaves_at: AwareDatetime | None = Field(
        description="About when the last text that still waits for the run will have left."
    )
    texts: dict[str, int] = Field(description="The texts that were asked for, by status.")
    created_by: str
    created_at: AwareDatetime
    started_at: AwareDatetime | None
    finished_at: AwareDatetime | None = Field(
        description="When all was issued; texts and e-mails may leave after that."
    )


class RunPage(BaseModel):
    """A page of runs, newest first."""

    items: list[Run]
    next_cursor: str | None = Field(description="Of the next page; null: this was the last.")


class RunItem(BaseModel):
    """One tenant of a run."""

    id: str
    tenant: str
    state: ItemState
    method: Method | None = Field(description="Null: nothing goes out.")
    code: str | None = Field(description="Why not, or why by another method than wanted.")
    reason: str | None
    segments: int
    message: str | None = Field(description="Its text.")
    status: str | None = Field(description="The status of its text.")
    at: AwareDatetime | None = Field(description="When it was issued, or not.")


class RunItemPage(BaseModel):
    """A page of a run's items."""

    items: list[RunItem]
    next_cursor: str | None = Field(description="Of the next page; null: this was the last.")


class RunQuery(PageQuery):
    """Which runs."""

    facility: Annotated[str, Field(max_length=24, pattern=NO_NUL)] | None = None
