"""``tenantline demo``: everything in one process, with invented people and a sandbox carrier."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tenantline.cli import start
from tenantline.cli.installation import make_private_folder, prepare_installation
from tenantline.cli.locks import locked
from tenantline.cli.serving import PORT, address_of, bound, run_server, worker_lock
from tenantline.kernel.crypto import new_token
from tenantline.kernel.errors import Refused

if TYPE_CHECKING:
    from tenantline.cli.demo_data import SignIn

_MARKER: Final = ".tenantline-demo"
_KEPT_SETTINGS: Final = frozenset({"TENANTLINE_LOG_FORMAT"})
_ALSO_OURS: Final = frozenset({"DATABASE_URL", "EMAIL_URL"})


@click.command()
@click.option("--port", type=PORT, default=8000, show_default=True, help="0 takes any free one.")
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    help="Where to keep the demo's data; an earlier demo there is replaced.",
)
def demo(port: int, data_dir: Path | None) -> None:
    """Try everything in a browser: invented people, no Twilio account, nothing leaves.

    Prints the address, a line for each sign-in (role, username, password), then the addresses of
    the handset and the mailbox. Ends with Ctrl-C.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    with bound("127.0.0.1", port) as sock, _folder(data_dir) as folder:
        _set_environment(folder, address_of(sock))
        start.load(quiet=False)
        from django.db import connections

        from tenantline.cli import demo_data
        from tenantline.kernel import clock

        prepare_installation()
        with worker_lock():
            # Who reads the address and calls at once waits a moment instead of being turned away.
            sock.listen()
            _announce(address_of(sock), demo_data.build(now=clock.now()))
            connections.close_all()
            run_server(sock, with_worker=True, chores={"carrier": _carry})


def _carry() -> int:
    """Let the sandbox carrier tell of deliveries, as Twilio would."""
    from tenantline.kernel import clock
    from tenantline.sandbox import twilio_side

    return twilio_side.post_due_callbacks(clock.now())


def _announce(address: str, sign_ins: list[SignIn]) -> None:
    click.echo(f"{address}/")
    for one in sign_ins:
        click.echo(f"{one.role:<8} {one.username:<8} {one.password}")
    click.echo(f"handset  {address}/sandbox/handset/")
    click.echo(f"mailbox  {address}/sandbox/mailbox/")


def _set_environment(folder: Path, address: str) -> None:
    """Make the demo's own settings, whatever the environment says; Django reads them later."""
    for name in list(os.environ):
        bare = name.removesuffix("_FILE")
        if bare in _ALSO_OURS or (bare.startswith("TENANTLINE_") and bare not in _KEPT_SETTINGS):
            del os.environ[name]
    os.environ.update(
        TENANTLINE_SECRET_KEY=new_token(32),
        TENANTLINE_DATA_DIR=str(folder),
        TENANTLINE_PUBLIC_URL=address,
        TENANTLINE_DEMO="1",
    )


@contextmanager
def _folder(wanted: Path | None) -> Iterator[Path]:
    """Make the demo's folder: a temporary one that is removed, or the one that is wanted."""
    if wanted is None:
        folder = Path(tempfile.mkdtemp(prefix="tenantline-demo-"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return
    folder = wanted.expanduser().absolute()
    _refuse_strange(folder)
    make_private_folder(folder)
    marker = folder / _MARKER
    with locked(marker, taken=f"Another demo is running in {folder}."):
        _clear(folder, keep=marker)
        yield folder


def _refuse_strange(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise Refused("not_empty", f"{folder} is not a folder.")
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARKER).is_file():
        raise Refused(
            "not_empty", f"{folder} holds something other than an earlier demo; choose another."
        )


def _clear(folder: Path, *, keep: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry != keep:
            entry.unlink()


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt
