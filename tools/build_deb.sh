#!/bin/sh
# Build the Debian package for amd64 (as usual) or arm64 into dist/, with its bill of materials beside it. Either is built on any machine:
# nothing of what is packed is run.
#   tools/build_deb.sh [amd64|arm64] [--fast]
set -eu
CDPATH='' cd -- "$(dirname -- "$0")/.."
architecture=amd64
case ${1-} in amd64 | arm64) architecture=$1 && shift ;; esac
if [ -z "${PYTHON-}" ]; then
    tools/setup.sh
    PYTHON=.venv/bin/python
fi
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || date +%s)
export SOURCE_DATE_EPOCH
exec "$PYTHON" -m tools.packaging "$architecture" "${EDGE_NODE_DIST:-dist}" "$@"
