"""A token may ask 600 times a minute, in however many processes its requests are answered."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tenantline.kernel import clock
from tenantline.kernel.errors import TooSoon
from tenantline.staff import pace
from tenantline.staff.models import Token
from tenantline.staff.pace import Pace
from tests import cast
from tests.api.conftest import Api

START = clock.now()
db = pytest.mark.django_db


def after(seconds: float):
    return START + timedelta(seconds=seconds)


def let_through(process: Pace, now, tries: int) -> int:
    """Ask so many times in one process; return how many were let through."""
    passed = 0
    for _ in range(tries):
        try:
            process.note_request(token=Token.objects.get(), now=now)
            passed += 1
        except TooSoon:
            pass
    return passed


def use_up(now=START) -> None:
    Token.objects.update(busy_until=now + pace.AHEAD)


@db
def test_a_rested_token_may_ask_600_times_at_once_and_then_ten_times_a_second(site):
    cast.token("manager", site)
    process = Pace()
    assert let_through(process, START, 620) == 600
    assert let_through(process, after(1), 20) == 10
    assert let_through(process, after(61), 700) == 600


@db
def test_the_limit_holds_over_several_processes(site):
    cast.token("manager", site)
    processes = [Pace() for _ in range(3)]
    assert sum(let_through(process, START, 300) for process in processes) == 600


@db
def test_a_process_has_at_most_nineteen_requests_left_of_a_minute_before(site):
    cast.token("manager", site)
    one, other = Pace(), Pace()
    assert let_through(one, START, 1) == 1
    assert let_through(other, after(3600), 700) == 600
    assert let_through(one, after(3600), 700) == 19


@db
def test_tokens_do_not_slow_each_other_down(site):
    busy, idle = cast.token("manager", site), cast.token("manager", site)
    Token.objects.filter(pk=busy[0].pk).update(busy_until=clock.now() + 2 * pace.AHEAD)
    assert Api(busy[1]).refusal("GET", "/tenants") == (429, "rate_limited")
    Api(idle[1]).get("/tenants")


@db
def test_too_many_requests_are_a_problem_that_says_when_to_try_again(api):
    with time_machine.travel(START, tick=False):
        use_up(after(7))
        assert api.refusal("GET", "/tenants") == (429, "rate_limited")
    assert api.answer["Retry-After"] == "8"
    assert "try again in 8 seconds." in api.answer.json()["detail"]


@db
def test_after_the_time_that_was_named_the_token_may_ask_again(api):
    use_up()
    with time_machine.travel(START, tick=False):
        api.refusal("GET", "/tenants")
    with time_machine.travel(after(int(api.answer["Retry-After"])), tick=False):
        api.get("/tenants")


@db
def test_a_refused_write_writes_nothing(api):
    with time_machine.travel(START, tick=False):
        use_up()
        with CaptureQueriesContext(connection) as asked:
            body = {"facility": "LAMAR", "name": "Dana"}
            assert api.refusal("POST", "/tenants", body) == (429, "rate_limited")
    assert [query["sql"] for query in asked if not query["sql"].startswith("SELECT")] == []


@db
def test_twenty_requests_cost_one_write(api):
    with time_machine.travel(START, tick=False):
        api.get("/tenants")
        with CaptureQueriesContext(connection) as asked:
            for _ in range(19):
                api.get("/tenants")
    assert [query["sql"] for query in asked if query["sql"].startswith("UPDATE")] == []


@given(ahead=st.floats(-1000, 1000))
def test_room_and_wait_agree(ahead):
    busy_until = after(ahead)
    assert 0 <= pace.room(busy_until, START) <= pace.PER_MINUTE
    seconds = timedelta(seconds=pace.wait(busy_until, START))
    assert pace.room(busy_until, START + seconds) >= 1
    if seconds > timedelta(seconds=1):
        assert pace.room(busy_until, START + seconds - timedelta(seconds=1)) == 0


def test_every_operation_says_that_it_may_be_too_fast(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    for operations in paths.values():
        for operation in operations.values():
            assert operation["responses"]["429"]["headers"]["Retry-After"]["required"]
