#!/bin/sh
# Writes the lock files: every distribution by hash, none by address, for all platforms and Python 3.11 upwards.
# Pass --upgrade to look for newer versions.
set -eu
cd "$(dirname "$0")/.."

compile() {
    UV_CUSTOM_COMPILE_COMMAND="make lock" .venv/bin/uv pip compile --quiet --universal --python-version 3.11 \
        --generate-hashes --no-emit-index-url "$@"
}

compile --group installer --output-file requirements-uv.txt "$@"
compile pyproject.toml --output-file requirements.txt "$@"
# Tests run on what is installed: production's pins bind here too.
compile pyproject.toml --group dev --constraints requirements.txt --output-file requirements-dev.txt "$@"
