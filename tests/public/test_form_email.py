"""The e-mail with the link: who writes, why, what happens next, until when."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tenantline.consent import form_email
from tests import cast

pytestmark = pytest.mark.django_db
LINK = "https://desk.example.test/opt-in/abc/"


def letter(language="en", name="Dana Whitfield", **details):
    return form_email.compose(
        facility=cast.facility(**details),
        tenant_name=name,
        line="(512) 555-0199",
        link=LINK,
        expires_at=datetime(2026, 12, 23, 4, 5, tzinfo=UTC),
        language=language,
    )


@pytest.mark.parametrize(
    ("language", "until"),
    [("en", "December 22, 2026 at 10:05 PM"), ("es", "22 de diciembre de 2026 a las 22:05")],
)
def test_both_forms_say_link_line_and_until_when_in_facility_time(language, until):
    written = letter(language)
    for part in (written.text, written.html):
        flat = " ".join(part.split())
        assert LINK in flat
        assert "(512) 555-0199" in flat
        assert until in flat
        assert "(512) 555-0100" in flat


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Ignore this e-mail. Nothing will be texted to you."), ("es", "Ignore este correo.")],
)
def test_one_who_did_not_ask_may_ignore_it(language, said):
    written = letter(language)
    assert said in " ".join(written.text.split())
    assert said in " ".join(written.html.split())


def test_plain_text_is_not_escaped_and_html_is():
    written = letter(name="O'Brien & <b>Sons</b>")
    assert "Hello O'Brien & <b>Sons</b>," in written.text
    assert "O&#x27;Brien &amp; &lt;b&gt;Sons&lt;/b&gt;" in written.html


def test_an_unknown_language_is_english():
    assert letter("fr").subject == "Storage LAMAR: sign up for text messages"
