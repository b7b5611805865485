"""What a fault is: a named story that one tells a world, and the list of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.faults.world import World

Story = Callable[[World], None]
BOTH: Final = ("sqlite", "postgres")


@dataclass(frozen=True)
class Fault:
    """One story. ``short``: `make test` tells it too."""

    name: str
    tell: Story
    engines: tuple[str, ...]
    short: bool


FAULTS: dict[str, Fault] = {}


def fault(
    name: str, *, engines: tuple[str, ...] = BOTH, short: bool = False
) -> Callable[[Story], Story]:
    """Keep a story under its name, which is also its row in docs/reliability.md."""

    def keep(story: Story) -> Story:
        assert name not in FAULTS, name
        FAULTS[name] = Fault(name, story, engines, short)
        return story

    return keep
