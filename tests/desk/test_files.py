"""Pictures in the chat: shown where it is safe, kept from strangers, served so that none runs."""

from __future__ import annotations

import pytest

from tenantline.conversations import inbound
from tenantline.conversations.models import Message
from tenantline.intake import actions as intake
from tenantline.intake import files
from tenantline.intake.actions import Inbound
from tenantline.intake.models import CallFile, InboundCall
from tenantline.kernel.clock import now
from tests import cast
from tests.desk.conftest import House
from tests.support.files import PICTURE, keep, text_with_file


def chat_of(file: CallFile) -> str:
    return f"/chat/{Message.objects.get(call=file.call_id).conversation_id}/"


def test_a_picture_is_sent_as_bytes_that_cannot_run(house: House):
    file = text_with_file(house.lamar)
    keep(file)
    answer = house.clerk.get(f"/files/{file.pk}/")
    assert (answer.content, answer["Content-Type"]) == (PICTURE, "image/png")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "no-store" in answer["Cache-Control"] or "private" in answer["Cache-Control"]


def test_a_file_of_another_facility_is_not_there(house: House):
    file = text_with_file(house.mesa)
    keep(file)
    assert house.clerk.get(f"/files/{file.pk}/").status_code == 404
    assert house.clerk.post(f"/files/{file.pk}/again/").status_code == 404
    assert house.owner.get(f"/files/{file.pk}/").status_code == 200


def test_nobody_sees_a_file_without_signing_in(house: House, client):
    file = text_with_file(house.lamar)
    keep(file)
    assert client.get(f"/files/{file.pk}/").status_code == 302


def test_a_strays_file_is_for_those_who_read_strays(house: House):
    file = text_with_file(house.lamar, line=False)
    keep(file)
    assert house.clerk.get(f"/files/{file.pk}/").status_code == 403
    assert house.owner.get(f"/files/{file.pk}/").status_code == 200
    page = house.owner.get("/inbox/?filter=strays").content.decode()
    assert f"/files/{file.pk}/" in page


def test_the_chat_shows_a_picture_that_is_there(house: House):
    file = text_with_file(house.lamar)
    page = house.clerk.get(chat_of(file)).content.decode()
    assert "is being fetched" in page
    assert 'data-files="open"' in page
    keep(file)
    page = house.clerk.get(chat_of(file)).content.decode()
    assert f'<img src="/files/{file.pk}/"' in page
    assert 'data-files="open"' not in page


def test_an_open_chat_asks_again_for_pictures_that_were_on_their_way(house: House):
    file = text_with_file(house.lamar)
    message = Message.objects.get(call=file.call_id)
    keep(file)
    fresh = house.clerk.get(f"{chat_of(file)}texts/?after={message.pk}&files={message.pk}")
    assert f'<img src="/files/{file.pk}/"' in fresh.content.decode()


def test_a_picture_of_enormous_size_is_offered_as_a_file_only(house: House):
    file = text_with_file(house.lamar)
    head = PICTURE[:16] + (60_000).to_bytes(4, "big") * 2 + PICTURE[24:]
    keep(file, head)
    page = house.clerk.get(chat_of(file)).content.decode()
    assert "<img src=" not in page.split("chat-texts")[1]
    assert f'href="/files/{file.pk}/"' in page


def test_the_chat_says_why_a_file_was_not_kept(house: House):
    file = text_with_file(house.lamar)
    files.refuse(file=file, why="It is larger than 5 MB.")
    assert "It is larger than 5 MB" in house.clerk.get(chat_of(file)).content.decode()


def test_a_file_that_is_gone_can_be_asked_for_again(house: House):
    file = text_with_file(house.lamar)
    CallFile.objects.update(state="gone", problem="Twilio does not have it any more.")
    assert "Fetch again" in house.clerk.get(chat_of(file)).content.decode()
    house.clerk.post(f"/files/{file.pk}/again/")
    assert CallFile.objects.get().state == "fetching"


@pytest.mark.parametrize("tail", ["", "again/"])
def test_a_file_that_is_not_there_is_not_found(house: House, tail):
    method = house.clerk.post if tail else house.clerk.get
    assert method(f"/files/999/{tail}").status_code == 404


def test_other_content_under_one_id_is_flagged_in_the_chat(house: House):
    arrived = cast.receive("+17375550111", house.lamar, "I will come")
    call = InboundCall.objects.get(pk=arrived.call_id)
    again = Inbound(
        message_sid=call.message_sid,
        account_sid=call.account_sid,
        line_id=call.line_id,
        sender=call.sender,
        recipient=call.recipient,
        body="I will not come",
        params={},
    )
    intake.store([again], now=now())
    inbound.work(call_id=call.pk, now=now())
    page = house.clerk.get(f"/chat/{Message.objects.get().conversation_id}/").content.decode()
    assert "handed this text to us again with other content" in page
    assert "I will not come" in page
    assert "I will not come" in house.owner.get("/inbox/?filter=strays").content.decode()
