"""Pictures that came with texts, for a program."""

from __future__ import annotations

import pytest

from tenantline.conversations.models import Message
from tests import cast
from tests.support.files import PICTURE, keep, text_with_file

pytestmark = pytest.mark.django_db


def test_a_picture_is_named_while_it_is_fetched_and_read_when_it_is_there(api, site):
    file = text_with_file(site)
    message = Message.objects.get(call=file.call_id)
    [before] = api.get(f"/messages/{message.pk}")["media"]
    assert before == {"type": "", "url": file.url, "state": "fetching", "file": None}
    assert api.refusal("GET", f"/messages/{message.pk}/media/0") == (404, "not_found")
    keep(file)
    [there] = api.get("/messages")["items"][0]["media"]
    assert there == {
        "type": "image/png",
        "url": file.url,
        "state": "there",
        "file": f"/api/v1/messages/{message.pk}/media/0",
    }
    answer = api.client.get(there["file"], headers={"authorization": f"Bearer {api.secret}"})
    assert (answer.content, answer["Content-Type"]) == (PICTURE, "image/png")
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Content-Security-Policy"].startswith("default-src 'none'; sandbox")


def test_a_file_that_no_text_has_is_not_there(api, site):
    file = text_with_file(site)
    keep(file)
    message = Message.objects.get(call=file.call_id)
    assert api.refusal("GET", f"/messages/{message.pk}/media/1") == (404, "not_found")
    assert api.refusal("GET", f"/messages/{message.pk + 1}/media/0") == (404, "not_found")


def test_a_picture_of_another_facility_is_not_there(api):
    elsewhere = cast.facility("MESA")
    cast.line(elsewhere)
    file = text_with_file(elsewhere)
    keep(file)
    message = Message.objects.get(call=file.call_id)
    assert api.refusal("GET", f"/messages/{message.pk}/media/0") == (404, "not_found")
