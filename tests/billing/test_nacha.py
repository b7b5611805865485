"""Return files: what is sound is read to the cent, what is damaged is refused whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenantline.billing import nacha
from tenantline.billing.nacha import Damaged
from tests.billing.returnfile import Back, records, written

ONE = Back()
ROUTINGS = ["091000019", "071000301", "021000021"]
words = st.text("ABCXYZ 0123456789-.", max_size=15).map(str.strip)
backs = st.builds(
    Back,
    code=st.sampled_from(["R01", "R02", "R10", "R29"]),
    cents=st.integers(0, 10**10 - 1),
    who=words,
    name=words,
    original=st.integers(0, 10**15 - 1).map("{:015}".format),
    routing=st.sampled_from(ROUTINGS),
    transaction=st.sampled_from(["21", "26", "31", "36"]),
    more=words,
)


def numbered(found):
    return [replace(back, trace=f"{n:015}") for n, back in enumerate(found, 1)]


batches = st.lists(st.lists(backs, min_size=1, max_size=4).map(numbered), min_size=1, max_size=3)


@settings(max_examples=60, deadline=None)
@given(batches, st.sampled_from(["\n", "\r\n", ""]), st.booleans())
def test_what_a_bank_writes_is_read_to_the_cent(wanted, ending, filled):
    found = nacha.read(written(*wanted, ending=ending, filled=filled))
    every = [back for some in wanted for back in some]
    assert found.made_on == date(2026, 11, 20)
    assert [
        (r.reason, r.amount_cents, r.individual_id, r.individual_name, r.original_trace,
         r.information, r.is_debit)
        for r in found.returns
    ] == [
        (b.code, b.cents, b.who, b.name, b.original, b.more, b.transaction[1] == "6")
        for b in every
    ]  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_a_byte_that_is_changed_is_found_or_moves_no_money(data):
    sound = written(
        [
            ONE,
            Back(cents=500, trace="091000010000002", original="07100030000002 ".strip().zfill(15)),
        ]
    )
    place = data.draw(st.integers(0, len(sound) - 1))
    byte = data.draw(st.integers(0, 255))
    damaged = sound[:place] + bytes([byte]) + sound[place + 1 :]
    try:
        found = nacha.read(damaged)
    except Damaged:
        return
    before = nacha.read(sound)
    assert [(r.amount_cents, r.is_debit, r.trace) for r in found.returns] == [
        (r.amount_cents, r.is_debit, r.trace) for r in before.returns
    ]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_file_that_was_cut_off_or_lost_a_line_is_refused(data):
    lines = records([ONE], [replace(ONE, trace="091000010000009")])
    place = data.draw(st.integers(0, len(lines) - 1))
    less = lines[:place] + lines[place + 1 :]
    cut = written([ONE])[: data.draw(st.integers(0, 94 * 5))]
    for content in ("".join(f"{line}\n" for line in less).encode(), cut):
        with pytest.raises(Damaged):
            nacha.read(content)


def changed(place, first, text):
    """Return the file with other characters at ``first`` (from 1) of a record."""
    lines = records([ONE])
    line = lines[place]
    lines[place] = line[: first - 1] + text + line[first - 1 + len(text) :]
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("place", "first", "text", "line", "why"),
    [
        (0, 35, "095", 1, "record size"),
        (0, 24, "261399", 1, "no day"),
        (1, 2, "999", 2, "service class"),
        (1, 51, "IAT", 2, "International"),
        (2, 30, "0000012901", 5, "cents debited"),
        (2, 2, "29", 3, "transaction code"),
        (2, 12, "8", 3, "check digit"),
        (2, 79, "0", 3, "addenda indicator"),
        (3, 2, "05", 4, "neither a return"),
        (3, 4, "X01", 4, "neither a return"),
        (3, 80, "091000010000007", 4, "trace number"),
        (4, 5, "000003", 5, "entries and addenda"),
        (4, 11, "0000000001", 5, "hash"),
        (4, 88, "0000002", 5, "batch control"),
        (5, 2, "000002", 6, "batches"),
        (5, 8, "000002", 6, "blocks"),
        (5, 44, "000000000005", 6, "cents credited"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(place, first, text, line, why):
    with pytest.raises(Damaged) as found:
        nacha.read(changed(place, first, text))
    assert found.value.line == line
    assert why in found.value.reason
    assert "refused whole" in found.value.sentence


@pytest.mark.parametrize(("code", "is_debit"), [("26", True), ("27", True), ("21", False)])
def test_whether_a_debit_came_back_is_read_from_either_code_of_it(code, is_debit):
    assert nacha.read(written([Back(transaction=code)])).returns[0].is_debit is is_debit


def test_notifications_of_change_are_read_and_move_nothing():
    file = nacha.read(written([ONE], [Back("C01", more="987654321", trace="091000010000003")]))
    (change,) = file.changes
    assert (change.change, change.corrected, change.amount_cents) == ("C01", "987654321", 0)
    assert len(file.returns) == 1


def test_a_notification_may_stand_among_returns():
    file = nacha.read(written([ONE, Back("C01", trace="091000010000003")]))
    assert (len(file.returns), len(file.changes)) == (1, 1)


def test_account_numbers_are_given_to_nobody():
    (back,) = nacha.read(written([ONE])).returns
    told = [back.individual_id, back.individual_name, back.information, back.original_trace]
    assert not any("123456789" in word for word in told)


def test_a_file_in_which_nothing_came_back_is_sound():
    for ending in ("\n", "\r\n", ""):
        read = nacha.read(written(ending=ending) + b"\r\n\r\n")  # and blank lines at its end
        assert (read.returns, read.changes) == ([], [])


@pytest.mark.parametrize("nothing", [b"", b"\n", b"\r\n\r\n"])
def test_a_file_that_is_empty_is_refused(nothing):
    with pytest.raises(Damaged, match="empty"):
        nacha.read(nothing)
