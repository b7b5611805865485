"""Letters on paper: which go by print, and how one looks. ``printing`` does the rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Count, Q, QuerySet

from tenantline.billing import queries as billing
from tenantline.facilities.models import Facility
from tenantline.facilities.scope import Scope
from tenantline.kernel import days, phone
from tenantline.kernel.digits import whole_number
from tenantline.letters import layout, queries
from tenantline.letters.layout import Page
from tenantline.letters.models import Notice, Sheet
from tenantline.printing.papers import Papers, Waiting
from tenantline.tenants import postal
from tenantline.tenants import queries as tenants
from tenantline.tenants.postal import Recipient


class _Letters(Papers):
    kind = "letters"
    one = "letter"
    to_paper = ""
    form = layout.FORM
    again_words = {
        "en": "Printed again on {day}, first on {first}",
        "es": "Impresa de nuevo el {day}; por primera vez el {first}",
    }
    id_column = "notice"

    def get(self, *, scope: Scope, paper_id: int) -> Notice:
        return queries.notice(scope=scope, notice_id=paper_id)

    def rows(self) -> QuerySet[Notice]:
        rows = Notice.objects.select_related("letter", "tenant")
        return rows.filter(method="print", withdrawn_at=None)

    def waiting(self, row: Notice) -> Waiting:
        return Waiting(row, row.issued_at, row.issued_by)

    def narrowed(self, rows: QuerySet[Notice], choice: str) -> QuerySet[Notice]:
        letter_id = whole_number(choice)
        return rows.filter(letter=letter_id) if letter_id is not None else rows

    def choices(self, rows: QuerySet[Notice]) -> list[tuple[str, str, int]]:
        named = rows.order_by("letter__name", "letter_id").values_list("letter_id", "letter__name")
        return [(str(pk), name, count) for pk, name, count in named.annotate(n=Count("pk"))]

    def sheets(self) -> QuerySet[Sheet]:
        return Sheet.objects.select_related("paper__letter", "paper__tenant")

    def dead(self) -> Q:
        return Q(paper__withdrawn_at__isnull=False)

    def what(self, paper: Notice) -> str:
        return paper.letter.name

    def units(self, paper: Notice, now: datetime) -> Sequence[str]:
        return tenants.units(paper.tenant_id, now)

    def leaf(self, sheet: Sheet, first: datetime | None) -> Page:
        notice, site, to = sheet.paper, sheet.printing.facility, Recipient(**sheet.recipient)
        issued = billing.today(site, notice.issued_at)
        return Page(
            sender=site.name,
            sender_lines=(*postal.lines(site), *_reached(site)),
            dated=days.long_date(issued, language=notice.language),
            name=to.name,
            address=postal.lines(to),
            subject=notice.words["subject"],
            body=notice.words["print"],
            language=notice.language,
            what=notice.letter.name,
            again=self.again(sheet, first, notice.language),
            is_whole=postal.is_whole(to),
        )


def _reached(site: Facility) -> list[str]:
    office = phone.national(phone.Number(site.phone)) if site.phone else ""
    return [one for one in (office, site.email) if one]


PAPERS: Final = _Letters()
