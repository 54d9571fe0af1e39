#!/bin/sh
# Set up, then run all tests; arguments go to pytest.
set -eu
CDPATH='' cd -- "$(dirname -- "$0")/.."
tools/setup.sh
# A short path: a node's sockets lie in its folder, and a socket's path has a limit of 107 characters.
folder=$(mktemp -d "${TMPDIR:-/tmp}/en.XXXXXX")
trap 'rm -rf "$folder"' EXIT
# Hundreds of nodes and commands are started: what Python compiled for one of them is kept for the next.
unset PYTHONDONTWRITEBYTECODE
# About half of the time of all tests is waiting for devices and processes, so a core has time for two at once.
workers=$(nproc)
[ "$workers" -gt 8 ] || workers=$((2 * workers))
.venv/bin/pytest --numprocesses="$workers" --dist=worksteal --basetemp="$folder/t" "$@"
