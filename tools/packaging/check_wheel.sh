#!/bin/sh
# The wheel as a stranger gets it, by both ways of docs/install.md: built, installed with the newest packages that pyproject.toml allows, and
# used from there.
set -eu
CDPATH='' cd -- "$(dirname -- "$0")/../.."
python=${PYTHON:-$PWD/.venv/bin/python}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PIPX_HOME="$work/pipx" PIPX_BIN_DIR="$work/by-pipx" UV_TOOL_DIR="$work/uv" UV_TOOL_BIN_DIR="$work/by-uv" UV_NO_BUILD=1 PIP_ONLY_BINARY=:all:
"$python" -m pip wheel -q --no-deps --no-build-isolation -w "$work" .
"$python" -m venv "$work/tools"
"$work/tools/bin/pip" install -q --no-input --disable-pip-version-check pipx uv
cd "$work"
tools/bin/pipx install --backend pip ./*.whl >pipx.log 2>&1 || { cat pipx.log && exit 1; }
tools/bin/uv tool install -q --no-build ./*.whl 2>uv.log || { cat uv.log && exit 1; }
for way in by-pipx by-uv; do
    # Nothing is set up here, so it ends with 2, and says what to do.
    code=0 && "$way/edge-node" doctor >doctor.log 2>&1 || code=$?
    if [ "$code" -gt 2 ] || grep -q Traceback doctor.log; then cat doctor.log && exit 1; fi
    echo "$way: $("$way/edge-node" --version), whose doctor ends with $code"
done
uv/edge-node/bin/python -c 'from drivers import device_files as d; print(*(f"{len(d.known(k))} {k}" for k in ("arrays", "cameras", "sdrs")), "come with it")'
by-pipx/edge-node demo --seconds 20 >/dev/null 2>demo.log || { tail -n 30 demo.log && exit 1; }
tail -n 1 demo.log
