#!/usr/bin/env bash
# Installs the system packages that the browser tests and the services tests use; called by `make services`.
# Does nothing when they are all there. Needs root on Debian or Ubuntu.
set -euo pipefail

packages=(chromium fonts-dejavu-core nodejs)

missing=()
for package in "${packages[@]}"; do
    if ! dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed'; then missing+=("$package"); fi
done

if [ ${#missing[@]} -eq 0 ]; then
    echo "services: all there (${packages[*]})"
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "services: this is not Debian or Ubuntu; install by hand what corresponds to: ${missing[*]}" >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "services: needs root; run: sudo make services   (missing: ${missing[*]})" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}"
