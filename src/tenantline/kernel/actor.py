"""Who acts. Every write names its actor; the audit log keeps it as it was then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["staff", "token", "tenant", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """An acting person, token or part of the system.

    ``ref`` is the id within its kind as text; ``name`` is what a log shows (a username, a
    token's name, a tenant's name, a loop's name).
    """

    kind: ActorKind
    ref: str
    name: str


def system(name: str) -> Actor:
    """Return the actor for work that nobody asked for by hand, e.g. ``system("dispatch")``."""
    return Actor("system", "", name)
