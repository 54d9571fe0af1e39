#!/bin/sh
# Set up, then run all tests, as many at a time as there are cores; arguments go to pytest.
set -eu
CDPATH='' cd -- "$(dirname -- "$0")/.."
tools/setup.sh
# A short path: a node's sockets lie in its folder, and a socket's path has a limit of 107 characters.
folder=$(mktemp -d "${TMPDIR:-/tmp}/en.XXXXXX")
trap 'rm -rf "$folder"' EXIT
.venv/bin/pytest --numprocesses=auto --basetemp="$folder/t" "$@"
