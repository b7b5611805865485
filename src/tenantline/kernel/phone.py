"""Phone numbers: every usual spelling in, E.164 inside, what people read out.

Numbering facts come from the ``phonenumbers`` library (Google's metadata). Two rules are our own:
numbers of the North American plan are judged by their structure, because the library calls the
555-01XX numbers of demos and manuals invalid; and a prefix that belongs to no place has no zone.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NewType

import phonenumbers
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_geographical_number
from phonenumbers.tzdata import TIMEZONE_DATA

from tenantline.kernel.errors import BadInput

Number = NewType("Number", str)
"""A phone number in E.164, e.g. ``+15125550143``."""

_LABEL: Final = re.compile(r"^\s*(?:tel|sms)\s*:\s*", re.IGNORECASE)
_EXTENSION: Final = re.compile(
    r"(?:ext(?:ension|n)?\.?|x|#|;ext=|,{2,})\s*[.:]?\s*\d+\s*$", re.IGNORECASE
)
_LETTER: Final = re.compile(r"[^\W\d_]")
_SHORT_CODE: Final = re.compile(r"\d{3,6}")
_NANP: Final = re.compile(r"\+1(\d{3})(\d{3})(\d{4})")

# Area codes that name no place: toll-free, personal (5XX), Canada's and the government's, premium.
_PLACELESS: Final = frozenset(
    map(
        str,
        [
            *(800, 822, 833, 844, 855, 866, 877, 888, 456, 700, 710, 900),
            *(600, 622, 633, 644, 655, 677, 688, 500, *range(521, 530), 532, 533, 535, 538),
            *(*range(542, 548), 549, 550, *range(552, 557), 558, 566, 569, 577, 578, 588, 589),
        ],
    )
)
_TOLL_FREE: Final = frozenset({"800", "822", "833", "844", "855", "866", "877", "888"})
_PREMIUM: Final = frozenset({"900", "976"})
# The rest of the plan (Jamaica, the Dominican Republic, …) is abroad to a US carrier account.
_AT_HOME: Final = frozenset({"US", "CA", "PR", "VI", "GU", "AS", "MP"})


def parse(text: str, *, region: str = "US") -> Number:
    """Read a phone number in any usual spelling.

    ``region`` (ISO 3166) is assumed where no country code is written; US reads CA as well.
    Raises ``BadInput`` for an empty text, letters, an extension, a short code, a wrong length.
    """
    bare = _LABEL.sub("", text).strip()
    if not bare:
        raise BadInput("The phone number is empty.", field="mobile")
    if _EXTENSION.search(bare):
        raise BadInput("A number with an extension cannot receive texts.", field="mobile")
    if _LETTER.search(bare):
        raise BadInput("A phone number is written with digits only.", field="mobile")
    if looks_like_short_code(bare):
        raise BadInput("That is a short code, not a phone number.", field="mobile")
    try:
        found = phonenumbers.parse(bare, region)
    except phonenumbers.NumberParseException:
        raise BadInput("That is not a phone number.", field="mobile") from None
    possible = phonenumbers.is_possible_number_with_reason(found)
    # Without its area code ("555-0143") a number is possible too, but it is nobody's.
    if found.extension or possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise BadInput("That phone number has too few or too many digits.", field="mobile")
    return Number(phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164))


def looks_like_short_code(text: str) -> bool:
    """Say whether a sender is a code of 3 to 6 digits, which nobody can answer."""
    return _SHORT_CODE.fullmatch(text.strip()) is not None


def national(number: Number) -> str:
    """Write a number as people read it: ``(512) 555-0143``, or ``+44 7700 900123`` from abroad.

    What is no E.164 number (a short code, a name) comes back as it is.
    """
    if parts := _NANP.fullmatch(number):
        return "({}) {}-{}".format(*parts.groups())
    found = _understood(number)
    if found is None:
        return number
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@lru_cache(maxsize=65_536)
def zones(number: Number) -> frozenset[str]:
    """Return the IANA zones that the number's prefix may mean.

    Empty for a prefix that belongs to no place or is unknown: the caller then uses the facility's.
    """
    if parts := _NANP.fullmatch(number):
        area = parts.group(1)
        return frozenset() if area in _PLACELESS else _zones_in_plan(number, f"1{area}")
    found = _understood(number)
    if found is None:
        return frozenset()
    return frozenset(time_zones_for_geographical_number(found)) - {UNKNOWN_TIMEZONE}


def textable(number: Number) -> bool:
    """Say whether a text to this number can make sense for a US or Canadian account.

    Structure only: it does not know landlines from mobiles, nor whether the number is in use.
    """
    parts = _NANP.fullmatch(number)
    if parts is None:
        return False
    area, exchange, _line = parts.groups()
    if area in _PREMIUM or exchange in _PREMIUM or not _well_formed(area, exchange):
        return False
    region = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    return region is None or region in _AT_HOME


def is_toll_free(number: Number) -> bool:
    """Say whether a number of the North American plan is toll-free."""
    parts = _NANP.fullmatch(number)
    return parts is not None and parts.group(1) in _TOLL_FREE


def is_american(number: Number) -> bool:
    """Say whether a number belongs to the United States, or to no country that is known."""
    if _NANP.fullmatch(number) is None:
        return False
    region = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    return region is None or region == "US"


def _well_formed(area: str, exchange: str) -> bool:
    # Area code 555 is nobody's; manuals and demos use it with any exchange, such as 555-010-1234.
    return _n_x_x(area) and (area == "555" or _n_x_x(exchange))


def _n_x_x(digits: str) -> bool:
    # The plan's NXX: 2-9 first, and never N11, which are service codes such as 911.
    return digits[0] in "23456789" and digits[1:] != "11"


def _zones_in_plan(number: Number, area: str) -> frozenset[str]:
    """Zones of the exchange where the metadata knows it, else of the whole area code."""
    for length in range(len(number) - 1, len(area), -1):
        if (known := TIMEZONE_DATA.get(number[1 : length + 1])) is not None:
            return frozenset(known)
    return _zones_of_area(area)


@lru_cache(maxsize=1_024)
def _zones_of_area(area: str) -> frozenset[str]:
    # An exchange that is not listed may lie in any of them: 812 is Eastern and Central.
    keys = (key for key in TIMEZONE_DATA if key.startswith(area))
    return frozenset(zone for key in keys for zone in TIMEZONE_DATA[key])


def _understood(number: Number) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
