"""The API's documents on automations and what came of them."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

Mode = Literal["off", "simulated", "on"]
State = Literal["issued", "simulated", "withheld", "failed"]
Method = Literal["sms", "email", "print"]


class Automation(BaseModel):
    """When something happens, a letter is issued by the tenant's method."""

    id: str
    facility: str | None = Field(description="The facility's code; null: at all facilities.")
    when: str = Field(description="What it waits for, such as `charge_due`.")
    days: int
    words: str = Field(description="The same for a person to read.")
    letter: str
    mode: Mode


class AutomationPage(BaseModel):
    """A page of automations, newest first."""

    items: list[Automation]
    next_cursor: str | None = Field(description="Of the next page; null: this was the last.")


class Result(BaseModel):
    """What an automation did about one cause; there is at most one for each."""

    id: str
    facility: str
    tenant: str
    cause: str = Field(description="What it was about, such as `charge:311`.")
    state: State
    method: Method | None = Field(description="How the letter went, or would have gone.")
    reason: str | None = Field(description="Why it did not go, or not by the method wanted.")
    notice: str | None = Field(description="What was issued.")
    at: AwareDatetime


class ResultPage(BaseModel):
    """A page of results, newest first."""

    items: list[Result]
    next_cursor: str | None = Field(description="Of the next page; null: this was the last.")
