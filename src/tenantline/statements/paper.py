"""Statements on paper: which go by print, and how one looks. ``printing`` does the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from tenantline.facilities.scope import Scope
from tenantline.printing.papers import Papers, Waiting
from tenantline.statements import content, pdf, queries
from tenantline.statements.content import Party
from tenantline.statements.models import Delivery, Sheet, Statement
from tenantline.statements.pdf import Paper
from tenantline.tenants import postal
from tenantline.tenants.postal import Recipient


class _Statements(Papers):
    kind = "statements"
    one = "statement"
    to_paper = "statement__"
    form = pdf.FORM
    again_words = {
        "en": "Printed again on {day}, first on {first}",
        "es": "Impreso de nuevo el {day}; por primera vez el {first}",
    }

    def get(self, *, scope: Scope, paper_id: int) -> Statement:
        return queries.get(scope=scope, statement_id=paper_id)

    def rows(self) -> QuerySet[Delivery]:
        # What was sent last counts: neither corrected ones nor those that went another way.
        later = Delivery.objects.filter(statement=OuterRef("statement"), pk__gt=OuterRef("pk"))
        rows = Delivery.objects.select_related("statement__tenant")
        return rows.filter(~Exists(later), ~Exists(_newer("statement__")), method="print")

    def waiting(self, row: Delivery) -> Waiting:
        return Waiting(row.statement, row.at, row.by_name)

    def narrowed(self, rows: QuerySet[Delivery], choice: str) -> QuerySet[Delivery]:
        content.month(choice)  # or BadInput
        return rows.filter(statement__period=choice)

    def choices(self, rows: QuerySet[Delivery]) -> list[tuple[str, str, int]]:
        months = rows.order_by("-statement__period").values_list("statement__period")
        return [(month, month, count) for month, count in months.annotate(n=Count("pk"))]

    def sheets(self) -> QuerySet[Sheet]:
        return Sheet.objects.select_related("paper__tenant")

    def dead(self) -> Q:
        return Q(Exists(_newer("paper__")))

    def what(self, paper: Statement) -> str:
        return paper.period

    def units(self, paper: Statement, now: datetime) -> Sequence[str]:
        return content.from_json(paper.content).units

    def leaf(self, sheet: Sheet, first: datetime | None) -> Paper:
        said, to = content.from_json(sheet.paper.content), Recipient(**sheet.recipient)
        return Paper(
            replace(said, tenant=Party(to.name, postal.lines(to))),
            self.again(sheet, first, said.language),
            postal.is_whole(to),
        )


def _newer(prefix: str) -> QuerySet[Statement]:
    """Return what corrects a row's statement, to which ``prefix`` leads."""
    return Statement.objects.filter(
        tenant=OuterRef(f"{prefix}tenant"),
        period=OuterRef(f"{prefix}period"),
        number__gt=OuterRef(f"{prefix}number"),
    )


PAPERS: Final = _Statements()
