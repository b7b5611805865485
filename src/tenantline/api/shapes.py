"""The API's documents: what goes in and what comes out, as OpenAPI describes them."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tenantline.api.pages import LONGEST, USUAL

NO_NUL: Final = r"^[^\x00]*$"  # PostgreSQL keeps no NUL

Language = Literal["en", "es"]
DeliveryMethod = Literal["print", "email", "sms"]
AutopayMethod = Literal["NET", "card", "bank"]
OptInStatus = Literal[
    "none", "form_sent", "waiting_for_start", "opted_in", "opted_out", "number_changed"
]
MessageStatus = Literal[
    "queued",
    "sending",
    "unknown",
    "sent",
    "delivered",
    "undelivered",
    "failed",
    "withheld",
    "received",
]


def _text(longest: int, *, shortest: int = 0) -> object:
    return Field(min_length=shortest, max_length=longest, pattern=NO_NUL)


FacilityCode = Annotated[str, _text(24, shortest=1)]
Name = Annotated[str, _text(200, shortest=1)]
ExternalId = Annotated[str, _text(80)]
Unit = Annotated[str, _text(40, shortest=1)]
Email = Annotated[str, _text(254)]
Phone = Annotated[str, _text(40)]
Street = Annotated[str, _text(120)]
City = Annotated[str, _text(80)]
State = Annotated[str, _text(40)]
PostalCode = Annotated[str, _text(12)]
Cents = Annotated[int, Field(ge=-(10**15), le=10**15)]
Moment = Annotated[
    str,
    Field(
        min_length=10,
        max_length=40,
        pattern=NO_NUL,
        json_schema_extra={"anyOf": [{"format": "date-time"}, {"format": "date"}]},
    ),
]


class In(BaseModel):
    """What callers send: no other fields, no conversions."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _Details(In):
    external_id: ExternalId | None = Field(
        None, description="The tenant's id in your management system, once per facility."
    )
    units: Annotated[list[Unit], Field(max_length=100)] | None = Field(
        None, description="The units rented now: new ones move in, those missing here end."
    )
    unit: Unit | None = Field(None, description="In place of `units`, for one.")
    email: Email | None = Field(None, description="Null or empty: none.")
    mobile: Phone | None = Field(
        None,
        description="In any usual spelling. Another number ends the consent given for the one "
        "before, null removes it.",
    )
    home_phone: Phone | None = Field(None, description="Never texted.")
    street: Street | None = Field(
        None, description="Where paper goes, with the next three; null or empty: not known."
    )
    city: City | None = None
    state: State | None = None
    postal_code: PostalCode | None = None
    language: Language = "en"
    delivery_method: DeliveryMethod = "print"
    statements_by_sms: bool = False
    legal_email: bool = Field(
        False, description="The rental agreement permits legal notices by e-mail."
    )
    autopay_method: AutopayMethod = Field("NET", description="`NET` means none.")
    autopay_day: Annotated[int, Field(ge=1, le=31)] | None = Field(
        None, description="The day of the month on which AutoPay draws."
    )
    balance_cents: Cents = Field(
        0, description="The difference to the balance so far becomes a ledger entry."
    )
    moved_out_at: Moment | None = Field(
        None,
        description="When the last rental ends or ended: a time with its zone, or a day, which "
        "means its first instant at the facility. Null calls off a move-out still to come. Who "
        "has moved out already keeps the time on record.",
    )


class NewTenant(_Details):
    """A tenant to add."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "facility": "LAMAR",
                "name": "Dana Whitfield",
                "external_id": "T-1001",
                "units": ["A12"],
                "email": "dana@example.com",
                "mobile": "(512) 555-0143",
            }
        }
    )

    facility: FacilityCode = Field(description="The facility's code.")
    name: Name


def _describe_changes(schema: dict[str, Any]) -> None:
    # What is left out of a change stays as it is: there are no defaults.
    for described in schema["properties"].values():
        described.pop("default", None)
    schema["example"] = {"mobile": "+15125550177", "units": ["A12", "B7"]}


class TenantChanges(_Details):
    """What is to change about a tenant; fields that are left out stay as they are."""

    model_config = ConfigDict(json_schema_extra=_describe_changes)

    name: Name = ""
    cancel_pending_draft: bool = Field(
        False, description="Cancel AutoPay's pending draft; it stays pending otherwise."
    )


class Tenant(BaseModel):
    """A person or company that rents at one facility."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "17",
                "external_id": "T-1001",
                "name": "Dana Whitfield",
                "facility": "LAMAR",
                "units": ["A12"],
                "email": "dana@example.com",
                "mobile": "+15125550143",
                "home_phone": None,
                "street": "12 Oak Street, Apt 4",
                "city": "Austin",
                "state": "TX",
                "postal_code": "78704",
                "language": "en",
                "delivery_method": "print",
                "statements_by_sms": False,
                "legal_email": False,
                "autopay_method": "NET",
                "autopay_day": None,
                "balance_cents": 0,
                "opt_in_status": "none",
                "created_at": "2026-03-01T15:30:00Z",
                "moved_out_at": None,
            }
        }
    )

    id: str
    external_id: str | None
    name: str
    facility: str = Field(description="The facility's code.")
    units: list[str] = Field(description="The units rented now.")
    email: str | None
    mobile: str | None = Field(description="E.164.")
    home_phone: str | None
    street: str | None
    city: str | None
    state: str | None
    postal_code: str | None
    language: Language
    delivery_method: DeliveryMethod
    statements_by_sms: bool
    legal_email: bool = Field(description="The rental agreement permits legal notices by e-mail.")
    autopay_method: AutopayMethod
    autopay_day: int | None = Field(description="The day of the month on which AutoPay draws.")
    balance_cents: int = Field(description="US cents; what the tenant owes is positive.")
    opt_in_status: OptInStatus
    created_at: AwareDatetime
    moved_out_at: AwareDatetime | None = Field(
        description="When the last rental ended, or will; null while one has no end."
    )


class TenantPage(BaseModel):
    """A page of tenants, newest first."""

    items: list[Tenant]
    next_cursor: str | None = Field(description="Of the next page; null: this was the last.")


class NewMessage(In):
    """A text to write to a tenant."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"body": "Your new gate code is ready at the office."}}
    )

    body: Annotated[str, _text(1600, shortest=1)] = Field(description="At most 1,600 UTF-16 units.")
    on_behalf_of: Annotated[str, _text(60, shortest=1)] | None = Field(
        None,
        description="Username of the staff member who writes it, and is shown as its sender. "
        "Without, the text is automatic: outside texting hours it waits.",
    )
    quiet_hours_reason: Annotated[str, _text(300)] | None = Field(
        None, description="With `on_behalf_of`: why it must leave outside texting hours."
    )


class CarrierError(BaseModel):
    """Why the carrier did not deliver."""

    code: int | None = Field(description="The carrier's number.")
    text: str


class Reason(BaseModel):
    """Why a text was withheld."""

    code: str
    text: str


class Media(BaseModel):
    """A picture or other file that came with a text."""

    type: str = Field(description="What it is; while it is not there, what the carrier said.")
    url: str = Field(description="As the carrier named it.")
    state: Literal["fetching", "there", "refused", "gone"] = Field(
        description="`refused`: not kept, for its size or kind; `gone`: the carrier had it no more."
    )
    file: str | None = Field(description="Where it can be read, once it is there.")


class Message(BaseModel):
    """One text, in or out."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "204",
                "direction": "out",
                "purpose": "chat",
                "status": "queued",
                "body": "Your new gate code is ready at the office.",
                "segments": 1,
                "created_at": "2026-03-01T16:00:00Z",
                "sent_at": None,
                "delivered_at": None,
                "staff": None,
                "error": None,
                "facility": "LAMAR",
                "tenant": "17",
                "tenants": ["17"],
                "from": None,
                "to": "+15125550143",
                "not_before": None,
                "reason": None,
                "media": [],
            }
        },
        populate_by_name=True,
    )

    id: str
    direction: Literal["in", "out"]
    purpose: Literal["chat", "statement", "notice", "confirmation", "help"]
    status: MessageStatus
    body: str
    segments: int
    created_at: AwareDatetime
    sent_at: AwareDatetime | None
    delivered_at: AwareDatetime | None
    staff: str | None = Field(description="Username of the staff member who wrote it.")
    error: CarrierError | None
    facility: str = Field(description="The facility's code.")
    tenant: str | None = Field(description="Whose it is; null where nobody's or several people's.")
    tenants: list[str] = Field(description="Everyone who held the number when it came.")
    sender: str | None = Field(
        alias="from", description="E.164, a short code or a name; null until a text leaves."
    )
    to: str
    not_before: AwareDatetime | None = Field(description="It waits until then.")
    reason: Reason | None
    media: list[Media]


class MessagePage(BaseModel):
    """A page of texts, newest first."""

    items: list[Message]
    next_cursor: str | None = Field(description="Of the next page; null: this was the last.")


class PageQuery(BaseModel):
    """What every list takes."""

    cursor: Annotated[str, _text(300, shortest=1)] | None = Field(
        None, description="`next_cursor` of the page before."
    )
    limit: int = Field(USUAL, ge=1, le=LONGEST)


class TenantQuery(PageQuery):
    """Which tenants to list."""

    facility: FacilityCode | None = Field(None, description="A facility's code.")
    search: Annotated[str, _text(200)] | None = Field(
        None, description="Words in names, units, e-mail, ids; digits of numbers."
    )
    external_id: ExternalId | None = None
    opt_in_status: OptInStatus | None = None


class MessageQuery(PageQuery):
    """Which texts to list."""

    facility: FacilityCode | None = Field(None, description="A facility's code.")
    status: MessageStatus | None = None
    since: Moment | None = Field(
        None,
        description="An ISO 8601 time with its zone: texts written or received then or later.",
    )
