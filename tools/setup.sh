#!/bin/sh
# Puts on this machine what the project needs to be run and tested: a MariaDB server and client, a Python >= 3.11 that
# can make environments, and .venv with the project, editable, and its tools. What is there is left alone.
# Root on a system with apt-get gets packages installed; anybody else is told which are missing.
# Needs no keyboard. PYTHON=/path/to/python3 chooses the interpreter.
set -eu
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin

find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if "$candidate" -c 'import sys, venv, ensurepip; assert sys.version_info >= (3, 11)' >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

missing_packages() {
    command -v mariadbd >/dev/null || echo mariadb-server-core
    command -v mariadb >/dev/null || echo mariadb-client-core
    find_python >/dev/null || echo python3 python3-venv
}

# what some tests and online schema change need; without it these are skipped, and say so
optional_packages() {
    command -v pt-online-schema-change >/dev/null && return
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
    echo "Installing percona-toolkit"
    mkdir -p .cache
    apt_install percona-toolkit >>.cache/packages.log 2>&1 || echo "percona-toolkit can't be had here."
}

apt_install() {
    apt-get -qq update </dev/null || true # a source of something else may be out of order: what it knows may do
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" </dev/null
}

packages() {
    missing=$(missing_packages | xargs)
    [ -z "$missing" ] && return
    if ! command -v apt-get >/dev/null; then
        echo "Missing on this machine (names of Debian's packages): $missing"
        echo "Wanted: mariadbd and mariadb in the PATH, and a Python 3.11 or newer with venv and ensurepip."
        exit 1
    elif [ "$(id -u)" != 0 ]; then
        echo "Missing on this machine. Install it, then try again:"
        echo "    sudo apt-get update && sudo apt-get install --no-install-recommends $missing"
        exit 1
    fi
    echo "Installing $missing"
    mkdir -p .cache
    # shellcheck disable=SC2086  # several packages
    apt_install $missing >.cache/packages.log 2>&1 || tail -20 .cache/packages.log >&2
    missing=$(missing_packages | xargs)
    [ -z "$missing" ] && return
    echo "Still missing: $missing. (A Python older than 3.11 does not do.)" >&2
    exit 1
}

environment() {
    # an environment that was copied from another place runs the code of that place
    wanted="$(pwd) $(cksum <pyproject.toml) $(cksum <tools/setup.sh)"
    [ "$(cat .venv/made-for 2>/dev/null)" = "$wanted" ] && .venv/bin/python -c '' && return
    if ! grep -qF "$(pwd)/.venv/" .venv/bin/pip 2>/dev/null || ! .venv/bin/python -c ''; then
        if [ -L .venv ]; then # to make it anew would clear the environment of another checkout
            echo ".venv is a link to $(readlink .venv), which was not made for $(pwd). Remove the link, then try again." >&2
            exit 1
        fi
        interpreter=$(find_python)
        echo "Making .venv with $("$interpreter" --version)"
        "$interpreter" -m venv --clear .venv
    fi
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --editable '.[dev]'
    echo "$wanted" >.venv/made-for
}

packages
optional_packages
environment
