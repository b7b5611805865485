"""What templates say of postal addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tenantline.tenants import postal

if TYPE_CHECKING:
    from tenantline.tenants.models import Tenant

register = template.Library()


@register.filter
def has_address(tenant: Tenant) -> bool:
    """Tell whether the post can deliver to a tenant."""
    return postal.is_whole(tenant)


@register.simple_tag
def postal_address(tenant: Tenant) -> SafeString:
    """Write a tenant's postal address in one line, marked where it is not whole."""
    known = ", ".join(postal.lines(tenant))
    if postal.is_whole(tenant):
        return format_html("{}", known)
    words = "Address not whole" if known else "No address"
    return format_html('<span class="badge waiting">{}</span> {}', words, known)
