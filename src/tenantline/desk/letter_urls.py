"""The addresses of letters, and of those issued to a tenant."""

from __future__ import annotations

from django.urls import URLPattern, path

from tenantline.desk.views import letters, tenant_letters

urlpatterns: list[URLPattern] = [
    path("letters/", letters.page, name="letters"),
    path("letters/add/", letters.add, name="letter_add"),
    path("letters/preview/", letters.look, name="letter_preview"),
    path("letters/<int:letter_id>/", letters.one, name="letter"),
    path("letters/<int:letter_id>/retire/", letters.retire, name="letter_retire"),
    path("tenants/<int:tenant_id>/letters/", tenant_letters.page, name="tenant_letters"),
    path("tenants/<int:tenant_id>/letters/look/", tenant_letters.look, name="tenant_letter_look"),
    path(
        "tenants/<int:tenant_id>/letters/<int:notice_id>/withdraw/",
        tenant_letters.withdraw,
        name="notice_withdraw",
    ),
]
