"""``tenantline``: the commands. Each lives in a file of its own and loads Django when it runs."""

from __future__ import annotations

import click

from tenantline import __version__
from tenantline.cli.backup import backup, restore
from tenantline.cli.bench import bench
from tenantline.cli.consent import consent
from tenantline.cli.demo import demo
from tenantline.cli.doctor import doctor
from tenantline.cli.facility import facility
from tenantline.cli.import_ import import_
from tenantline.cli.installation import init
from tenantline.cli.line import line
from tenantline.cli.program import Program
from tenantline.cli.reconcile import reconcile
from tenantline.cli.serving import serve, worker
from tenantline.cli.staff import staff, token


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="Tenantline")
def main() -> None:
    """Tenantline: a consent-first texting desk for self-storage facilities.

    To look around: tenantline demo. To install: tenantline init, then facility add, line connect,
    staff add, and tenantline serve --with-worker.
    """


for _command in (
    demo,
    init,
    serve,
    worker,
    facility,
    line,
    staff,
    token,
    import_,
    doctor,
    reconcile,
    backup,
    restore,
    bench,
    consent,
):
    main.add_command(_command)
