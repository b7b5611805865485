"""Many rows written at once are the same as written one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import DataError, connection, transaction  # noqa: F401 - named in a mark

from tenantline.facilities.models import Line
from tenantline.kernel import many
from tenantline.outbox.models import Slot
from tests import cast

AT = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)


def test_each_row_takes_its_own_values_and_others_stay(db):
    lines = [cast.line(cast.facility(code), f"+1512555020{nth}") for nth, code in enumerate("ABC")]
    for line in lines:
        Slot.objects.update_or_create(line=line, defaults={"free_at": AT, "used": 9})
    rows = [(1, date(2026, 3, 1), 500, AT, lines[0].pk), (2, None, None, AT, lines[1].pk)]
    many.update(Slot, ["used", "day", "daily_segments", "free_at"], rows)
    found = {slot.line_id: slot for slot in Slot.objects.all()}
    assert [found[line.pk].used for line in lines] == [1, 2, 9]
    assert (found[lines[0].pk].day, found[lines[0].pk].daily_segments) == (date(2026, 3, 1), 500)
    assert (found[lines[1].pk].day, found[lines[1].pk].free_at) == (None, AT)


def test_a_column_of_nothing_but_nulls_is_written(db):
    line = cast.line(cast.facility())
    Slot.objects.update_or_create(line=line, defaults={"free_at": AT, "day": date(2026, 3, 1)})
    many.update(Slot, ["day", "daily_segments"], [(None, None, line.pk)])
    slot = Slot.objects.get(line=line)
    assert (slot.day, slot.daily_segments, slot.free_at) == (None, None, AT)


def test_nothing_to_write_is_nothing_done(db):
    many.update(Slot, ["used"], [])
    assert not Slot.objects.exists()


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite knows no lengths")
def test_what_is_too_long_is_refused_and_never_cut(db):
    line = cast.line(cast.facility())
    with pytest.raises(DataError), transaction.atomic():
        many.update(Line, ["number"], [("+1" + "5" * 200, line.pk)])
    assert Line.objects.get().number == line.number
