"""Reading public pages: what a person sees, and which boxes are there."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from html.parser import HTMLParser


def words(page: str) -> str:
    """Return the page's text, blanks joined."""
    bare = re.sub(r"<[^>]+>", " ", page)
    return re.sub(r"\s+([.,:;])", r"\1", " ".join(html.unescape(bare).split()))


@dataclass(frozen=True)
class Element:
    name: str
    attributes: dict[str, str | None]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Element] = []

    def handle_starttag(self, tag, attrs):
        self.found.append(Element(tag, dict(attrs)))


def elements(page: str, *names: str) -> list[Element]:
    """Return the elements of these names, all where none is named."""
    reader = _Reader()
    reader.feed(page)
    return [one for one in reader.found if not names or one.name in names]


def boxes(page: str) -> dict[str, bool]:
    """Return the checkboxes by value, and whether each is ticked."""
    inputs = [one.attributes for one in elements(page, "input")]
    return {str(one["value"]): "checked" in one for one in inputs if one.get("type") == "checkbox"}
