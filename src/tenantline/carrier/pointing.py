"""Where Twilio hands a number's inbound texts: who decides it, and how it is changed and put back.

A number in a Messaging Service is heard at the service's address, unless the service leaves it to
the number; a TwiML application on the number takes the place of the number's address. (Source:
https://www.twilio.com/docs/messaging/api/service-resource)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tenantline.carrier import account as accounts
from tenantline.carrier.account import AccountInfo, NumberInfo, ServiceInfo
from tenantline.carrier.errors import CarrierProblem
from tenantline.carrier.types import Account
from tenantline.kernel.errors import Refused
from tenantline.kernel.phone import Number, national

if TYPE_CHECKING:
    from tenantline.carrier.client import Client, Method

Work = Callable[["Client"], Awaitable[list[str]]]


@dataclass(frozen=True)
class Found:
    """What stands at Twilio: account, number, and the Messaging Service that holds it, if any."""

    account: AccountInfo
    number: NumberInfo
    service: ServiceInfo | None
    pool: tuple[Number, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What is to be changed so that inbound texts reach ``hook``."""

    number: NumberInfo
    service: ServiceInfo | None
    hook: str
    point_number: bool
    point_service: bool

    def previous(self) -> dict[str, Any]:
        """Return what the plan overwrites, as it is kept with the line; our own is not kept."""
        kept: dict[str, Any] = {}
        if self.point_number:
            kept["number"] = {
                "sid": self.number.sid,
                "sms_url": self.number.sms_url,
                "sms_method": self.number.sms_method,
                "sms_application_sid": self.number.sms_application_sid,
            }
        if self.point_service and self.service is not None:
            kept["service"] = {
                "sid": self.service.sid,
                "inbound_request_url": self.service.inbound_request_url,
                "inbound_method": self.service.inbound_method,
                "use_inbound_webhook_on_number": self.service.use_inbound_webhook_on_number,
            }
        return kept


def overrides(service: ServiceInfo | None) -> bool:
    """Say whether the service's own address counts, not the number's."""
    return service is not None and not service.use_inbound_webhook_on_number


def plan(found: Found, *, hook: str, keep: bool, take_service: bool, ours: frozenset[str]) -> Plan:
    """Decide what to change; ``ours`` are the numbers that this installation answers for.

    Raises:
        Refused: the Messaging Service that decides holds numbers of somebody else.
    """
    number, service = found.number, found.service
    strangers = [one for one in found.pool if one not in ours]
    heard_by_service = overrides(service) and service is not None
    if keep:
        return Plan(number, service, hook, point_number=False, point_service=False)
    wrong = heard_by_service and service is not None and not _hears(service, hook)
    if wrong and strangers and not take_service:
        raise Refused(
            "service_shared",
            f"The Messaging Service of {national(number.number)} decides where its texts go and "
            f"holds {len(strangers)} other number(s), {strangers[0]} for one, whose texts would "
            "come here too; use --take-service if they should, or --keep-webhook.",
        )
    points_here = (number.sms_url, number.sms_method) == (hook, "POST")
    return Plan(
        number,
        service,
        hook,
        point_number=not points_here or bool(number.sms_application_sid),
        point_service=wrong,
    )


def _hears(service: ServiceInfo, hook: str) -> bool:
    return (service.inbound_request_url, service.inbound_method) == (hook, "POST")


@dataclass(frozen=True)
class Point:
    """Carries out a plan. If its second step fails, the first is undone."""

    account: Account
    plan: Plan

    async def __call__(self, client: Client) -> list[str]:
        """Change what the plan says at Twilio."""
        if self.plan.point_number:
            await self._point_number(client)
        if self.plan.point_service and self.plan.service is not None:
            try:
                await accounts.point_service(
                    client,
                    self.account,
                    self.plan.service.sid,
                    inbound_request_url=self.plan.hook,
                )
            except CarrierProblem:
                await PutBack(self.account, self.plan.previous(), self.plan.hook)(client)
                raise
        return []

    async def _point_number(self, client: Client) -> None:
        number = self.plan.number
        after = await accounts.point_number(
            client,
            self.account,
            number.sid,
            sms_url=self.plan.hook,
            application_sid="" if number.sms_application_sid else None,
        )
        if after.sms_application_sid:
            raise CarrierProblem(
                "A TwiML application on the number decides where its texts go, and Twilio did not "
                "take it away; remove it in Twilio's console.",
                code="carrier_refused",
            )


@dataclass(frozen=True)
class PutBack:
    """Puts back what stood before, where what stands there now is still ours."""

    account: Account
    previous: dict[str, Any]
    hook: str

    async def __call__(self, client: Client) -> list[str]:
        """Set Twilio back; return what was done, in sentences."""
        report = []
        if "service" in self.previous:
            report.append(await self._service(client, self.previous["service"]))
        if "number" in self.previous:
            report.append(await self._number(client, self.previous["number"]))
        return report

    async def _service(self, client: Client, was: dict[str, Any]) -> str:
        service = await accounts.fetch_service(client, self.account, was["sid"])
        if service.inbound_request_url != self.hook:
            return "The Messaging Service points elsewhere by now and was left as it is."
        await accounts.point_service(
            client,
            self.account,
            was["sid"],
            inbound_request_url=was["inbound_request_url"],
            inbound_method=_method(was["inbound_method"]),
            use_inbound_webhook_on_number=was["use_inbound_webhook_on_number"],
        )
        return f"The Messaging Service points to {was['inbound_request_url'] or 'nowhere'} again."

    async def _number(self, client: Client, was: dict[str, Any]) -> str:
        held = await accounts.list_numbers(client, self.account)
        now = next((one for one in held if one.sid == was["sid"]), None)
        if now is None:
            return "The number is not in the Twilio account any more."
        if now.sms_url != self.hook:
            return "The number points elsewhere by now and was left as it is."
        await accounts.point_number(
            client,
            self.account,
            was["sid"],
            sms_url=was["sms_url"],
            sms_method=_method(was["sms_method"]),
            application_sid=was["sms_application_sid"] or None,
        )
        return f"The number points to {was['sms_url'] or 'nowhere'} again."


def report(found: Found, plan: Plan, *, replaced: str) -> list[str]:
    """Return what an installer should know: what was found, what was changed, what is left."""
    number = found.number
    lines = [f"The account {found.account.friendly_name or found.account.sid} is active."]
    if found.account.type == "Trial":
        lines.append(
            "It is a trial account: it reaches only verified numbers, and newer trials send no "
            "texts of one's own; upgrade it before tenants rely on it."
        )
    if plan.point_number:
        lines.append(f"{national(number.number)} now points to {plan.hook}; {_was(number)}.")
    if plan.point_service and plan.service is not None:
        before = plan.service.inbound_request_url or "nowhere"
        lines.append(
            f"Its Messaging Service {plan.service.friendly_name} now points there too; before it "
            f"pointed to {before}."
        )
    if not (plan.point_number or plan.point_service):
        lines.append(f"Nothing was changed at Twilio; texts must reach {plan.hook} by POST.")
    if replaced:
        lines.append(f"{national(Number(replaced))} no longer sends; texts to it are still heard.")
    lines += _registration(found)
    lines.append("Nothing was sent to anybody.")
    lines.append("Next: start the web server and the worker, then run tenantline doctor.")
    return lines


def _was(number: NumberInfo) -> str:
    if number.sms_application_sid:
        return f"before, the TwiML application {number.sms_application_sid} decided"
    return f"before it pointed to {number.sms_url or 'nowhere'}"


def _registration(found: Found) -> list[str]:
    if is_toll_free(found.number.number):
        return ["Check in Twilio's console that toll-free verification of the number is approved."]
    if found.service is not None and found.service.us_app_to_person_registered:
        return []
    return [
        "The number is not in a Messaging Service with an A2P 10DLC campaign; US carriers block "
        "unregistered texts (error 30034)."
    ]


def is_toll_free(number: str) -> bool:
    """Say whether a number is toll-free, which needs verification in place of a campaign."""
    return number[2:5] in {"800", "833", "844", "855", "866", "877", "888"}


def _method(name: str) -> Method:
    return "GET" if name == "GET" else "POST"
