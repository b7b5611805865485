"""Words that were shown are never changed under their version's name."""

import hashlib
import json

from tenantline.consent.wording import FORM, FORM_VERSION

# To change the form: raise FORM_VERSION in consent/wording.py and add its line here.
SHOWN = {
    "2026-11": "cbeec3056ad4b751f997725f557124c6266c2addc0e3541c9e938c8b57e7ebb3",
    "2026-11.2": "2598251fe75ceb35bd833d3445f8d103e77c453d69257944f21d7e1cbebb4fd8",
}


def test_the_form_says_what_its_version_said_when_it_was_first_shown():
    words = json.dumps(FORM, sort_keys=True, ensure_ascii=True)
    assert hashlib.sha256(words.encode()).hexdigest() == SHOWN[FORM_VERSION]
