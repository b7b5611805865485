"""Addresses that need no sign-in, relative to the root."""

from django.urls import path

from tenantline.public import counter, opt_in, pages, statements

urlpatterns = [
    path("opt-in/<str:token>/", opt_in.form, name="opt-in"),
    path("opt-in/<str:token>/done/", opt_in.done, name="opt-in-done"),
    path("opt-in/<str:token>/not-mine/", opt_in.not_mine, name="opt-in-not-mine"),
    path("opt-in/<str:token>/not-mine/done/", opt_in.disowned, name="opt-in-disowned"),
    path("c/", counter.typed, name="counter-typed"),
    path("c/<str:token>/", counter.code, name="counter-code"),
    path("s/<str:token>/", statements.statement, name="statement"),
    path("s/<str:token>/pdf/", statements.download, name="statement-pdf"),
    path("program/", pages.programs, name="programs"),
    path("program/<str:code>/", pages.program, name="program"),
    path("terms/", pages.terms, name="terms"),
    path("terms/<str:code>/", pages.terms, name="facility-terms"),
    path("privacy/", pages.privacy, name="privacy"),
    path("privacy/<str:code>/", pages.privacy, name="facility-privacy"),
]
