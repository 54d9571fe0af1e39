#!/bin/sh
# Set up, then show a node, its C2 and simulated drones; arguments go to `edge-node demo`.
set -eu
CDPATH='' cd -- "$(dirname -- "$0")/.."
tools/setup.sh
exec .venv/bin/edge-node demo "$@"
