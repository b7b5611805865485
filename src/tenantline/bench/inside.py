"""Does one thing in the measured installation's own Python.

    python -m tenantline.bench.inside WHAT [NUMBER]

prints what it made as JSON; ``world`` says what there is.
"""

from __future__ import annotations

import json
import logging
import os
import sys

import django


def main() -> None:
    """Do what the arguments name."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tenantline.config.settings"
    logging.disable(logging.CRITICAL)
    django.setup()
    from tenantline.bench import world  # noqa: PLC0415 - needs Django set up

    number = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    sys.stdout.write(json.dumps(world.DOES[sys.argv[1]](number)))


if __name__ == "__main__":
    main()
