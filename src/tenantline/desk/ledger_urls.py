"""The desk's addresses of accounts: entries, drafts, returned payments."""

from __future__ import annotations

from django.urls import URLPattern, path

from tenantline.desk.views import autopay, ledger
from tenantline.desk.views.settings import returns

_TENANT = "tenants/<int:tenant_id>/account"

urlpatterns: list[URLPattern] = [
    path(f"{_TENANT}/", ledger.page, name="account"),
    path(f"{_TENANT}/<int:entry_id>/reverse/", ledger.reverse, name="entry_reverse"),
    path(f"{_TENANT}/<int:entry_id>/returned/", ledger.came_back, name="entry_returned"),
    path(f"{_TENANT}/returned/<int:returned_id>/retry/", ledger.retry, name="draft_retry"),
    path(f"{_TENANT}/draft/", autopay.plan, name="draft_plan"),
    path(f"{_TENANT}/draft/done/", autopay.settle, {"state": "done"}, name="draft_done"),
    path(f"{_TENANT}/draft/cancel/", autopay.settle, {"state": "cancelled"}, name="draft_cancel"),
    path("settings/returns/", returns.page, name="returns"),
    path("settings/returns/fee/", returns.fee, name="returns_fee"),
    path("settings/returns/files/<int:return_file_id>/", returns.one, name="return_file"),
    path("settings/returns/<int:returned_id>/", returns.settle, name="return_settle"),
]
