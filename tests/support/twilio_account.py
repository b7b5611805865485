"""One Twilio account: what it holds, and how its API answers (without faults and sockets)."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from tests.support import twilio_resources as resources
from tests.support.twilio_resources import ACCOUNT_SID, NUMBER, TOKEN, Message

JSON = dict[str, Any]
NOT_FOUND = "The requested resource was not found"


class TwilioAccount:
    """An account's state. All public attributes may be read and changed."""

    def __init__(self) -> None:
        self.account_sid, self.token = ACCOUNT_SID, TOKEN
        self.account_type, self.account_status = "Full", "active"
        self.numbers: dict[str, JSON] = {}
        self.services: dict[str, JSON] = {}
        self.pools: dict[str, list[str]] = {}
        self.messages: list[Message] = []  # oldest first
        self.deactivations: dict[str, str] = {}  # where the list of a day lies
        self.page_size_limit = 1000
        self.lock = threading.RLock()
        self.add_number(NUMBER)

    def add_number(self, number: str, *, sms: bool = True) -> str:
        """Put a number into the account; returns its SID."""
        resource = resources.number_json(self.account_sid, number, sms=sms)
        self.numbers[resource["sid"]] = resource
        return resource["sid"]

    def add_service(self, name: str, numbers: Sequence[str] = ()) -> str:
        """Put a Messaging Service with these numbers into the account; returns its SID."""
        resource = resources.service_json(self.account_sid, name)
        self.services[resource["sid"]] = resource
        self.pools[resource["sid"]] = list(numbers)
        return resource["sid"]

    def receive(self, *, from_: str, to: str, body: str) -> Message:
        """Put an inbound text into the account's list without calling any webhook."""
        return self._keep(from_, to, body, "received", inbound=True)

    def send(self, recipient: str, sender: str, body: str) -> Message:
        """Put a text of ours into the account's list without a request that asked for it."""
        return self._keep(sender, recipient, body, "sent")

    @property
    def accepted(self) -> list[Message]:
        """The messages that Twilio took from us, oldest first."""
        return [message for message in self.messages if not message.inbound]

    def sent_to(self, number: str) -> list[Message]:
        """The messages that Twilio took from us for one number, oldest first."""
        return [message for message in self.accepted if message.recipient == number]

    def respond(self, method: str, path: str, query: str, body: bytes) -> tuple[int, JSON]:
        """Answer one call of Twilio's API: HTTP status and JSON."""
        account = f"/2010-04-01/Accounts/{self.account_sid}"
        routes: dict[tuple[str, str], Callable[..., tuple[int, JSON]]] = {
            ("GET", rf"{account}\.json"): self._account,
            ("POST", rf"{account}/Messages\.json"): self._create,
            ("GET", rf"{account}/Messages\.json"): self._list,
            ("GET", rf"{account}/Messages/(\w+)\.json"): self._fetch,
            ("GET", rf"{account}/IncomingPhoneNumbers\.json"): self._list_numbers,
            ("POST", rf"{account}/IncomingPhoneNumbers/(\w+)\.json"): self._update_number,
            ("GET", r"/v1/Services"): self._list_services,
            ("GET", r"/v1/Services/(\w+)"): self._fetch_service,
            ("POST", r"/v1/Services/(\w+)"): self._update_service,
            ("GET", r"/v1/Services/(\w+)/PhoneNumbers"): self._list_pool,
            ("GET", r"/v1/Deactivations"): self._deactivations,
        }
        for (wanted, pattern), view in routes.items():
            if wanted == method and (found := re.fullmatch(pattern, path)):
                return view(path, dict(parse_qsl(query)), _form(body), *found.groups())
        return error(404, 20404, NOT_FOUND)

    def _account(self, _path: str, _query: dict, _form: dict) -> tuple[int, JSON]:
        return 200, resources.account_json(
            self.account_sid, self.token, self.account_type, self.account_status
        )

    def _create(self, _path: str, _query: dict, form: dict[str, str]) -> tuple[int, JSON]:
        if "To" not in form:
            return error(400, 21604, "A 'To' phone number is required.")
        status = "accepted" if "MessagingServiceSid" in form else "queued"
        message = self._keep(
            form.get("From", NUMBER), form["To"], form.get("Body", ""), status, form=form
        )
        return 201, message.as_json()

    def _list(self, path: str, query: dict[str, str], _form: dict) -> tuple[int, JSON]:
        found = [
            message.as_json()
            for message in reversed(self.messages)
            if message.sender == query.get("From", message.sender)
            and message.recipient == query.get("To", message.recipient)
            and _sent_since(message, query.get("DateSent>"))
        ]
        return 200, self._page(path, query, "messages", found)

    def _fetch(self, _path: str, _query: dict, _form: dict, sid: str) -> tuple[int, JSON]:
        for message in self.messages:
            if message.sid == sid:
                return 200, message.as_json()
        return error(404, 20404, NOT_FOUND)

    def _list_numbers(self, path: str, query: dict[str, str], _form: dict) -> tuple[int, JSON]:
        wanted = query.get("PhoneNumber")
        found = [n for n in self.numbers.values() if wanted in {None, n["phone_number"]}]
        return 200, self._page(path, query, "incoming_phone_numbers", found)

    def _update_number(
        self, _path: str, _query: dict, form: dict[str, str], sid: str
    ) -> tuple[int, JSON]:
        return _update(self.numbers, sid, form)

    def _list_services(self, path: str, query: dict[str, str], _form: dict) -> tuple[int, JSON]:
        return 200, self._v1_page(path, query, "services", list(self.services.values()))

    def _fetch_service(self, _path: str, _query: dict, _form: dict, sid: str) -> tuple[int, JSON]:
        return _update(self.services, sid, {})

    def _update_service(
        self, _path: str, _query: dict, form: dict[str, str], sid: str
    ) -> tuple[int, JSON]:
        return _update(self.services, sid, form)

    def _deactivations(self, _path: str, query: dict[str, str], _form: dict) -> tuple[int, JSON]:
        where = self.deactivations.get(query["Date"])
        return (307, {"redirect_to": where}) if where else error(404, 20404, NOT_FOUND)

    def _list_pool(
        self, path: str, query: dict[str, str], _form: dict, sid: str
    ) -> tuple[int, JSON]:
        found = [
            resources.service_number_json(self.account_sid, sid, number)
            for number in self.pools.get(sid, [])
        ]
        return 200, self._v1_page(path, query, "phone_numbers", found)

    def _keep(
        self,
        sender: str,
        recipient: str,
        body: str,
        status: str,
        *,
        inbound: bool = False,
        form: dict[str, str] | None = None,
    ) -> Message:
        with self.lock:
            number = len(self.messages)
            message = Message(number, sender, recipient, body, status, inbound, form or {})
            message.sent_at = message.created_at if inbound else None
            self.messages.append(message)
        return message

    def _page(self, path: str, query: dict[str, str], key: str, found: list) -> JSON:
        size = min(int(query.get("PageSize", 50)), self.page_size_limit)
        page = int(query.get("Page", 0))

        def at(number: int) -> str:
            more = {"Page": str(number), "PageToken": f"PA{number}"} if number else {"Page": "0"}
            return f"{path}?{urlencode({**query, 'PageSize': str(size), **more})}"

        start = page * size
        last = start + size >= len(found)
        return {
            key: found[start : start + size],
            "page": page,
            "page_size": size,
            "start": start,
            "end": start + len(found[start : start + size]),
            "uri": at(page),
            "first_page_uri": at(0),
            "next_page_uri": None if last else at(page + 1),
            "previous_page_uri": at(page - 1) if page else None,
        }

    def _v1_page(self, path: str, query: dict[str, str], key: str, found: list) -> JSON:
        old = self._page(path, query, key, found)
        host = "https://messaging.twilio.com"
        meta = {"key": key, "page": old["page"], "page_size": old["page_size"]}
        for name in ("first_page", "next_page", "previous_page"):
            link = old[f"{name}_uri"]
            meta[f"{name}_url"] = f"{host}{link}" if link else None
        return {key: old[key], "meta": {**meta, "url": f"{host}{old['uri']}"}}


def error(status: int, code: int, message: str) -> tuple[int, JSON]:
    """Twilio's error body."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    return status, {"code": code, "message": message, "more_info": more, "status": status}


def _update(resources_: dict[str, JSON], sid: str, form: dict[str, str]) -> tuple[int, JSON]:
    if sid not in resources_:
        return error(404, 20404, NOT_FOUND)
    for name, value in form.items():
        key = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
        resources_[sid][key] = {"true": True, "false": False}.get(value, value)
    return 200, resources_[sid]


def _sent_since(message: Message, day: str | None) -> bool:
    # A message without date_sent is missing from a list that is filtered by date, as at Twilio.
    if day is None:
        return True
    return message.sent_at is not None and message.sent_at.date() >= date.fromisoformat(day)


def _form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode(), keep_blank_values=True))
