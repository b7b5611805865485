"""Texts for the carriers' registration: within Twilio's limits, true, and in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tenantline.consent import registration
from tenantline.consent.wording import CONFIRMATION, HELP, SERVICE_NAMES
from tenantline.kernel import segments

DOC = Path(__file__).resolve().parents[2] / "docs" / "registration.md"
PAGES = "https://texts.example.com"


def program(facility: str = "Lamar Street Storage", code: str = "LAMAR") -> registration.Program:
    return registration.Program(
        facility=facility,
        line="(512) 555-0142",
        office="(512) 555-0100",
        program=f"{PAGES}/program/{code}/",
        terms=f"{PAGES}/terms/{code}/",
        privacy=f"{PAGES}/privacy/{code}/",
        tenants=240,
    )


def one(fields: list[registration.Field], parameter: str) -> str:
    return next(field.text for field in fields if field.parameter == parameter)


def test_every_field_fits_even_the_longest_facility():
    longest = program("S" * 80, "C" * 24)
    for field in [*registration.campaign(longest), *registration.toll_free(longest)]:
        assert field.fits, field.name
        assert field.text
        assert "{" not in field.text


def test_a_field_that_is_too_long_or_too_short_says_so():
    assert not registration.Field("a", "A", "x" * 11, most=10).fits
    assert not registration.Field("a", "A", "x", least=2, most=10).fits


def test_two_to_five_samples_name_the_brand_and_stop():
    fields = registration.campaign(program())
    samples = [field.text for field in fields if field.parameter == "MessageSamples"]
    assert 2 <= len(samples) <= 5
    assert all("Lamar Street Storage" in text and "STOP" in text for text in samples)


@pytest.mark.parametrize(
    "said",
    [
        "e-mails the tenant a personal link",
        "QR code",
        "tablet",
        "never ticked in advance",
        "message frequency varies",
        "message and data rates may apply",
        "reply STOP to stop or tell the office in any way",
        "reply HELP for help",
        "not sold or shared with third parties for marketing",
        "not a condition of renting",
        "text START to (512) 555-0142",
        f"{PAGES}/program/LAMAR/",
        f"{PAGES}/terms/LAMAR/",
        f"{PAGES}/privacy/LAMAR/",
    ],
)
def test_the_message_flow_tells_every_way_in_and_every_disclosure(said):
    assert said in one(registration.campaign(program()), "MessageFlow")


def test_replies_are_those_that_really_go_out():
    fields = registration.campaign(program())
    services = ", ".join(SERVICE_NAMES["en"].values())
    said = CONFIRMATION["en"].format(facility="Lamar Street Storage", services=services)
    assert one(fields, "OptInMessage") == said
    help_ = HELP["en"].format(facility="Lamar Street Storage", office="(512) 555-0100")
    assert one(fields, "HelpMessage") == help_


def test_what_is_registered_is_ascii():
    for field in [*registration.campaign(program()), *registration.toll_free(program())]:
        assert field.text.isascii(), field.name


@pytest.mark.parametrize(
    ("tenants", "said"), [(0, "10"), (1, "10"), (2, "100"), (240, "10,000"), (99_999, "1,000,000+")]
)
def test_the_volume_is_the_smallest_that_is_enough(tenants, said):
    assert registration.volume(tenants) == said


@pytest.mark.parametrize("language", ["en", "es"])
def test_confirmation_and_help_cost_at_most_two_segments_and_name_other_ways_than_stop(language):
    texts = registration.samples_of(program("Lamar Street Self Storage"), language)
    for kind in ("confirmation", "help"):
        measure = segments.measure(texts[kind])
        assert (measure.encoding, measure.segments <= 2) == ("GSM-7", True)
        assert re.search(r"in any way|a la oficina", texts[kind])


def test_the_documentation_holds_these_very_texts():
    page = " ".join(re.sub(r"^> ?", "", DOC.read_text(), flags=re.M).split())
    for field in [*registration.campaign(program()), *registration.toll_free(program())]:
        assert " ".join(field.text.split()) in page, field.name
