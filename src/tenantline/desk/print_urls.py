"""The addresses of letters and statements on paper."""

from __future__ import annotations

from django.urls import URLPattern, path

from tenantline.desk.prints import LETTERS, STATEMENTS, Kind
from tenantline.desk.views import prints as views


def _of(kind: Kind) -> list[URLPattern]:
    under, one, given = kind.papers.kind, kind.one, {"kind": kind}
    printing = f"{under}/printings/<int:printing_id>"
    again = f"tenants/<int:tenant_id>/{under}/<int:paper_id>/print/"
    return [
        path(f"{under}/print/", views.page, given, name=f"{one}_print"),
        path(f"{printing}/", views.one, given, name=f"{one}_printing"),
        path(f"{printing}/<int:part>.pdf", views.file, given, name=f"{one}_printing_file"),
        path(f"{printing}/mailing-list.csv", views.mailing_list, given, name=f"{one}_mailing_list"),
        path(again, views.again, given, name=f"{one}_print_again"),
    ]


urlpatterns: list[URLPattern] = [
    *_of(LETTERS),
    *_of(STATEMENTS),
    path(
        "statements/printings/<int:printing_id>/all.zip",
        views.archive,
        {"kind": STATEMENTS},
        name="statement_printing_archive",
    ),
]
