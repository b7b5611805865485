#!/bin/sh
# Makes the project's own environment in .venv: `setup.sh production` or `setup.sh development`.
# Safe to run again and again; a fingerprint of everything that decides the outcome makes a repeated run instant, and
# notices what a time stamp would miss (another branch, a moved folder).
set -eu
cd "$(dirname "$0")/.."
kind=${1:?production or development}
venv=.venv
python=$venv/bin/python

say() { printf '%s\n' "$*"; }
give_up() { say "setup: $*" >&2; exit 1; }

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
        if new_enough "$name"; then say "$name"; return; fi
    done
    give_up "no Python 3.11 or newer found; install one, or name it: make setup PYTHON=/path/to/python3"
}

fingerprint() { { pwd -P; cat requirements*.txt pyproject.toml CHANGELOG.md scripts/setup.sh; } | cksum; }

is_current() {
    [ -x $venv/bin/tenantline ] && new_enough $python && [ "$(cat "$venv/.$1" 2>/dev/null)" = "$(fingerprint)" ]
}

# Debian ships Python without the part that puts pip into a new environment.
install_venv_module() {
    package="python$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    command -v apt-get >/dev/null || give_up "$1 cannot make environments (no ensurepip); install its venv module"
    [ "$(id -u)" = 0 ] || give_up "$1 cannot make environments; please run: sudo apt-get install $package"
    say "setup: installing $package, which this Python lacks"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" \
        >/dev/null || give_up "could not install $package"
}

make_environment() {
    base=$(find_python)
    rm -rf $venv
    "$base" -c 'import ensurepip, venv' 2>/dev/null || install_venv_module "$base"
    "$base" -m venv $venv || give_up "$base -m venv failed"
}

# uv does not read pip's configuration, and an office with a mirror of its own has it there.
index_of_pip() {
    if [ -n "${PIP_INDEX_URL:-}" ]; then say "$PIP_INDEX_URL"; return; fi
    $python -m pip config get install.index-url 2>/dev/null || $python -m pip config get global.index-url 2>/dev/null ||
        true
}

configure_uv() {
    if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
        index=$(index_of_pip)
        if [ -n "$index" ]; then export UV_DEFAULT_INDEX="$index"; fi
    fi
    if [ -n "${PIP_CERT:-}" ] && [ -z "${SSL_CERT_FILE:-}" ]; then export SSL_CERT_FILE="$PIP_CERT"; fi
    export UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
}

# uv is many times quicker; pip knows every setting that an administrator may have made, so it has the last try.
install_locked() {
    if [ "$kind" = development ]; then lock=requirements-dev.txt; verb=sync; else lock=requirements.txt; verb=install; fi
    if [ $verb = sync ]; then set -- pip sync "$lock"; else set -- pip install --requirement "$lock"; fi
    $venv/bin/uv "$@" --quiet --python $python --require-hashes ||
        { say "setup: uv could not; trying pip" && $python -m pip install --quiet --require-hashes -r "$lock"; } ||
        give_up "could not install what $lock lists"
}

install_project() {
    $venv/bin/uv pip install --quiet --python $python --no-deps --build-constraints requirements-dev.txt --editable . ||
        $python -m pip install --quiet --no-deps --editable . || give_up "could not install the project itself"
}

if is_current development || { [ "$kind" = production ] && is_current production; }; then exit 0; fi
# Console scripts name their interpreter by its full path, so an environment that was moved is made anew.
if ! { new_enough $python && [ "$(cat $venv/.made-in 2>/dev/null)" = "$(pwd -P)" ]; }; then make_environment; fi
pwd -P >$venv/.made-in
say "setup: installing ($kind) into $(pwd -P)/$venv"
$python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt ||
    give_up "could not install uv"
configure_uv
rm -f $venv/.production $venv/.development
install_locked
install_project
fingerprint >"$venv/.$kind"
say "setup: ready"
