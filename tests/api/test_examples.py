"""Every example in docs/api.md is asked as it stands there, and answered as it stands there.

A fenced `sh` block holds one curl command. What follows says how it is answered: a paragraph that
begins with a status in backticks (200 if there is none), then a `json` block.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client, override_settings
from time_machine import travel

from tenantline.automations import actions as automations
from tenantline.conversations.models import Message
from tenantline.kernel.phone import Number
from tenantline.letters import actions
from tenantline.letters.paper import PAPERS as LETTERS
from tenantline.printing import actions as printing
from tenantline.runs.models import Run
from tenantline.statements.paper import PAPERS as STATEMENTS
from tests import cast
from tests.api.test_openapi import OPERATIONS
from tests.architecture import tree
from tests.runs.batches import statements
from tests.statements import people
from tests.support.files import keep, text_with_file

PAGE = (tree.ROOT / "docs" / "api.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```sh\n(?P<asked>.*?)\n```\s*(?P<after>.*?)(?=```sh\n|\Z)", re.DOTALL)
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
IDS = {"id", "tenant", "tenants", "payment", "letter", "message", "reversal"}


@dataclass(frozen=True)
class Example:
    """One request of the page. ``answer`` is None where the page shows none."""

    method: str
    target: str
    headers: dict[str, str]
    body: str
    status: int
    answer: Any


def examples() -> Iterator[Example]:
    for block in BLOCK.finditer(PAGE):
        if "curl " in block["asked"]:
            yield example(block["asked"], block["after"])


def example(asked: str, after: str) -> Example:
    words = shlex.split(asked.replace("\\\n", " "))
    options: dict[str, list[str]] = {}
    for name, value in pairwise(words):
        if name in {"-H", "-d", "-X"}:
            options.setdefault(name, []).append(value)
    target = next(word for word in words if word.startswith("$API"))
    body = "".join(options.get("-d", []))
    said = re.match(r"`(\d{3})`", after)
    shown = re.match(r"(?:[^\n]+\n)*\n?```json\n(.*?)\n```", after, re.DOTALL)
    return Example(
        method=options.get("-X", ["POST" if body else "GET"])[0],
        target=target.removeprefix("$API"),
        headers=dict(header.split(": ", 1) for header in options["-H"] if header != "$AUTH"),
        body=body,
        status=int(said[1]) if said else 200,
        answer=json.loads(shown[1]) if shown else None,
    )


EXAMPLES = list(examples())


@pytest.fixture
def world(shown_there, db, settings, time_machine):
    """What the page's examples are about; each test rolls back to it, and to noon."""
    time_machine.move_to(cast.at_noon() + timedelta(minutes=1))
    settings.DEMO = True
    return shown_there


@pytest.fixture(scope="module")
def shown_there(shared_rows):
    """Dana, who agreed to chat and notices, and a text to her; and the ids they have here."""
    with override_settings(DEMO=True), travel(cast.at_noon()):
        return laid_out()


def laid_out():
    site = cast.site("LAMAR")
    number = Number("+15125550143")
    dana = cast.opted_in(site, "Dana Whitfield", "chat", "notices", number=number)
    text = cast.write(dana, "A text of before.")
    ids = {"/tenants/1": f"/tenants/{dana.pk}", "/messages/3": f"/messages/{text.pk}"}
    keep(file := text_with_file(site))
    ids["/messages/12"] = f"/messages/{Message.objects.get(call=file.call_id).pk}"
    ids["/ledger-entries/7"] = f"/ledger-entries/{cast.entry(dana).pk}"
    ids["/drafts/4"] = f"/drafts/{cast.draft(cast.tenant(site, 'Ana Diaz')).pk}"
    cast.on_autopay(dana)
    ids["/returned-payments/6"] = f"/returned-payments/{cast.came_back(dana).pk}"
    ids['"payment": "9"'] = f'"payment": "{cast.entry(dana, "payment").pk}"'
    cast.entry(dana)  # that payment has paid what was owed before
    notice = cast.notice(dana)
    ids["/notices/5"] = f"/notices/{notice.pk}"
    ids |= on_paper(site, notice.letter)
    ids["/automations/15"] = f"/automations/{automation(site).pk}"
    for run, state in ((8, "planned"), (9, "running"), (10, "paused"), (11, "done")):
        ids[f"/statement-runs/{run}"] = f"/statement-runs/{run_in(site, dana, state)}"
    ids['"tenant": "1"'] = f'"tenant": "{dana.pk}"'
    ids['"letter": "3"'] = f'"letter": "{notice.letter_id}"'
    return ids, cast.token("manager", site)[1]


def on_paper(site, letter):
    """Print a letter and a statement of somebody else."""
    ana = cast.entry(cast.tenant(site, "Ana Print")).tenant
    given: Any = {"by": cast.TESTER, "now": cast.at_noon()}
    notice = actions.issue(letter=letter, tenant=ana, method="print", **given).notice
    statement = people.issue(ana, cast.at_noon(), chosen="print").statement
    letters = printing.print_again(LETTERS, paper=notice, **given)
    statements_too = printing.print_again(STATEMENTS, paper=statement, **given)
    return {
        "/letter-printings/13": f"/letter-printings/{letters.pk}",
        "/statement-printings/14": f"/statement-printings/{statements_too.pk}",
    }


def automation(site):
    letter = cast.letter("Thanks", category="payment_received", facility=site)
    return automations.add(
        when="payment_received", days=0, letter=letter, facility=site, by=cast.TESTER,
        now=cast.at_noon(),
    )  # fmt: skip


def run_in(site, who, state):
    """Make a run that stands so; in one that is done something has failed."""
    run = statements(site, chosen=[who.pk])
    run.items.create(tenant=who, state="failed" if state == "done" else "waiting", method="print")
    Run.objects.filter(pk=run.pk).update(state=state)
    return run.pk


@pytest.mark.parametrize("shown", EXAMPLES, ids=lambda e: f"{e.method} {e.target}")
def test_an_example_is_answered_as_the_page_says(world, shown):
    ids, secret = world
    target = re.sub(
        r"^/(tenants|messages|ledger-entries|drafts|returned-payments|notices|statement-runs"
        r"|letter-printings|statement-printings|automations)/\d+",
        lambda found: ids[found[0]],
        shown.target,
    )
    answer = Client().generic(
        shown.method,
        f"/api/v1{target}",
        data=re.sub(r'"(tenant|letter|payment)": "\d+"', lambda found: ids[found[0]], shown.body),
        content_type=shown.headers.get("Content-Type", ""),
        headers=shown.headers | {"Authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == shown.status, answer.content
    if shown.answer is not None:
        assert differences(shown.answer, answer.json()) == []


def differences(shown: Any, got: Any, where: str = "") -> list[str]:
    """Return where an answer is not what the page shows. Ids and times need only be such."""
    if isinstance(shown, dict) and isinstance(got, dict) and shown.keys() == got.keys():
        return [d for name in shown for d in differences(shown[name], got[name], name)]
    if isinstance(shown, list) and isinstance(got, list) and len(shown) == len(got):
        return [d for a, b in zip(shown, got, strict=True) for d in differences(a, b, where)]
    if shown == got or stands_for(shown, got, where):
        return []
    return [f"{where}: the page shows {shown!r}, the answer is {got!r}"]


def stands_for(shown: Any, got: Any, name: str) -> bool:
    if not (isinstance(shown, str) and isinstance(got, str)):
        return False
    if TIME.fullmatch(shown) and TIME.fullmatch(got):
        return datetime.fromisoformat(got) is not None
    return name in IDS and got.isdecimal()


def test_every_operation_has_an_example():
    asked = {
        (shown.method, re.sub(r"/\d+", "/{id}", shown.target.partition("?")[0]))
        for shown in EXAMPLES
    }
    assert asked == {(method, re.sub(r"\{\w+\}", "{id}", path)) for method, path in OPERATIONS}


def test_every_block_of_json_belongs_to_an_example():
    shown = sum(example.answer is not None for example in EXAMPLES)
    assert shown == PAGE.count("```json\n")


def test_a_page_that_says_something_else_is_found_out():
    assert differences({"a": [1]}, {"a": [2]}) != []
    assert differences({"a": 1}, {"a": 1, "b": 1}) != []
    assert differences({"since": "2026-11-22T17:02:16.814Z"}, {"since": None}) != []
