#!/usr/bin/env bash
# Renews uv.lock and the locked requirements of the isolated tools; called by `make lock`. Arguments go to uv
# (for example --upgrade).
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=build_support/uv.sh
. build_support/uv.sh
export UV_PYTHON_DOWNLOADS=never
uv=$(find_uv)

"$uv" lock --python "${PYTHON:-python3}" "$@"
cd src/fairport/interop/tool_requirements
for input in *.in; do
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url \
        --custom-compile-command 'make lock' --output-file "${input%.in}.txt" "$@" "$input"
done
