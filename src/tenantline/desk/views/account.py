"""Signing in and out, one's own password, one's own theme."""

from __future__ import annotations

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from tenantline.desk.access import DeskRequest, staff_page
from tenantline.staff import actions as staff


class SignInForm(AuthenticationForm):
    """Username and password. Usernames are kept in lower case, so any case is taken."""

    error_messages = {
        "invalid_login": "That username and password do not belong together.",
        "inactive": "That username and password do not belong together.",
    }

    def clean_username(self) -> str:
        """Return the username as it is kept."""
        return str(self.cleaned_data["username"]).strip().lower()


class SignIn(LoginView):
    """The way in. Five failures lock a username at an address for 15 minutes (django-axes)."""

    form_class = SignInForm
    template_name = "desk/sign_in.html"
    redirect_authenticated_user = True


class SignOut(LogoutView):
    """The way out, by POST."""

    next_page = "desk:sign_in"


@require_POST
@staff_page
def theme(request: DeskRequest) -> HttpResponse:
    """Keep whether this person wants light, dark or the system's choice."""
    staff.set_theme(staff=request.desk.member, theme=request.POST.get("theme", ""))
    return HttpResponse(status=204)
