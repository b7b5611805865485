"""Does things in the measured installation's own Python, until nobody asks for more.

Reads ``["what", number]`` and writes what it made, both as JSON, a line each; ``world`` says what
there is.
"""

from __future__ import annotations

import json
import logging
import os
import sys

import django


def main() -> None:
    """Do what each line names."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tenantline.config.settings"
    logging.disable(logging.CRITICAL)
    django.setup()
    from tenantline.bench import world  # noqa: PLC0415 - needs Django set up

    for line in sys.stdin:
        what, *numbers = json.loads(line)
        made = world.DOES[what](numbers[0] if numbers else 0)
        sys.stdout.write(json.dumps(made) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
