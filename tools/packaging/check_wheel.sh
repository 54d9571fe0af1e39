#!/bin/sh
# The wheel as a stranger gets it: built, installed with the newest packages that pyproject.toml allows, and the demo run from it.
set -eu
CDPATH='' cd -- "$(dirname -- "$0")/../.."
python=${PYTHON:-$PWD/.venv/bin/python}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m pip wheel -q --no-deps --no-build-isolation -w "$work" .
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --no-input --disable-pip-version-check --only-binary :all: "$work"/*.whl
cd "$work"
venv/bin/edge-node --version
venv/bin/python -c 'from drivers import device_files as d; print(*(f"{len(d.known(k))} {k}" for k in ("arrays", "cameras", "sdrs")), "come with it")'
venv/bin/edge-node demo --seconds 30 >/dev/null 2>demo.log || { tail -n 30 demo.log && exit 1; }
tail -n 1 demo.log
