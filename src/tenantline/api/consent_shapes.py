"""The API's documents on consent: what a tenant has agreed to, its form, its revocation."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tenantline.api.shapes import NO_NUL, In, Language, OptInStatus

Medium = Literal["phone", "email", "counter", "letter", "other"]


class Services(BaseModel):
    """What the tenant has agreed to, each active or not."""

    chat: bool
    statements: bool
    notices: bool


class Form(BaseModel):
    """An opt-in form that was issued to a tenant. Its link is in the e-mail alone."""

    version: str = Field(description="The version of its words.")
    language: Language
    issued_at: AwareDatetime
    expires_at: AwareDatetime
    submitted_at: AwareDatetime | None
    dead_because: str | None = Field(
        description="Why the link no longer works: `newer`, `number_changed`, `disowned`."
    )


class Consent(BaseModel):
    """Whether a tenant may be texted, folded from the consent ledger."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "status": "opted_in",
                "held": False,
                "parked": False,
                "number": "+15125550143",
                "services": {"chat": True, "statements": False, "notices": True},
                "since": "2026-03-01T15:42:10Z",
                "form": {
                    "version": "1",
                    "language": "en",
                    "issued_at": "2026-03-01T15:30:00Z",
                    "expires_at": "2026-03-31T15:30:00Z",
                    "submitted_at": "2026-03-01T15:41:00Z",
                    "dead_because": None,
                },
                "shared_with": [],
                "shared_elsewhere": 0,
            }
        }
    )

    status: OptInStatus
    held: bool = Field(
        description="Automatic texts wait, until a person has looked or START has come."
    )
    parked: bool = Field(
        description="All texts wait until a person has said whether the number is still theirs."
    )
    number: str | None = Field(description="E.164.")
    services: Services
    since: AwareDatetime | None
    form: Form | None = Field(description="The newest form.")
    shared_with: list[str] = Field(description="Tenants in scope who hold the same number.")
    shared_elsewhere: int = Field(description="How many hold it at other facilities.")


class Revocation(In):
    """That a tenant withdrew consent otherwise than by text."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"medium": "counter", "note": "Asked at the counter."}}
    )

    medium: Medium
    note: Annotated[str, Field(max_length=2000, pattern=NO_NUL)] = ""
