"""Two facilities, people of each, and browsers without a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from a2wsgi import WSGIMiddleware
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.test import Client
from playwright.sync_api import Page, expect

from tenantline.facilities.models import Facility
from tenantline.live import app
from tenantline.staff.models import Staff
from tests import cast


def signed_in(member: Staff) -> Client:
    """Return a client in which this person is signed in."""
    client = Client()
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


def listening(page: Page) -> Page:
    """Wait until a page hears news and has fetched what it may have missed."""
    expect(page.locator("html[data-stream]")).to_be_attached()
    expect(page.locator(".htmx-request")).to_have_count(0)
    return page


@dataclass(frozen=True)
class House:
    """Lamar and Mesa, each with a line; a clerk of Lamar, and owners."""

    lamar: Facility
    mesa: Facility
    clerk: Client
    manager: Client
    owner: Client
    owner_of_lamar: Client


@dataclass(frozen=True)
class Street:
    """The facilities, and who works there, before anybody has signed in."""

    lamar: Facility
    mesa: Facility
    people: dict[str, Staff]

    def house(self) -> House:
        """Let everybody sign in."""
        return House(
            self.lamar, self.mesa, **{who: signed_in(one) for who, one in self.people.items()}
        )


def street() -> Street:
    """Open both facilities and hire."""
    lamar, mesa = cast.site("LAMAR"), cast.site("MESA", zone="America/Denver")
    people = {
        "clerk": cast.member("carla", "clerk", lamar),
        "manager": cast.member("marcus", "manager", lamar),
        "owner": cast.member("olive", "owner"),
        "owner_of_lamar": cast.member("lars", "owner", lamar),
    }
    return Street(lamar, mesa, people)


@pytest.fixture
def house(db: None, settings) -> House:
    """The house as the tests of the desk find it; e-mail is kept, as in the demo."""
    settings.DEMO = True
    return street().house()


@pytest.fixture
def address(fresh_database, settings) -> Iterator[str]:
    """Pages and the stream on one port, as the product serves them."""
    settings.CSRF_COOKIE_SECURE = settings.SESSION_COOKIE_SECURE = False
    settings.DEMO = True
    handler: Any = StaticFilesHandler(get_wsgi_application())
    pages = WSGIMiddleware(handler, workers=4)

    async def desk(scope, receive, send) -> None:
        await (app.application if scope["path"] == "/live/" else pages)(scope, receive, send)

    server = uvicorn.Server(uvicorn.Config(desk, port=0, lifespan="off", log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        threading.Event().wait(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()
