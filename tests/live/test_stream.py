"""The live stream: who hears what, and for how long."""

from __future__ import annotations

import time
from itertools import islice

import pytest
from django.contrib.sessions.models import Session

from tenantline import __version__
from tenantline.facilities import actions as facilities
from tenantline.feed import actions as feed
from tenantline.feed.models import Event
from tenantline.kernel import clock
from tenantline.live import app
from tenantline.staff import actions as staff
from tests import cast
from tests.live.conftest import Open, cookie_of


def tell(facility_id: int, ref: int = 7) -> None:
    feed.tell(facility_id=facility_id, topic="message", ref=ref, now=clock.now())


def test_an_event_arrives_within_half_a_second(listen: Open) -> None:
    here = cast.facility()
    reader = listen(cast.member("ana", "clerk", here))
    before = time.monotonic()
    tell(here.pk)
    assert reader.event()[:2] == ("message", "7")
    assert time.monotonic() - before < 0.5


def test_the_greeting_names_the_running_release(ask: Open) -> None:
    reader = ask(cookie_of(cast.member("ana", "clerk", cast.facility())))
    assert reader.event()[:2] == ("release", __version__)
    assert "retry: 1000" in reader.seen


def test_events_of_other_facilities_are_not_heard(listen: Open) -> None:
    here, elsewhere = cast.facility(), cast.facility("ELM")
    reader = listen(cast.member("ana", "clerk", here))
    tell(elsewhere.pk, ref=1)
    tell(here.pk, ref=2)
    assert reader.event()[1] == "2"


def test_an_owner_of_everything_hears_every_facility(listen: Open) -> None:
    here, elsewhere = cast.facility(), cast.facility("ELM")
    reader = listen(cast.member("olga", "owner"))
    tell(here.pk, ref=1)
    tell(elsewhere.pk, ref=2)
    assert [reader.event()[1], reader.event()[1]] == ["1", "2"]


def test_many_readers_hear_each_event_once(listen: Open) -> None:
    here = cast.facility()
    ana = cast.member("ana", "clerk", here)
    readers = [listen(ana) for _ in range(5)]
    for ref in range(20):
        tell(here.pk, ref=ref)
    for reader in readers:
        assert [reader.event()[1] for _ in range(20)] == [str(ref) for ref in range(20)]


@pytest.mark.parametrize("cookie", ["", "sessionid=abc", "sessionid=" + "x" * 32])
def test_without_a_session_there_is_no_stream(ask: Open, cookie: str) -> None:
    assert ask(cookie).response.status == 401


def test_a_changed_password_closes_the_door(ask: Open) -> None:
    ana = cast.member("ana", "clerk", cast.facility())
    cookie = cookie_of(ana)
    staff.change_password(
        staff=ana, password="another good secret", by=cast.TESTER, now=clock.now()
    )
    assert ask(cookie).response.status == 401


def test_only_get_is_answered(ask: Open) -> None:
    cookie = cookie_of(cast.member("ana", "clerk", cast.facility()))
    assert ask(cookie, method="POST").response.status == 405


def test_what_was_missed_is_told_when_a_reader_comes_back(listen: Open) -> None:
    here = cast.facility()
    ana = cast.member("ana", "clerk", here)
    first = listen(ana)
    tell(here.pk, ref=1)
    last = first.event()[2]
    first.close()
    tell(here.pk, ref=2)
    again = listen(ana, last=last)
    tell(here.pk, ref=3)
    assert [again.event()[1], again.event()[1]] == ["2", "3"]


def test_what_was_missed_is_told_within_the_scope_only(listen: Open) -> None:
    here, elsewhere = cast.facility(), cast.facility("ELM")
    tell(here.pk, ref=1)
    last = str(Event.objects.order_by("-id")[0].pk)
    tell(elsewhere.pk, ref=2)
    tell(here.pk, ref=3)
    assert listen(cast.member("ana", "clerk", here), last=last).event()[1] == "3"


def test_a_stream_ends_when_its_session_ends(listen: Open, monkeypatch) -> None:
    monkeypatch.setattr(app, "CHECK_SECONDS", 0.1)
    reader = listen(cast.member("ana", "clerk", cast.facility()))
    Session.objects.all().delete()
    assert reader.event()[0] == "signed-out"
    with pytest.raises(EOFError):
        reader.line()


def test_a_stream_ends_when_the_person_is_deactivated(listen: Open, monkeypatch) -> None:
    monkeypatch.setattr(app, "CHECK_SECONDS", 0.1)
    ana = cast.member("ana", "clerk", cast.facility())
    reader = listen(ana)
    staff.set_active(staff=ana, active=False, by=cast.TESTER, now=clock.now())
    assert reader.event()[0] == "signed-out"


def test_an_open_stream_follows_a_change_of_facilities(listen: Open, monkeypatch) -> None:
    monkeypatch.setattr(app, "CHECK_SECONDS", 0.1)
    here, elsewhere = cast.facility(), cast.facility("ELM")
    ana = cast.member("ana", "clerk", here)
    reader = listen(ana)
    facilities.grant(member=ana, facilities=[elsewhere], by=cast.TESTER, now=clock.now())
    while not any(stream.scope.covers(elsewhere.pk) for stream in app._hub._streams):
        time.sleep(0.02)
    tell(elsewhere.pk, ref=5)
    assert reader.event()[1] == "5"


def test_a_quiet_stream_is_pinged(listen: Open, monkeypatch) -> None:
    monkeypatch.setattr(app, "PING_SECONDS", 0.1)
    reader = listen(cast.member("ana", "clerk", cast.facility()))
    assert reader.line().startswith(":")


def test_listening_writes_nothing(listen: Open, monkeypatch) -> None:
    monkeypatch.setattr(app, "CHECK_SECONDS", 0.1)
    monkeypatch.setattr(app, "PING_SECONDS", 0.15)
    ana = cast.member("ana", "clerk", cast.facility())
    reader = listen(ana)
    before = list(Session.objects.values())
    pings = (line for line in iter(reader.line, None) if line.startswith(":"))
    assert len(list(islice(pings, 3))) == 3  # between two of them lies a check
    assert list(Session.objects.values()) == before
    assert reader.response.status == 200


def test_when_the_server_stops_streams_end(listen: Open, monkeypatch) -> None:
    monkeypatch.setattr(app, "CHECK_SECONDS", 0.1)
    reader = listen(cast.member("ana", "clerk", cast.facility()))
    app._hub.end()
    # `close` runs in the server's loop; from this thread the stream notices at its next round.
    with pytest.raises(EOFError):
        list(iter(reader.line, None))
