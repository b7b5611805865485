"""The colours: each pair that is used together can be told apart, in light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tenantline.desk

CSS = Path(tenantline.desk.__path__[0]) / "static/desk/tokens.css"
PAIR = re.compile(r"--([\w-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\)")
COLOURS = {name: (light, dark) for name, light, dark in PAIR.findall(CSS.read_text())}

TEXT = [
    *((ink, paper) for ink in ("ink", "muted", "accent") for paper in ("paper", "surface")),
    *((ink, "sunken") for ink in ("ink", "muted")),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-accent-soft", "accent-soft"),
    ("accent", "waiting-soft"),
    *((tone, f"{tone}-soft") for tone in ("waiting", "stop", "good")),
    *(("ink", f"{tone}-soft") for tone in ("waiting", "stop", "good", "accent")),
    *(("muted", f"{tone}-soft") for tone in ("waiting", "stop", "good", "accent")),
    *((tone, "surface") for tone in ("waiting", "stop", "good")),
]
CONTROLS = [("edge", "surface"), ("edge", "paper"), ("accent", "paper")]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), TEXT)
def test_text_stands_out_from_its_ground(ink: str, paper: str, theme: int):
    assert contrast(COLOURS[ink][theme], COLOURS[paper][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "paper"), CONTROLS)
def test_controls_stand_out_from_their_ground(edge: str, paper: str, theme: int):
    assert contrast(COLOURS[edge][theme], COLOURS[paper][theme]) >= 3
