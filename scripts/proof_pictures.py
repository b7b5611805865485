# ruff: noqa: PLC0415 - the environment is set before Django is loaded
"""Takes the pictures of a proof packet in docs/pictures/: of an invented tenant of the demo's.

Run by `make screenshots`. Which tenant and which pages stand here; the pages are those of the PDF.
"""

import os
import secrets
import sys
import tempfile
from pathlib import Path

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
NUMBER = "+15125550135"
PAGES = {1: "proof-1.png", 2: "proof-2.png", 3: "proof-3.png"}


def main() -> None:
    """Fill a demo's database in a folder of its own and picture one packet; a folder may be named,
    which then gets every page and the PDF.
    """
    with tempfile.TemporaryDirectory(prefix="tenantline-proof-") as folder:
        set_environment(folder)
        from tenantline.cli import start

        start.load()
        picture(Path(sys.argv[1]) if len(sys.argv) > 1 else None)


def set_environment(folder: str) -> None:
    """Make an installation's settings, whatever the environment says."""
    for name in [name for name in os.environ if name.startswith("TENANTLINE_")]:
        del os.environ[name]
    os.environ.pop("DATABASE_URL", None)
    os.environ.update(
        TENANTLINE_SECRET_KEY=secrets.token_hex(32),
        TENANTLINE_DATA_DIR=folder,
        TENANTLINE_PUBLIC_URL="http://localhost:8000",
        TENANTLINE_DEMO="1",
    )


def picture(everything: Path | None) -> None:
    """Make the packet of the demo's tenant as a manager would, and keep its pages."""
    from tenantline.cli import demo_data
    from tenantline.cli.installation import prepare_installation
    from tenantline.evidence import actions, pdf
    from tenantline.facilities.scope import EVERYWHERE
    from tenantline.kernel import clock, phone
    from tenantline.kernel.actor import Actor

    prepare_installation()
    demo_data.build(now=clock.now())
    by = Actor("staff", "2", "marcus")
    number = phone.parse(os.environ.get("NUMBER", NUMBER))
    made = actions.proof_packet(number=number, scope=EVERYWHERE, by=by, now=clock.now())
    pages = pdf.pictures(made.packet)
    if everything is None:
        for number_of_page, name in PAGES.items():
            (PICTURES / name).write_bytes(pages[number_of_page - 1])
        return
    everything.mkdir(parents=True, exist_ok=True)
    (everything / made.file_name).write_bytes(made.content)
    for place, page in enumerate(pages, start=1):
        (everything / f"page-{place:02}.png").write_bytes(page)


if __name__ == "__main__":
    main()
