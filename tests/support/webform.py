"""Filling in a page's form without a browser, by what the page itself says."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin

import requests


class _Inputs(HTMLParser):
    """Collects the inputs of a page's first form."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: list[dict[str, str]] = []
        self._inside = self._done = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form" and not self._done:
            self._inside, self.action = True, values.get("action", "")
        if tag == "input" and self._inside:
            self.fields.append(values)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside, self._done = False, True


def hand_in(link: str, *ticked: str) -> requests.Response:
    """Open a form, tick the boxes of these values (all, where none is named), press the button."""
    page = requests.get(link, timeout=20)
    page.raise_for_status()
    inputs = _Inputs()
    inputs.feed(page.text)
    data = [
        (field["name"], field.get("value", "on"))
        for field in inputs.fields
        if field.get("name")
        and (field.get("type") != "checkbox" or not ticked or field.get("value") in ticked)
    ]
    return requests.post(urljoin(link, inputs.action), data=data, timeout=20)
