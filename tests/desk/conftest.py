"""Two facilities, people of each, and browsers without a browser."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client

from tenantline.facilities.models import Facility
from tenantline.staff.models import Staff
from tests import cast


def signed_in(member: Staff) -> Client:
    """Return a client in which this person is signed in."""
    client = Client()
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


@dataclass(frozen=True)
class House:
    """Lamar and Mesa, each with a line; a clerk of Lamar, and owners."""

    lamar: Facility
    mesa: Facility
    clerk: Client
    manager: Client
    owner: Client
    owner_of_lamar: Client


@pytest.fixture
def house(db: None, settings) -> House:
    """The house as the tests of the desk find it; e-mail is kept, as in the demo."""
    settings.DEMO = True
    lamar, mesa = cast.site("LAMAR"), cast.site("MESA", zone="America/Denver")
    return House(
        lamar=lamar,
        mesa=mesa,
        clerk=signed_in(cast.member("carla", "clerk", lamar)),
        manager=signed_in(cast.member("marcus", "manager", lamar)),
        owner=signed_in(cast.member("olive", "owner")),
        owner_of_lamar=signed_in(cast.member("lars", "owner", lamar)),
    )
