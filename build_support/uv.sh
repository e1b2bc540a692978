# Sourced by the scripts beside it: find_uv prints the path of a uv program, fetching one if need be.

find_uv() {
    if [ "${FAIRPORT_NO_UV:-}" = 1 ]; then return 1; fi
    if [ -n "${FAIRPORT_UV:-}" ]; then echo "$FAIRPORT_UV"; return 0; fi
    if command -v uv >/dev/null 2>&1; then command -v uv; return 0; fi
    if [ ! -x .cache/uv-boot/bin/uv ]; then
        echo "install: fetching uv into .cache/uv-boot" >&2
        rm -rf .cache/uv-boot
        "${PYTHON:-python3}" -m venv .cache/uv-boot >&2 || return 1
        .cache/uv-boot/bin/python -m pip install --quiet --disable-pip-version-check uv >&2 || return 1
    fi
    echo "$PWD/.cache/uv-boot/bin/uv"
}

# uv brings its own list of certificate authorities; where the system has one, that is what pip and git go by too.
if [ -z "${UV_SYSTEM_CERTS:-}" ] && { [ -s /etc/ssl/certs/ca-certificates.crt ] || [ -s /etc/pki/tls/certs/ca-bundle.crt ] ||
    [ -s /etc/ssl/cert.pem ]; }; then
    export UV_SYSTEM_CERTS=1
fi

# What would lead an installation elsewhere than into the environment that is named.
unset UV_PROJECT UV_PROJECT_ENVIRONMENT UV_PYTHON UV_SYSTEM_PYTHON PIP_USER PIP_TARGET PIP_PREFIX PIP_ROOT PIP_REQUIRE_VIRTUALENV
