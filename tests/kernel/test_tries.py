"""Vain tries: some at once, then one now and then; by address and over all."""

from __future__ import annotations

import pytest

from tenantline.kernel.tries import Tries, whose


def tries() -> Tries:
    return Tries(at_once=3, every=10.0, by_all=5, every_of_all=1.0)


def waits(counted: Tries, *addresses: str, now: float = 100.0) -> list[int]:
    found = []
    for address in addresses:
        found.append(counted.wait(address, now))
        counted.note(address, now)
    return found


def test_some_are_free_then_one_after_each_while():
    counted = tries()
    assert waits(counted, *["192.0.2.1"] * 4) == [0, 0, 0, 10]
    assert counted.wait("192.0.2.1", 119.0) == 1
    assert counted.wait("192.0.2.1", 120.0) == 0


def test_another_address_does_not_wait_until_all_have_tried_too_often():
    counted = tries()
    waits(counted, *["192.0.2.1"] * 4)
    assert waits(counted, "192.0.2.2", "192.0.2.3") == [0, 1]


@pytest.mark.parametrize(
    ("address", "network"),
    [("192.0.2.1", "192.0.2.1"), ("2001:db8::1:2:3:4", "2001:db8::/64"), ("", "")],
)
def test_a_household_counts_as_one(address, network):
    assert whose(address) == network
