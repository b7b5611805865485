#!/usr/bin/env python3
"""Makes sure that there is a Chromium to test with: this machine's, Debian's, or Playwright's."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find() -> str | None:
    """Where a browser is: $CHROMIUM, one on the path, or the one that Playwright has downloaded."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        return shutil.which(chosen)
    for name in (*NAMES, *APPLICATIONS):
        path = shutil.which(name)
        if path:
            return path
    return _playwrights_own()


def _playwrights_own() -> str | None:
    # Asked in a process of its own: Playwright leaves an event loop behind in the one that asks.
    asking = (
        "from playwright.sync_api import sync_playwright as s\n"
        "with s() as p: print(p.chromium.executable_path)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", asking], capture_output=True, text=True, check=False
    )
    path = answer.stdout.strip()
    return path if answer.returncode == 0 and Path(path).exists() else None


def _install_from_debian() -> None:
    if shutil.which("apt-get") is None:
        return
    as_root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if as_root and shutil.which("sudo") is None:
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update"],
        ["apt-get", "install", "-y", "--no-install-recommends", "chromium"],
    ):
        _run([*as_root, *command], environment)


def _install_from_playwright() -> None:
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    _run(command)


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    # Whether it worked is seen from whether there is a browser afterwards.
    quiet = subprocess.DEVNULL
    subprocess.run(command, env=environment, stdout=quiet, stderr=quiet, check=False)


def main() -> int:
    """Find or install, and say which in one line."""
    chosen = os.environ.get("CHROMIUM")
    if chosen and find() is None:
        print(f"chromium: there is no program at CHROMIUM={chosen}", file=sys.stderr)
        return 1
    for install in (None, _install_from_debian, _install_from_playwright):
        if install:
            install()
        path = find()
        if path:
            print(f"chromium: {path}")
            return 0
    print(
        "chromium: none found and none could be installed; install Chromium or Chrome, "
        "or name its program: make test CHROMIUM=/path/to/chrome",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
