"""The desk's addresses of statements."""

from __future__ import annotations

from django.urls import URLPattern, path

from tenantline.desk.views import statement_prints as prints
from tenantline.desk.views import tenant_statements as views

_TENANT = "tenants/<int:tenant_id>/statements"
_PRINTING = "statements/printings/<int:print_id>"

urlpatterns: list[URLPattern] = [
    path(f"{_TENANT}/issue/", views.issue, name="statement_issue"),
    path(f"{_TENANT}/<int:statement_id>/again/", views.again, name="statement_again"),
    path(f"{_TENANT}/<int:statement_id>/pdf/", views.pdf_file, name="statement_file"),
    path(f"{_TENANT}/<int:statement_id>/print/", prints.again, name="statement_print_again"),
    path("statements/print/", prints.page, name="statement_print"),
    path(f"{_PRINTING}/", prints.one, name="statement_printing"),
    path(f"{_PRINTING}/<int:part>.pdf", prints.file, name="statement_printing_file"),
    path(f"{_PRINTING}/all.zip", prints.archive, name="statement_printing_archive"),
    path(f"{_PRINTING}/mailing-list.csv", prints.mailing_list, name="statement_mailing_list"),
]
