"""A filter for sentences that hold a phone number."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def unbroken(sentence: str, number: str) -> SafeString | str:
    """Return the sentence, escaped, with the number marked so that no line breaks inside it."""
    if not number or number not in sentence:
        return sentence
    parts = sentence.split(number)
    marked = format_html('<span class="figures">{}</span>', number)
    return format_html_join(marked, "{}", ((part,) for part in parts))
