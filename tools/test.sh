#!/bin/sh
# Set up, then run all tests; arguments go to pytest.
set -eu
CDPATH='' cd -- "$(dirname -- "$0")/.."
tools/setup.sh
exec .venv/bin/pytest "$@"
