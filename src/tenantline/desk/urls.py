"""The desk's addresses, in the order of the rail."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tenantline.desk.views import account, home

app_name = "desk"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.page, name="home"),
    path("sign-in/", account.SignIn.as_view(), name="sign_in"),
    path("sign-out/", account.SignOut.as_view(), name="sign_out"),
    path("me/theme/", account.theme, name="theme"),
]
