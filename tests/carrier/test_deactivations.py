"""The daily lists of deactivated numbers: which are asked for, and what their lines say."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tenantline.carrier import deactivations
from tenantline.carrier.media import NotFetched
from tenantline.carrier.types import SANDBOX_ACCOUNT_SID, Account

ACCOUNT = Account("AC" + "a1" * 16, "b2" * 16)
OURS = frozenset({"+15125550143", "+17375550111"})
UNTIL = datetime(2026, 11, 23, 10, tzinfo=UTC)


def ours(data: bytes) -> list[str]:
    return sorted(deactivations._given(data, UNTIL, OURS).ours)


@pytest.mark.parametrize(
    "line",
    [
        b"+15125550143", b"15125550143", b"5125550143", b"  +15125550143 ", b'"+15125550143"',
        b"15125550143,2026-11-22", b"\xef\xbb\xbf15125550143", b"15125550143\tVerizon",
    ],
)  # fmt: skip
def test_a_number_is_read_however_it_is_written(line):
    assert deactivations.number_in(line) == "+15125550143"


@pytest.mark.parametrize(
    "line", [b"", b"phone_number", b"+4915125550143", b"512555014", b"25125550143", b"\xff" * 90]
)
def test_what_is_no_number_of_the_united_states_is_none(line):
    assert deactivations.number_in(line) == ""


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\n\n"])
def test_a_list_has_a_number_a_line_and_maybe_a_head(end):
    rows = [b"phone_number", b"15125550143", b"12125550100", b"17375550111", b""]
    assert ours(end.join(rows)) == sorted(OURS)


def test_an_empty_list_names_nobody():
    assert ours(b"") == []


@pytest.mark.parametrize("data", [b"<html>503</html>", b"\x1f\x8b\x08\x00", b"a\nb\n15125550143"])
def test_what_is_no_list_is_no_empty_list(data):
    with pytest.raises(NotFetched):
        ours(data)


def test_a_day_is_asked_for_when_it_is_over_in_hawaii():
    before = deactivations.days(ACCOUNT, datetime(2026, 11, 23, 9, 59, tzinfo=UTC))
    after = deactivations.days(ACCOUNT, datetime(2026, 11, 23, 10, tzinfo=UTC))
    assert (before[-1], after[-1]) == (date(2026, 11, 21), date(2026, 11, 22))
    assert (len(after), after[0]) == (7, date(2026, 11, 16))


def test_the_sandbox_publishes_at_once():
    sandbox = Account(SANDBOX_ACCOUNT_SID, "", "sandbox")
    days = deactivations.days(sandbox, datetime(2026, 11, 23, 1, tzinfo=UTC))
    assert days[-1] == date(2026, 11, 23)
