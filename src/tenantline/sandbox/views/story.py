"""The sandbox's front page: the whole story in a few steps."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tenantline.sandbox.demo_only import demo_only


@require_safe
@demo_only
def page(request: HttpRequest) -> HttpResponse:
    """Show what to try, in order."""
    return render(request, "sandbox/story.html", {"here": "story"})
