"""The board: names are checked, each widget stands once, moves end at the ends."""

from __future__ import annotations

import pytest

from tenantline.kernel.errors import BadInput
from tenantline.staff import actions, board, queries
from tests import cast

BOARD = ["unread", "waiting", "consent"]


def test_a_new_person_has_the_default_board():
    assert board.kept(None) == ["unread", "waiting", "consent"]
    assert board.kept([]) == []


def test_a_widget_that_is_gone_is_left_out():
    assert board.kept(["weather", "lines"]) == ["lines"]


def test_what_is_opened_comes_last_and_stands_once():
    assert board.opened(BOARD, "lines") == [*BOARD, "lines"]
    assert board.opened(BOARD, "unread") == BOARD


@pytest.mark.parametrize(
    ("name", "step", "after"),
    [
        ("waiting", -1, ["waiting", "unread", "consent"]),
        ("waiting", 1, ["unread", "consent", "waiting"]),
        ("unread", -1, BOARD),
        ("consent", 1, BOARD),
        ("lines", 1, BOARD),
    ],
)
def test_a_move_ends_at_an_end(name: str, step: int, after: list[str]):
    assert board.moved(BOARD, name, step) == after


def test_an_order_neither_adds_nor_loses_a_widget():
    assert board.reordered(BOARD, ["consent", "lines", "unread"]) == [
        "consent",
        "unread",
        "waiting",
    ]


@pytest.mark.parametrize("act", [board.opened, board.closed, lambda b, n: board.moved(b, n, 1)])
def test_there_is_no_widget_of_another_name(act):
    with pytest.raises(BadInput):
        act(BOARD, "weather")


@pytest.mark.django_db
def test_the_board_is_kept_for_each_person():
    anna, bert = cast.member("anna", "owner"), cast.member("bert", "owner")
    actions.set_widgets(staff=anna, widgets=["lines", "unread", "lines"])
    for person in (anna, bert):
        person.refresh_from_db()
    assert queries.widgets_of(anna) == ["lines", "unread"]
    assert queries.widgets_of(bert) == list(board.DEFAULT)
