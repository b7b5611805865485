"""The addresses of letters, and of those issued to a tenant."""

from __future__ import annotations

from django.urls import URLPattern, path

from tenantline.desk.views import letter_prints, letters, tenant_letters

urlpatterns: list[URLPattern] = [
    path("letters/", letters.page, name="letters"),
    path("letters/add/", letters.add, name="letter_add"),
    path("letters/preview/", letters.look, name="letter_preview"),
    path("letters/print/", letter_prints.page, name="letter_print"),
    path("letters/printings/<int:printing_id>/", letter_prints.one, name="letter_printing"),
    path(
        "letters/printings/<int:printing_id>/<int:part>.pdf",
        letter_prints.file,
        name="letter_printing_file",
    ),
    path(
        "letters/printings/<int:printing_id>/mailing-list.csv",
        letter_prints.mailing_list,
        name="letter_mailing_list",
    ),
    path("letters/<int:letter_id>/", letters.one, name="letter"),
    path("letters/<int:letter_id>/retire/", letters.retire, name="letter_retire"),
    path("tenants/<int:tenant_id>/letters/", tenant_letters.page, name="tenant_letters"),
    path("tenants/<int:tenant_id>/letters/look/", tenant_letters.look, name="tenant_letter_look"),
    path(
        "tenants/<int:tenant_id>/letters/<int:notice_id>/print/",
        letter_prints.again,
        name="notice_print",
    ),
    path(
        "tenants/<int:tenant_id>/letters/<int:notice_id>/withdraw/",
        tenant_letters.withdraw,
        name="notice_withdraw",
    ),
]
