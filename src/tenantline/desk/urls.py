"""The desk's addresses, in the order of the rail."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tenantline.desk import chat_urls, counter_urls, export_urls, import_urls
from tenantline.desk.views import (
    account,
    frame,
    home,
    proof,
    selection,
    tenant,
    tenant_acts,
    tenant_number,
    tenants,
    waiting,
)
from tenantline.desk.views.settings import (
    audit,
    facilities,
    line,
    lines,
    pace,
    recovery,
    registration,
    staff,
    tokens,
)

app_name = "desk"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.page, name="home"),
    path("widgets/<str:name>/", home.widget, name="widget"),
    path("me/widgets/", home.arrange, name="arrange"),
    path("tenants/", tenants.page, name="tenants"),
    path("tenants/add/", tenants.add, name="tenant_add"),
    path("tenants/opt-in/", selection.page, name="selection"),
    path("tenants/opt-in/issued/", selection.result, name="selection_result"),
    path("tenants/<int:tenant_id>/", tenant.info, name="tenant"),
    path("tenants/<int:tenant_id>/messages/", tenant.messages, name="tenant_messages"),
    path("tenants/<int:tenant_id>/consent/", tenant.consent_history, name="tenant_consent"),
    path("tenants/<int:tenant_id>/consent/<int:event_id>/", tenant.words, name="words"),
    path("tenants/<int:tenant_id>/proof/<int:period_id>/", proof.packet, name="proof"),
    path("tenants/<int:tenant_id>/proof/<int:period_id>/erase/", proof.erase, name="erase"),
    path("tenants/<int:tenant_id>/opt-in/", tenant_acts.opt_in, name="opt_in"),
    path("tenants/<int:tenant_id>/number/", tenant_number.page, name="number"),
    path("tenants/<int:tenant_id>/number/changed/", tenant_number.changed, name="number_changed"),
    path("tenants/<int:tenant_id>/revocation/", tenant_acts.revocation, name="revocation"),
    path("tenants/<int:tenant_id>/hold/", tenant_acts.end_hold, name="end_hold"),
    path(
        "tenants/<int:tenant_id>/questions/<int:question_id>/", tenant_number.answer, name="answer"
    ),
    path("tenants/<int:tenant_id>/unclear/", waiting.unclear, name="unclear"),
    path("tenants/<int:tenant_id>/move-in/", tenant_acts.move_in, name="move_in"),
    path("tenants/<int:tenant_id>/move-out/", tenant_acts.move_out, name="move_out"),
    path("tenants/<int:tenant_id>/stays/", tenant_acts.stays, name="stays"),
    path("consent/", waiting.page, name="consent"),
    path("settings/", facilities.page, name="settings"),
    path("settings/add-facility/", facilities.add, name="facility_add"),
    path("settings/facilities/<str:code>/", facilities.one, name="facility"),
    path("settings/facilities/<str:code>/units/", facilities.add_units, name="facility_units"),
    path("settings/lines/", lines.page, name="lines"),
    path("settings/lines/<int:line_id>/", line.page, name="line"),
    path("settings/lines/<int:line_id>/help/", line.answer_help, name="line_help"),
    path("settings/lines/<int:line_id>/pace/", pace.page, name="line_pace"),
    path("settings/lines/<int:line_id>/registration/", registration.page, name="registration"),
    path("settings/connect-line/", lines.connect, name="line_connect"),
    path("settings/lines/<int:line_id>/pause/", lines.pause, name="line_pause"),
    path("settings/lines/<int:line_id>/resume/", lines.resume, name="line_resume"),
    path("settings/lines/<int:line_id>/disconnect/", lines.disconnect, name="line_disconnect"),
    path("settings/staff/", staff.page, name="staff"),
    path("settings/add-staff/", staff.add, name="staff_add"),
    path("settings/staff/<int:staff_id>/", staff.one, name="staff_one"),
    path("settings/staff/<int:staff_id>/active/", staff.set_active, name="staff_active"),
    path("settings/staff/<int:staff_id>/link/", staff.link, name="staff_link"),
    path("settings/tokens/", tokens.page, name="tokens"),
    path("settings/tokens/<int:token_id>/revoke/", tokens.revoke, name="token_revoke"),
    path("settings/audit/", audit.page, name="audit"),
    path("settings/recovery/", recovery.page, name="recovery"),
    path(
        "settings/recovery/lines/<int:line_id>/",
        recovery.leave_out,
        name="recovery_leave_out",
    ),
    *chat_urls.urlpatterns,
    *counter_urls.urlpatterns,
    *export_urls.urlpatterns,
    *import_urls.urlpatterns,
    path("search/", frame.search, name="search"),
    path("unread/", frame.unread, name="unread"),
    path("alarms/", frame.alarms, name="alarms"),
    path("sign-in/", account.SignIn.as_view(), name="sign_in"),
    path("sign-out/", account.SignOut.as_view(), name="sign_out"),
    path("me/password/", account.password, name="password"),
    path(
        "choose-password/<int:staff_id>/<str:token>/",
        account.choose_password,
        name="choose_password",
    ),
    path("me/theme/", account.theme, name="theme"),
]
