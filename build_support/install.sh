#!/usr/bin/env bash
# Makes .venv from uv.lock; called by `make install`. Needs only python3 (with venv) and a package index.
#
#   PYTHON=...         interpreter to build with (default python3)
#   FAIRPORT_UV=...    a uv program to use instead of the one on PATH
#   FAIRPORT_NO_UV=1   take the pip route even when uv is there
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=build_support/uv.sh
. build_support/uv.sh
unset PYTHONDONTWRITEBYTECODE VIRTUAL_ENV PYTHONPATH PYTHONHOME
export UV_PYTHON_DOWNLOADS=never
export PYTHON=${PYTHON:-python3}

say() { printf 'install: %s\n' "$*" >&2; }

if ! command -v "$PYTHON" >/dev/null 2>&1; then
    say "$PYTHON was not found; Fairport needs Python 3.11, 3.12 or 3.13 (make install PYTHON=/path/to/python3.12)"
    exit 2
fi
if ! "$PYTHON" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))'; then
    say "$("$PYTHON" -V 2>&1) is not Python 3.11, 3.12 or 3.13 (make install PYTHON=/path/to/python3.12)"
    exit 2
fi

with_uv() {
    "$uv" sync --quiet --frozen --compile-bytecode --group dev --reinstall-package fairport --python "$PYTHON"
}

# Arguments: what to install beside fairport itself.
with_pip() {
    [ -x .venv/bin/pip ] || "$PYTHON" -m venv --clear .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"
}

if uv=$(find_uv); then
    say "$("$uv" --version), $("$PYTHON" -V)"
    if ! with_uv; then
        say "uv did not manage; trying pip with the locked versions, since pip may know a mirror that uv does not"
        mkdir -p .cache
        "$uv" export --quiet --frozen --no-emit-project --group dev --output-file .cache/locked.txt >/dev/null
        with_pip --require-hashes --requirement .cache/locked.txt
        with_pip --no-deps --editable .
    fi
else
    say "uv is not to be had: installing with pip, so versions come from pyproject.toml and not from uv.lock"
    with_pip --editable . --group dev
fi

# The installers do not compile what an editable install points to; a module with an error shows up later, in its own right.
.venv/bin/python -m compileall -q src >/dev/null || true
say "the program is .venv/bin/fairport"
