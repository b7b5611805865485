"""Signatures as Twilio makes them; its own library is the judge."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from tenantline.carrier.signature import matches, signature

URL = "https://example.com/myapp.php?foo=1&bar=2"
FORM = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675310"),
    ("Digits", "1234"),
    ("From", "+14158675310"),
    ("To", "+18005551212"),
]
PUBLISHED = "L/OH5YylLD5NRKLltdqwSvS0BnU="

FORMS = st.lists(st.tuples(st.text(max_size=8), st.text(max_size=20)), max_size=8)
URLS = st.builds(
    lambda scheme, port, path, query: f"{scheme}://desk.example.test{port}/{path}{query}",
    st.sampled_from(["http", "https"]),
    st.sampled_from(["", ":443", ":80", ":8443"]),
    st.from_regex(r"[a-zA-Z0-9/._~%-]{0,20}", fullmatch=True),
    st.sampled_from(["", "?a=1", "?b=2&a=%20x+y", "?empty="]),
)


class Multi(MultiDict):
    """A form as Twilio's library wants it: with ``getall``."""

    getall = MultiDict.getlist


def test_the_published_example_is_reproduced() -> None:
    assert signature(URL, FORM, "12345") == PUBLISHED
    assert matches(URL, FORM, PUBLISHED, ["12345"])


@given(URLS, FORMS, st.text(min_size=1, max_size=40))
def test_signatures_are_those_of_twilios_library(
    url: str, form: list[tuple[str, str]], token: str
) -> None:
    assert signature(url, form, token) == RequestValidator(token).compute_signature(
        url, Multi(form)
    )


@given(URLS, URLS, FORMS)
def test_what_twilios_library_accepts_is_accepted_and_nothing_else(
    ours: str, theirs: str, form: list[tuple[str, str]]
) -> None:
    header = RequestValidator("token").compute_signature(theirs, Multi(form))
    accepted = RequestValidator("token").validate(ours, Multi(form), header)
    assert matches(ours, form, header, ["token"]) is accepted


@pytest.mark.parametrize("form", [[], [("Body", "")], [("To", "x"), ("To", "y"), ("To", "x")]])
def test_empty_and_repeated_parameters_count(form: list[tuple[str, str]]) -> None:
    header = RequestValidator("token").compute_signature(URL, Multi(form))
    assert matches(URL, form, header, ["token"])
    assert not matches(URL, [*form, ("FromCity", "")], header, ["token"])


def test_either_of_two_tokens_will_do_while_one_is_changed() -> None:
    assert matches(URL, FORM, PUBLISHED, ["new", "12345"])
    assert not matches(URL, FORM, PUBLISHED, ["new"])
    assert not matches(URL, FORM, PUBLISHED, [])


def test_user_and_password_are_not_signed() -> None:
    assert matches(URL.replace("//", "//user:pass@word@"), FORM, PUBLISHED, ["12345"])


@pytest.mark.parametrize("signed", ["https://h.test/x", "https://h.test:443/x"])
@pytest.mark.parametrize("called", ["https://h.test/x", "https://h.test:443/x"])
def test_the_default_port_may_be_written_or_not(signed: str, called: str) -> None:
    assert matches(called, FORM, signature(signed, FORM, "token"), ["token"])


@pytest.mark.parametrize("header", ["", "x", "é", "\udcff", PUBLISHED.lower(), PUBLISHED + " "])
def test_any_other_header_is_wrong(header: str) -> None:
    assert not matches(URL, FORM, header, ["12345"])


@pytest.mark.parametrize("url", ["", "https://h:port/", "https://[broken/"])
def test_what_is_no_url_signs_nothing(url: str) -> None:
    assert not matches(url, FORM, PUBLISHED, ["12345"])


def test_text_that_is_no_unicode_is_a_wrong_signature_and_no_crash() -> None:
    assert not matches(URL, [("Body", "\ud800")], PUBLISHED, ["12345"])
