"""A run for all whom the list of tenants shows, on every page of it."""

from __future__ import annotations

import pytest

from tenantline.runs.models import Item, Run
from tests import cast
from tests.desk.conftest import House


@pytest.fixture
def letter():
    return cast.letter("Gate hours", category="facility", sms="", text="Dear {{tenant.name}}.")


def begun(house: House, letter, **said):
    form = {"letter": letter.pk, "site": "LAMAR", "method": "print", "key": "k"} | said
    return house.manager.post("/letters/issue/", form)


def test_all_who_match_are_counted_and_no_one_else_is_in_it(house: House, letter):
    for name in ("Ann Oak", "Bob Oak", "Cat Elm"):
        cast.tenant(house.lamar, name)
    cast.tenant(house.mesa, "Dan Oak")
    page = house.manager.get("/letters/issue/?match=all&q=oak").content.decode()
    assert '<span class="num">2</span> tenants' in page
    assert begun(house, letter, match="all", q="oak").status_code == 302
    names = set(Item.objects.values_list("tenant__name", flat=True))
    assert names == {"Ann Oak", "Bob Oak"}


@pytest.mark.parametrize("said", [{"match": "all", "q": "nobody at all"}, {"tenant": "987654"}])
def test_a_choice_of_nobody_is_refused_and_never_everybody(house: House, letter, said):
    cast.tenant(house.lamar, "Ann Oak")
    answer = begun(house, letter, **said)
    assert answer.status_code == 400
    assert "Nobody was chosen." in answer.content.decode()
    assert not Run.objects.exists()


def test_the_list_offers_it_to_who_may_run(house: House):
    cast.tenant(house.lamar, "Ann Oak")
    assert "match=all" in house.manager.get("/tenants/?q=oak").content.decode()
    assert "match=all" not in house.clerk.get("/tenants/?q=oak").content.decode()
