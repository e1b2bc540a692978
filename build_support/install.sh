#!/usr/bin/env bash
# Makes .venv from uv.lock. Needs only python3 (with venv) and a package index; called by `make install`.
#
#   PYTHON        interpreter to build with (default python3)
#   FAIRPORT_UV   a uv program to use instead of the one on PATH
#   FAIRPORT_NO_UV=1   take the pip route even when uv is there
set -euo pipefail

cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE VIRTUAL_ENV PYTHONPATH PYTHONHOME
export UV_PYTHON_DOWNLOADS=never
python=${PYTHON:-python3}

say() { printf 'install: %s\n' "$*" >&2; }

if ! command -v "$python" >/dev/null 2>&1; then
    say "$python was not found; Fairport needs Python 3.11, 3.12 or 3.13 (set PYTHON=/path/to/python3.12)"
    exit 2
fi
if ! "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))'; then
    say "$python is $("$python" -V 2>&1); Fairport needs Python 3.11, 3.12 or 3.13 (set PYTHON=/path/to/python3.12)"
    exit 2
fi

find_uv() {
    if [ "${FAIRPORT_NO_UV:-}" = 1 ]; then return 1; fi
    if [ -n "${FAIRPORT_UV:-}" ]; then echo "$FAIRPORT_UV"; return 0; fi
    if command -v uv >/dev/null 2>&1; then command -v uv; return 0; fi
    if [ ! -x .cache/uv-boot/bin/uv ]; then
        say "fetching uv into .cache/uv-boot"
        rm -rf .cache/uv-boot
        "$python" -m venv .cache/uv-boot >&2 || return 1
        .cache/uv-boot/bin/python -m pip install --quiet --disable-pip-version-check uv >&2 || return 1
    fi
    echo .cache/uv-boot/bin/uv
}

if uv=$(find_uv); then
    say "$("$uv" --version), $("$python" -V)"
    "$uv" sync --frozen --compile-bytecode --group dev --reinstall-package fairport --python "$python"
else
    say "uv is not to be had: installing with pip, so versions come from pyproject.toml and not from uv.lock"
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --editable . --group dev
fi

# An editable install is not compiled by the installer.
.venv/bin/python -m compileall -q src >/dev/null || true
