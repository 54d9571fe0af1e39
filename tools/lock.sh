#!/bin/sh
# Resolve pyproject.toml anew into requirements.lock (a node), requirements-dev.lock (a node and its tests) and requirements-peers.lock
# (programs of others that tests compare with): exact versions and hashes for CPython 3.11 to 3.14 on 64-bit x86 and ARM Linux, every package
# of the first two as a wheel for all of them.
set -eu
cd "$(dirname "$0")/.."

venv=$(mktemp -d)
trap 'rm -rf "$venv"' EXIT
python3 -m venv "$venv"
"$venv/bin/pip" install --quiet uv

resolve() {
    "$venv/bin/uv" pip compile --quiet "$@"
}

pin() {
    file=$1
    shift
    resolve --universal --python-version 3.11 --generate-hashes --custom-compile-command tools/lock.sh \
        --upgrade "$@" --output-file "$file"
}

have_wheels() {
    file=$1
    for python in 3.11 3.12 3.13 3.14; do
        for machine in x86_64 aarch64; do
            resolve --python-version "$python" --python-platform "$machine-manylinux_2_28" --only-binary :all: \
                "$file" --output-file "$venv/checked"
        done
    done
    echo "$file: wheels for CPython 3.11 to 3.14 on x86_64 and aarch64, glibc 2.28 or newer"
}

pin requirements.lock --group build pyproject.toml
have_wheels requirements.lock
pin requirements-dev.lock --group dev --constraint requirements.lock pyproject.toml
have_wheels requirements-dev.lock
pin requirements-peers.lock --group peers --constraint requirements-dev.lock
