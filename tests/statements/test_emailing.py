"""A statement by e-mail: the PDF goes along, made when the e-mail is sent."""

import pytest
from django.core import mail as sent

from tenantline.kernel import clock
from tenantline.mail import actions as mail
from tenantline.statements import emailing
from tests import cast
from tests.statements import people

pytestmark = pytest.mark.django_db


def test_the_pdf_goes_along_and_the_subject_names_no_amount(settings):
    settings.EMAIL_IS_SET = True
    who = cast.tenant(cast.site(), "Ed Mail")
    cast.entry(who)
    email = cast.known(people.issue(who, clock.now(), chosen="email").delivery.email)
    mail.deliver(email, now=clock.now(), attach=emailing.attachment)
    [letter] = sent.outbox
    [attached] = letter.attachments
    name, content, kind = attached
    assert content.startswith(b"%PDF-")
    assert (name.endswith(".pdf"), kind) == (True, "application/pdf")
    assert "$" not in letter.subject


def test_what_is_no_statement_cannot_be_attached_and_counts_as_not_sent(settings):
    settings.EMAIL_IS_SET = True
    made = people.issue(cast.tenant(cast.site()), clock.now(), chosen="email")
    email = cast.known(made.delivery.email)
    email.attachment = "statement:999999"
    mail.deliver(email, now=clock.now(), attach=emailing.attachment)
    email.refresh_from_db()
    assert (email.state, email.attempts) == ("queued", 1)
    assert sent.outbox == []
