#!/usr/bin/env bash
# Installs Fairport into an environment of its own for the GitHub Action, and puts its program on PATH.
#
# Reads: FAIRPORT_VERSION (a version on PyPI; empty: the checkout at FAIRPORT_ACTION), FAIRPORT_ACTION,
# RUNNER_TEMP, GITHUB_PATH. FAIRPORT_PIP replaces pip's options in tests.
set -euo pipefail

version=${FAIRPORT_VERSION:-}
if [[ -n $version && ! $version =~ ^[0-9]+(\.[0-9]+)*((a|b|rc)[0-9]+)?(\.(post|dev)[0-9]+)?$ ]]; then
    echo "::error title=Fairport::the input version is no version"
    exit 2
fi
source=${version:+fairport==$version}
source=${source:-$FAIRPORT_ACTION}
environment=$RUNNER_TEMP/fairport-environment

python -m venv "$environment"
read -r -a options <<< "${FAIRPORT_PIP:---quiet --disable-pip-version-check}"
"$environment/bin/python" -m pip install "${options[@]}" -- "$source"
mkdir -p "$RUNNER_TEMP/fairport-bin"
ln -sf "$environment/bin/fairport" "$RUNNER_TEMP/fairport-bin/fairport"
echo "$RUNNER_TEMP/fairport-bin" >> "$GITHUB_PATH"
"$environment/bin/fairport" --version
