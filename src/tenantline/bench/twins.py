"""The same again for many: rows written after those that the product itself has written for one.

To opt a tenant in takes a tenth of a second, to ask for a text a third of that, nearly all of it
questions; three hundred tenants and thousands of texts would be minutes of preparation. So the
product's own actions are played for one, ``Noticed`` says which rows they added, and ``write`` adds
the like for every ``Twin``: in the same tables, with ids, names and numbers of its own, consent
events chained by the ledger, clearances sealed and noted by the gate's own means.
``tests/cli/test_bench_world.py`` holds them against the product's own, row by row. Whatever is
asked when a text leaves is asked of theirs too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.db import transaction
from django.db.models import CharField, JSONField, Max

from tenantline.consent import clearances, ledger
from tenantline.consent.ledger import Evidence
from tenantline.kernel import many
from tenantline.kernel.secrets import vault
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from django.db.models import Model

    from tenantline.consent.models import LedgerEvent

Key = tuple[str, Any]
"""A row: its model's label in lower case, and its primary key."""
_AT_ONCE: Final = 500
_NAMED: Final = re.compile(r"(facility|line|tenant|form):(\d+)")  # audit's subjects, mail's letters
_ABOUT: Final = {"audit.entry", "feed.event", "mail.email"}  # tell of rows by kind and number
_BY_THE_THOUSAND: Final = {
    "conversations.message_tenants",
    "feed.event",
    "outbox.text",
}
_KINDS: Final = {
    "facility": "facilities.facility",
    "line": "facilities.line",
    "tenant": "tenants.tenant",
    "form": "consent.optinform",
}
_TOPICS: Final = {
    "consent": "tenants.tenant",
    "line": "facilities.line",
    "message": "conversations.conversation",
    "tenant": "tenants.tenant",
}


@dataclass(frozen=True)
class Twin:
    """One more of the example's kind: what stands for the example's rows, and for its words.

    ``ids`` grows by the rows that are written. All twins of an example replace the same words.
    """

    ids: dict[Key, Any]
    words: Mapping[str, str]


class Noticed:
    """The rows that are added inside a ``with`` block."""

    def __init__(self) -> None:
        self.rows: list[Model] = []
        self._before: dict[type[Model], int] = {}

    def __enter__(self) -> Noticed:
        self._before = {model: _highest(model) for model in _tables()}
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            return
        for model, highest in self._before.items():
            self.rows += model._default_manager.filter(pk__gt=highest).order_by("pk")

    def one(self, label: str) -> Any:
        """Return the only row of this model."""
        [row] = [row for row in self.rows if row._meta.label_lower == label]
        return row


def write(rows: Sequence[Model], twins: Sequence[Twin]) -> None:
    """Add for every twin what these rows are for the example."""
    for place in range(0, len(twins), _AT_ONCE):
        with transaction.atomic():
            _write(rows, twins[place : place + _AT_ONCE])


def _write(rows: Sequence[Model], twins: Sequence[Twin]) -> None:
    for label, likes in _in_order(rows).items():
        if label == "consent.particulars":
            continue  # the ledger puts them beside its events
        pairs = [(twin, row) for twin in twins for row in likes]
        for (twin, row), pk in zip(pairs, _added(label, pairs), strict=True):
            twin.ids[label, row.pk] = pk


def _added(label: str, pairs: Sequence[tuple[Twin, Any]]) -> list[Any]:
    """Add a row for each pair; return their primary keys."""
    if label == "consent.ledgerevent":
        return _chained(pairs)
    model = type(pairs[0][1])
    values = [_values(row, twin) for twin, row in pairs]
    if label in _BY_THE_THOUSAND:
        return many.insert(model, list(values[0]), [list(one.values()) for one in values])
    rows: list[Any] = [model(**one) for one in values]
    if label == "consent.clearance":
        clearances.keep_all(rows)
    else:
        model._default_manager.bulk_create(rows)
    return [row.pk for row in rows]


def _chained(pairs: Sequence[tuple[Twin, LedgerEvent]]) -> list[int]:
    ids = [twin.ids["tenants.tenant", event.tenant_id] for twin, event in pairs]
    periods = tenants.current_periods(ids)
    drafts = []
    for (twin, event), tenant_id in zip(pairs, ids, strict=True):
        beside, said = event.particulars, partial(_said, words=twin.words)
        if beside is None:
            raise LookupError("an event of the example has nothing beside it")
        body = json.loads(said(event.body))
        body["form"] = twin.ids["consent.optinform", body["form"]]
        evidence = Evidence(
            number=said(beside.number),
            ip=beside.ip,
            user_agent=beside.user_agent,
            text=said(beside.text),
        )
        drafts.append(
            ledger.Draft(
                kind=ledger.to_fact(event).kind,
                at=event.at,
                evidence=evidence,
                body=body,
                period=periods[tenant_id],
            )
        )
    return [event.pk for event in ledger.append_all(drafts)]


def _values(row: Model, twin: Twin) -> dict[str, Any]:
    """Return what the twin's row holds, by attribute; an id of its own is not among it."""
    values = {}
    for name, target, is_json in _columns(type(row)):
        value = getattr(row, name)
        if target:
            values[name] = twin.ids.get((target, value), value)
        elif is_json:
            values[name] = json.loads(_said(json.dumps(value), words=twin.words))
        elif isinstance(value, str) and value:
            values[name] = _worded(row, name, value, twin)
        else:
            values[name] = value
    return values


@cache
def _columns(model: type[Model]) -> list[tuple[str, str, bool]]:
    """Return a table's columns but the id: attribute, the model pointed at, and if it is JSON."""
    fields = [one for one in model._meta.concrete_fields if _target(one) or not one.primary_key]
    return [(one.attname, _target(one), isinstance(one, JSONField)) for one in fields]


def _worded(row: Model, name: str, value: str, twin: Twin) -> str:
    if name.endswith("_sealed"):
        return vault().seal(vault().open(value))  # what is opened is kept by how it was sealed
    if name == "ref" and row._meta.label_lower == "feed.event":
        return str(twin.ids.get((_TOPICS[vars(row)["topic"]], int(value)), value))
    named = _NAMED.fullmatch(value)
    if named is not None:
        return f"{named[1]}:{twin.ids.get((_KINDS[named[1]], int(named[2])), named[2])}"
    return _said(value, words=twin.words)


def _said(text: str, *, words: Mapping[str, str]) -> str:
    return _pattern(tuple(words)).sub(lambda found: words[found[0]], text)


@lru_cache(maxsize=4)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


def _in_order(rows: Iterable[Model]) -> dict[str, list[Model]]:
    """Return the rows by model, those first that others point at."""
    found: dict[str, list[Model]] = {}
    for row in rows:
        found.setdefault(row._meta.label_lower, []).append(row)
    order = TopologicalSorter({label: _before(label, found) for label in found})
    return {label: found[label] for label in order.static_order() if label in found}


def _before(label: str, found: Mapping[str, Sequence[Model]]) -> Iterable[str]:
    if label in _ABOUT:
        return found.keys() - _ABOUT
    said = {"consent.optinform"} if label == "consent.ledgerevent" else set()
    return said | {_target(field) for field in found[label][0]._meta.concrete_fields}


def _target(field: Any) -> str:
    """Return the label of the model that a field points at, empty where it holds a value."""
    if field.related_model is not None:
        return str(field.related_model._meta.label_lower)
    return "facilities.facility" if field.attname == "facility_id" else ""


def _tables() -> list[type[Model]]:
    """Return our tables that count their rows, those between two others included."""
    models = apps.get_models(include_auto_created=True)
    ours = [model for model in models if model.__module__.startswith("tenantline.")]
    return [model for model in ours if not isinstance(model._meta.pk, CharField)]  # files' contents


def _highest(model: type[Model]) -> int:
    return model._default_manager.aggregate(last=Max("pk"))["last"] or 0
