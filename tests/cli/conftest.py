"""What the tests of the command line share: an installation, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import twilio_spec
from tests.support.installation import Installation, initialised
from tests.support.twilio_standin import TwilioStandin, running

TOKEN = {"TENANTLINE_AUTH_TOKEN": "the-auth-token-of-the-stand-in-0"}


@pytest.fixture(scope="session")
def _initialised(shared_folder: Path) -> Path:
    return initialised(shared_folder)


@pytest.fixture
def fresh(tmp_path: Path) -> Installation:
    """An installation on which nothing has been run yet."""
    return Installation(tmp_path / "data")


@pytest.fixture
def home(_initialised: Path, tmp_path: Path) -> Installation:
    """An installation after ``tenantline init``."""
    return Installation(Path(shutil.copytree(_initialised, tmp_path / "data")))


@pytest.fixture(scope="session")
def _with_facility(_initialised: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("with-facility") / "data"
    made = Installation(Path(shutil.copytree(_initialised, folder)))
    made.must("facility", "add", "--code", "LAMAR", "--name", "Lamar", "--timezone",
              "America/Chicago")  # fmt: skip
    return folder


@pytest.fixture
def lamar(_with_facility: Path, tmp_path: Path) -> Installation:
    """An installation with one facility."""
    return Installation(Path(shutil.copytree(_with_facility, tmp_path / "data")))


@pytest.fixture
def twilio() -> Iterator[TwilioStandin]:
    """A running stand-in for Twilio."""
    twilio_spec.require()
    with running() as standin:
        yield standin


@pytest.fixture
def with_twilio(lamar: Installation, twilio: TwilioStandin) -> Installation:
    """An installation with a facility, whose Twilio is the stand-in."""
    lamar.settings |= {"TENANTLINE_TWILIO_API_URL": twilio.url, **TOKEN}
    return lamar
