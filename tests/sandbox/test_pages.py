"""Handset and mailbox pages: in demo mode only, several phones, hostile letters."""

from __future__ import annotations

import pytest

from tenantline.carrier import sandbox
from tenantline.facilities import actions as facilities
from tenantline.kernel import clock
from tenantline.kernel.phone import Number
from tenantline.mail import actions as mail
from tests import cast

pytestmark = pytest.mark.django_db
PHONE = "+17375550123"


@pytest.fixture
def demo(settings):
    settings.DEMO = True
    settings.EMAIL_IS_SET = False


def sandbox_line(where):
    details = facilities.LineDetails(
        number="+15125550199", carrier="sandbox", account_sid=cast.ACCOUNT, auth_token="secret"
    )
    return facilities.connect_line(facility=where, details=details, by=cast.TESTER, now=clock.now())


@pytest.fixture
def where(demo):
    made = cast.facility()
    sandbox_line(made)
    return made


def say(body, phone=PHONE):
    sandbox.receive(
        Number(phone), Number("+15125550199"), body, account_sid=cast.ACCOUNT, at=clock.now()
    )


def send_letter(where, html):
    draft = mail.Draft(
        recipient="dana@example.com",
        from_name=where.name,
        reply_to="",
        subject="A <b>letter</b>",
        text="plain",
        html=html,
        reference="test:1",
        facility_id=where.pk,
    )
    return mail.queue(draft, now=clock.now())


PAGES = ["", "handset/", "handset/phones/", "mailbox/", "mailbox/rows/", "mailbox/1/body/"]


@pytest.mark.parametrize("page", PAGES)
def test_outside_of_a_demo_there_is_no_sandbox(client, settings, page):
    settings.DEMO = False
    assert client.get(f"/sandbox/{page}").status_code == 404


@pytest.mark.parametrize("words", ["²", "٣", "9" * 5000, ""])
def test_of_an_email_that_there_cannot_be_the_list_knows_nothing(client, demo, words):
    assert client.get("/sandbox/mailbox/rows/", {"open": words}).status_code == 200


@pytest.mark.parametrize("page", ["", "handset/", "mailbox/"])
def test_every_page_says_that_it_is_a_demo(client, demo, page):
    assert "Demo only" in client.get(f"/sandbox/{page}").content.decode()


def test_tenants_phones_are_listed_with_their_consent(client, where):
    cast.opted_in(where, "Olive Agreed")
    page = client.get("/sandbox/handset/").content.decode()
    assert "Olive Agreed" in page
    assert "opted in" in page


@pytest.mark.parametrize("written", [PHONE, "(737) 555-0123", " 17375550123"])
def test_any_typed_number_becomes_a_phone(client, where, written):
    answer = client.get("/sandbox/handset/", {"phone": written}, follow=True)
    assert "Another phone" in answer.content.decode()
    assert 'value="+17375550123"' in answer.content.decode()


def test_what_is_no_number_is_said_beside_the_field(client, where):
    page = client.get("/sandbox/handset/", {"phone": "abc"}).content.decode()
    assert "A phone number is written with digits only." in page


def test_several_phones_stand_side_by_side(client, where):
    page = client.get("/sandbox/handset/", {"phone": [PHONE, "+17375550124"]}).content.decode()
    assert page.count('class="phone"') == 2


def test_a_thread_shows_both_sides_and_marks_the_carriers_own_answer(client, where):
    say("STOP")
    page = client.get("/sandbox/handset/", {"phone": PHONE}).content.decode()
    assert "You are unsubscribed" in page
    assert "The carrier answers by itself" in page


def test_texts_are_only_text(client, where):
    say("<script>alert(1)</script>")
    page = client.get("/sandbox/handset/", {"phone": PHONE}).content.decode()
    assert "&lt;script&gt;alert(1)" in page


def test_a_screen_answers_only_when_something_is_new(client, where):
    asked = {"phone": PHONE, "line": "+15125550199", "mark": "0-"}
    assert client.get("/sandbox/handset/screen/", asked).status_code == 204
    say("Hello")
    assert "Hello" in client.get("/sandbox/handset/screen/", asked).content.decode()


def test_what_was_typed_is_not_lost_when_the_desk_does_not_answer(client, where, settings):
    settings.PUBLIC_URL = "http://127.0.0.1:9"  # nobody listens there
    typed = {"phone": PHONE, "line": "+15125550199", "body": "Is the gate open?"}
    page = client.post("/sandbox/handset/send/", typed).content.decode()
    assert "The desk does not answer" in page
    assert 'value="Is the gate open?"' in page


def test_only_sandbox_lines_can_be_texted(client, where):
    cast.site("REAL")
    typed = {"phone": PHONE, "line": "+12125550100", "body": "Hello"}
    page = client.post("/sandbox/handset/send/", typed).content.decode()
    assert "Choose one of the demo&#x27;s own numbers." in page


def test_a_letter_is_listed_and_opened(client, where):
    who = cast.tenant(where, email="dana@example.com")
    cast.issue_form(who)
    page = client.get("/sandbox/mailbox/").content.decode()
    assert "dana@example.com" in page
    assert "sign up for text messages" in page


def test_a_letters_body_can_run_nothing(client, where):
    letter = send_letter(where, "<html><head></head><body><script>alert(1)</script></body>")
    answer = client.get(f"/sandbox/mailbox/{letter.pk}/body/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert '<base target="_top">' in answer.content.decode()


def test_only_our_own_page_may_frame_a_letter(client, where):
    letter = send_letter(where, "<p>Hello</p>")
    answer = client.get(f"/sandbox/mailbox/{letter.pk}/body/")
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert "frame-src 'self'" in client.get("/sandbox/mailbox/")["Content-Security-Policy"]


def test_subjects_are_only_text(client, where):
    letter = send_letter(where, "<p>Hello</p>")
    page = client.get(f"/sandbox/mailbox/{letter.pk}/").content.decode()
    assert "A &lt;b&gt;letter&lt;/b&gt;" in page


def test_the_list_answers_only_when_there_is_new_mail(client, where):
    assert client.get("/sandbox/mailbox/rows/?mark=0-0").status_code == 204
    send_letter(where, "<p>Hello</p>")
    assert client.get("/sandbox/mailbox/rows/?mark=0-0").status_code == 200


def test_a_letter_that_does_not_exist_is_404(client, demo):
    assert client.get("/sandbox/mailbox/4711/").status_code == 404
