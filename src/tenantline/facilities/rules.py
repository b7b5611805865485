"""What a facility's data must look like. Pure."""

from __future__ import annotations

import re
from datetime import time
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from tenantline.kernel.errors import BadInput

WIDEST_OPENS = time(8)  # R6
WIDEST_CLOSES = time(20)
LONGEST_CHAT_DAYS = 60  # R15
_MAILBOX = r"[^@\s\x00-\x1f\x7f<>\",;:\\()\[\]]+"
_EMAIL = re.compile(rf"{_MAILBOX}@{_MAILBOX}\.[^@\s\x00-\x1f\x7f<>\",;:\\()\[\].]{{2,}}")
_zones = cache(available_timezones)  # looks through a folder of files
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,23}")


def checked_code(code: str) -> str:
    """Return a facility code (1 to 24 letters, digits, dashes), or raise ``BadInput``."""
    code = code.strip()
    if not _CODE.fullmatch(code):
        raise BadInput(
            "A facility code has 1 to 24 letters, digits, dashes or underscores.", field="code"
        )
    return code


def checked_zone(name: str) -> str:
    """Return an IANA zone name, or raise ``BadInput``."""
    if name not in _zones() or "/" not in name:
        raise BadInput(
            f"{name[:60] or 'Nothing'} is not a time zone; use a name such as America/Chicago.",
            field="timezone",
        )
    return ZoneInfo(name).key


def checked_email(address: str) -> str:
    """Return an e-mail address, to which answers go (``Reply-To``), or raise ``BadInput``."""
    address = address.strip()
    if not _EMAIL.fullmatch(address):
        raise BadInput(f"{address[:60]} is not an e-mail address.", field="email")
    return address


def checked_window(opens: time, closes: time) -> None:
    """R6: raise ``BadInput`` unless the window lies within 8:00-20:00 and holds an hour."""
    if opens < WIDEST_OPENS or closes > WIDEST_CLOSES:
        raise BadInput(
            "Quiet hours can be made longer, never shorter: texts leave between 8:00 and 20:00.",
            field="window_opens",
        )
    minutes = (closes.hour - opens.hour) * 60 + closes.minute - opens.minute
    if minutes < 60:
        raise BadInput("The hours for texts must be at least one hour long.", field="window_closes")


def checked_chat_days(days: int) -> int:
    """R15: return for how many days chat goes on after a move-out, or raise ``BadInput``."""
    if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= LONGEST_CHAT_DAYS:
        raise BadInput(
            "Chat can go on for 0 to 60 days after a move-out, in whole days.",
            field="chat_days_after_move_out",
        )
    return days
