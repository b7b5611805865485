"""Letters at the desk: writing one, looking how it would go, issuing it, taking it back."""

from __future__ import annotations

import pytest
import time_machine

from tenantline.letters import queries
from tenantline.letters.models import Letter, Notice
from tests import cast
from tests.desk.conftest import House

WORDS = {
    "name": "Past due",
    "category": "past_due",
    "legal_class": "courtesy",
    "method": "",
    "facility": "LAMAR",
    "en_sms": "{{account.balance}} is due since {{account.due_date}}.",
    "en_print": "Dear {{tenant.name}}, you owe {{account.balance}}.",
}


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(cast.at_noon()):
        yield


@pytest.fixture
def olive(house: House):
    who = cast.opted_in(house.lamar, "Olive Owes")
    cast.entry(who)
    return who


def content(answer) -> str:
    return answer.content.decode()


def test_a_manager_writes_a_letter_and_gives_it_new_words(house: House):
    answer = house.manager.post("/letters/add/", WORDS, follow=True)
    assert "The letter Past due can be issued now." in content(answer)
    letter = Letter.objects.get()
    house.manager.post(f"/letters/{letter.pk}/", WORDS | {"en_print": "Other words."})
    assert [version.number for version in queries.versions(letter)] == [2, 1]
    assert "Past due" in content(house.clerk.get("/letters/"))


def test_what_is_wrong_stays_typed_and_is_named(house: House):
    answer = house.manager.post("/letters/add/", WORDS | {"en_print": "{{tenant.ssn}}"})
    assert answer.status_code == 400
    assert "There is no field tenant.ssn." in content(answer)
    assert "{{tenant.ssn}}" in content(answer)
    assert not Letter.objects.exists()


def test_a_clerk_reads_letters_and_changes_none(house: House):
    letter = cast.letter()
    assert "<h1>Past due</h1>" in content(house.clerk.get(f"/letters/{letter.pk}/"))
    for address in ("/letters/add/", f"/letters/{letter.pk}/"):
        assert house.clerk.post(address, WORDS).status_code == 403


def test_a_letter_for_all_facilities_is_changed_by_an_owner_of_all(house: House):
    letter = cast.letter()
    for person in (house.manager, house.owner_of_lamar):
        assert person.post(f"/letters/{letter.pk}/", WORDS).status_code == 403
    assert house.owner.post(f"/letters/{letter.pk}/", WORDS).status_code == 302


def test_the_preview_shows_a_real_tenants_text_and_its_segments(house: House, olive):
    shown = content(house.manager.post("/letters/preview/", WORDS | {"who": "olive"}))
    assert "Olive Owes" in shown
    assert "Is printed" in shown
    shown = content(
        house.manager.post("/letters/preview/", WORDS | {"who": "olive", "method": "sms"})
    )
    assert "$129.00 is due since" in shown
    assert "1 segment · about 0.8 ¢ · GSM-7" in shown
    assert not Letter.objects.exists()


def test_the_preview_shows_nobody_elses_tenant(house: House):
    cast.tenant(house.mesa, "Mona Mesa")
    shown = content(house.manager.post("/letters/preview/", WORDS | {"who": "Mona"}))
    assert "No tenant is found by these words." in shown


def test_a_letter_is_issued_from_the_tenants_page(house: House, olive):
    letter = cast.letter()
    path = f"/tenants/{olive.pk}/letters/"
    look = content(house.clerk.get(f"{path}look/?letter={letter.pk}&method=sms"))
    assert "Goes by SMS" in look
    for _ in range(2):
        answer = house.clerk.post(
            path, {"letter": letter.pk, "method": "sms", "key": "k"}, follow=True
        )
        assert "The letter goes by SMS." in content(answer)
    assert Notice.objects.get().method == "sms"


def test_of_several_letters_none_is_issued_before_one_was_chosen(house: House, olive):
    cast.letter()
    cast.letter("Another")
    path = f"/tenants/{olive.pk}/letters/"
    assert '<option value="" selected>Choose…' in content(house.clerk.get(path)).replace("\n", "")
    assert "Choose a letter." in content(house.clerk.post(path, {"letter": "", "key": "k"}))


def test_what_cannot_be_issued_says_why(house: House):
    who = cast.tenant(house.lamar)
    letter = cast.letter(sms="{{account.due_date}}", text="{{account.due_date}}")
    answer = house.clerk.post(f"/tenants/{who.pk}/letters/", {"letter": letter.pk, "key": "k"})
    assert answer.status_code == 400
    assert "There is nothing to put in for account.due_date." in content(answer)


def test_a_notice_is_taken_back(house: House, olive):
    notice = cast.notice(olive, method="sms")
    answer = house.clerk.post(f"/tenants/{olive.pk}/letters/{notice.pk}/withdraw/", follow=True)
    assert "Taken back" in content(answer)
    text = cast.known(cast.known(notice.message).text)
    text.refresh_from_db()
    assert text.state == "withheld"
