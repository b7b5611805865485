"""What a tenant can agree to, and which purposes each service covers."""

from __future__ import annotations

from typing import Final, Literal, get_args

Service = Literal["chat", "statements", "notices"]
Purpose = Literal["chat", "statement", "notice", "confirmation", "help"]

SERVICES: Final[tuple[Service, ...]] = get_args(Service)
PURPOSES: Final[tuple[Purpose, ...]] = get_args(Purpose)

# R1: the service that covers a purpose. R16's two replies are covered by any active service.
COVERED_BY: Final[dict[Purpose, tuple[Service, ...]]] = {
    "chat": ("chat",),
    "statement": ("statements",),
    "notice": ("notices",),
    "confirmation": SERVICES,
    "help": SERVICES,
}
