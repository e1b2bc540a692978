#!/usr/bin/env bash
# Installs the system packages that some tests use; called by `make services`. Does nothing when they are all there.
# Installing is for Debian and Ubuntu, and asks sudo where it is not root who installs.
#
#   services.sh [PACKAGE...]   install these instead of what is missing
set -euo pipefail

missing=()

# need PACKAGE PROGRAM...: one of the programs is there, or else the package is wanted
need() {
    local package=$1 program
    shift
    for program in "$@"; do
        if command -v "$program" >/dev/null 2>&1; then return; fi
    done
    missing+=("$package")
}

look() {
    need chromium chromium chromium-browser google-chrome
    need nodejs node nodejs
    need default-jre-headless java
    need slurm-wlm slurmctld
    need munge munged
    need nginx nginx /usr/sbin/nginx
    need apache2 apache2 /usr/sbin/apache2
    if ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && ! command -v initdb >/dev/null 2>&1; then
        missing+=(postgresql)
    fi
    if [ -z "$(find /usr/share/fonts ~/.fonts ~/.local/share/fonts -name 'DejaVuSans.ttf' -print -quit 2>/dev/null)" ]; then
        missing+=(fonts-dejavu-core)
    fi
}

if [ $# -gt 0 ]; then missing=("$@"); else look; fi
if [ ${#missing[@]} -eq 0 ]; then
    echo "services: all there"
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "services: this is not Debian or Ubuntu; install by hand what corresponds to: ${missing[*]}" >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "services: missing ${missing[*]}" >&2
    if command -v sudo >/dev/null 2>&1; then exec sudo "$0" "${missing[@]}"; fi
    echo "services: installing needs root; as root, run: build_support/services.sh" >&2
    exit 1
fi
echo "services: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# The tests start their own daemons on loopback, so packages must not start any while they are installed.
if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
fi
# Somebody else may hold the lock, or may have been stopped in the middle of it.
patient=(-o DPkg::Lock::Timeout=600 -o Acquire::Retries=3)
if [ -n "$(dpkg --audit)" ]; then dpkg --configure -a; fi
if ! apt-get "${patient[@]}" update -qq; then
    echo "services: not every list of packages could be renewed; going on with what is there" >&2
fi
apt-get "${patient[@]}" install -y -qq --no-install-recommends "${missing[@]}"
