"""Signing in and out, one's own password, one's own theme and keys."""

from __future__ import annotations

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tenantline.desk import problems
from tenantline.desk.access import DeskRequest, staff_page
from tenantline.desk.forms import Form, typed
from tenantline.kernel import clock
from tenantline.kernel.errors import BadInput, NotFound
from tenantline.staff import actions as staff
from tenantline.staff import links, queries


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


@require_POST
@staff_page
def slash_key(request: DeskRequest) -> HttpResponse:
    """Keep whether the key / takes this person to the search."""
    staff.set_slash_key(staff=request.desk.member, slash_key=request.POST.get("slash_key", ""))
    return HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
@staff_page
def password(request: DeskRequest) -> HttpResponse:
    """Change one's own password; other sessions of the person end."""
    form = Form()
    if request.method == "POST":
        try:
            _change_own(request)
        except BadInput as error:
            form = typed(request.POST, error)
        else:
            problems.say(request, "Your password was changed; you stay signed in here only.")
            return problems.see_other("desk:home")
    return render(request, "desk/password.html", {"form": form}, status=400 if form.error else 200)


def _change_own(request: DeskRequest) -> None:
    member = request.desk.member
    if not member.check_password(request.POST.get("current_password", "")):
        raise BadInput("That is not your current password.", field="current_password")
    staff.change_password(
        staff=member, password=_twice(request), by=request.desk.actor, now=request.desk.now
    )
    update_session_auth_hash(request, member)


def _twice(request: HttpRequest) -> str:
    chosen = request.POST.get("password", "")
    if chosen != request.POST.get("password_again", ""):
        raise BadInput("The two new passwords are not the same.", field="password_again")
    return chosen


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def choose_password(request: HttpRequest, staff_id: int, token: str) -> HttpResponse:
    """Choose a password by a one-time link. Looking at the page changes nothing."""
    try:
        member = links.member_for(staff_id=staff_id, token=token)
    except NotFound as error:
        return problems.response(request, error)
    form = Form()
    if request.method == "POST":
        try:
            chosen = _twice(request)
            links.choose_password(
                staff_id=staff_id,
                token=token,
                password=chosen,
                by=queries.actor_for(member),
                now=clock.now(),
            )
        except BadInput as error:
            form = typed(request.POST, error)
        else:
            problems.say(request, "Your password is set. Sign in with it.")
            return problems.see_other("desk:sign_in")
    context = {"form": form, "member": member}
    return render(request, "desk/choose_password.html", context, status=400 if form.error else 200)
