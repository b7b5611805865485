"""Days and clocks as people read them."""

from datetime import UTC, datetime

import pytest

from tenantline.kernel import days

LATE = datetime(2026, 12, 23, 4, 5, tzinfo=UTC)  # still the 22nd in Austin


def test_a_day_is_that_of_the_zone():
    assert days.long_day(LATE, zone="America/Chicago") == "December 22, 2026"


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "December 22, 2026 at 10:05 PM"), ("es", "22 de diciembre de 2026 a las 22:05")],
)
def test_a_moment_is_written_in_the_language(language, words):
    assert days.long_moment(LATE, zone="America/Chicago", language=language) == words


def test_midnight_is_twelve():
    midnight = datetime(2026, 7, 1, 0, 0, tzinfo=UTC)
    assert days.long_moment(midnight, zone="UTC") == "July 1, 2026 at 12:00 AM"
