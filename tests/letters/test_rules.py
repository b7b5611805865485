"""By which method a letter goes: all cases there are (R5, R14)."""

from __future__ import annotations

from itertools import product

import pytest

from tenantline.kernel.errors import BadInput
from tenantline.letters import rules
from tenantline.letters.rules import CATEGORIES, LEGAL_CLASSES, Case, decide
from tenantline.tenants.delivery import METHODS, Refusal, checked_method

STOPPED = Refusal("opted_out", "The tenant has opted out.")
CASES = [
    Case(
        legal_class=legal_class,
        at_issue=at_issue,
        of_letter=of_letter,
        of_tenant=of_tenant,
        no_sms=no_sms,
        has_email=has_email,
        legal_email=legal_email,
    )
    for legal_class, at_issue, of_letter, of_tenant, no_sms, has_email, legal_email in product(
        LEGAL_CLASSES,
        (None, *METHODS),
        (None, *METHODS),
        METHODS,
        (None, STOPPED),
        (True, False),
        (True, False),
    )
]
STATUTORY = [case for case in CASES if case.legal_class == "statutory"]
CONTRACTUAL = [case for case in CASES if case.legal_class == "contractual"]
LEGAL = [*CONTRACTUAL, *STATUTORY]
COURTESY = [case for case in CASES if case.legal_class == "courtesy"]


def test_the_choice_at_issue_comes_before_the_letters_and_that_before_the_tenants():
    for case in CASES:
        decision = decide(case)
        assert decision.wanted == (case.at_issue or case.of_letter or case.of_tenant)
        assert decision.say == (
            "issue" if case.at_issue else "letter" if case.of_letter else "tenant"
        )


def test_a_method_that_is_possible_is_the_one():
    for case in COURTESY:
        decision = decide(case)
        possible = {"sms": case.no_sms is None, "email": case.has_email, "print": True}
        order = METHODS[METHODS.index(decision.wanted) :]
        assert decision.method == next(method for method in order if possible[method])


def test_nothing_goes_by_sms_that_nobody_wanted_by_sms():
    for case in CASES:
        decision = decide(case)
        if decision.wanted != "sms":
            assert decision.method != "sms"
            assert not decision.courtesy_copy


def test_no_text_leaves_where_none_may():
    for case in CASES:
        decision = decide(case)
        if case.no_sms is not None:
            assert decision.method != "sms"
            assert not decision.courtesy_copy


@pytest.mark.parametrize("cases", [CONTRACTUAL, STATUTORY])
def test_a_legal_notice_never_goes_by_sms_alone(cases):
    """R14: of what the rental agreement or the law asks for, a text is a courtesy copy."""
    assert {decide(case).method for case in cases} == {"email", "print"}
    assert any(decide(case).courtesy_copy for case in cases)


def test_a_contractual_letter_needs_no_permission_to_be_emailed():
    for case in CONTRACTUAL:
        emailed = case.has_email and decide(case).wanted in ("sms", "email")
        assert decide(case).method == ("email" if emailed else "print")


def test_a_statutory_letter_is_emailed_only_where_the_rental_agreement_permits_it():
    for case in STATUTORY:
        wants = decide(case).wanted
        permitted = case.has_email and case.legal_email and wants in ("sms", "email")
        assert decide(case).method == ("email" if permitted else "print")


def test_an_opt_out_never_blocks_a_legal_notice():
    """R14: with and without consent it goes the same way."""
    ways: dict[object, set[str]] = {}
    for case in LEGAL:
        wishes = (case.legal_class, case.at_issue, case.of_letter, case.of_tenant)
        key = (*wishes, case.has_email, case.legal_email)
        ways.setdefault(key, set()).add(decide(case).method)
    assert all(len(methods) == 1 for methods in ways.values())


def test_every_method_passed_over_has_its_reason():
    for case in CASES:
        decision = decide(case)
        start, end = METHODS.index(decision.wanted), METHODS.index(decision.method)
        assert [one.method for one in decision.skipped] == list(METHODS[start:end])
        assert all(one.code and one.sentence.endswith(".") for one in decision.skipped)
        assert decision.is_fallback == bool(decision.skipped)


def test_a_legal_notice_has_a_copy_by_sms_where_one_was_wanted_and_may_leave():
    for case in CASES:
        may = case.legal_class != "courtesy" and case.no_sms is None
        assert decide(case).courtesy_copy == (may and decide(case).wanted == "sms")


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("has_account_field", [True, False])
def test_a_letter_goes_by_sms_only_if_it_is_about_the_account_and_says_something_of_it(
    category, has_account_field
):
    refusal = rules.may_be_sms(category=category, has_account_field=has_account_field)
    assert (refusal is None) == (CATEGORIES[category].about_account and has_account_field)


def test_a_letter_on_a_lien_is_statutory():
    assert rules.checked_legal_class("statutory", category="lien") == "statutory"
    for other in ("courtesy", "contractual"):
        with pytest.raises(BadInput):
            rules.checked_legal_class(other, category="lien")


@pytest.mark.parametrize("odd", ["", "SMS", "fax", "\u0000", "sms "])
def test_what_is_no_method_category_or_class_is_refused(odd):
    for check in (
        checked_method,
        rules.checked_category,
        lambda value: rules.checked_legal_class(value, category="welcome"),
    ):
        with pytest.raises(BadInput):
            check(odd)
