#!/bin/sh
# Make .venv with all that edge_node needs, at locked versions. May be run again at any time.
#   tools/setup.sh          for work on it: with tests and checkers
#   tools/setup.sh --node   for a node in the field: without them
set -eu
CDPATH='' cd -- "$(dirname -- "$0")/.."

case "${1-}" in
    "") lock=requirements-dev.lock page=tools/c2/web peers=requirements-peers.lock ;;
    --node) lock=requirements.lock page='' peers='' ;;
    *)
        echo "usage: tools/setup.sh [--node]" >&2
        exit 64
        ;;
esac

say() { printf 'setup: %s\n' "$*" >&2; }

# The first Python that the locked wheels are for; Debian's own python3 comes first because its venv package is at hand.
find_python() {
    for candidate in python3 python3.13 python3.12 python3.11 python3.14; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    say "needs Python 3.11 to 3.14, and found none. On Debian 12 or newer: sudo apt-get install python3 python3-venv"
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

apt_install() {
    if command -v apt-get >/dev/null && as_root true 2>/dev/null; then
        say "installing $*"
        as_root env DEBIAN_FRONTEND=noninteractive sh -c \
            'apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null' sh "$@" && return
    fi
    say "please install what is missing:  sudo apt-get install $*"
    return 1
}

need_venv() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null && return
    apt_install "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
}

# missing_library FILE PACKAGE: the package, if the dynamic linker does not find the file.
missing_library() {
    "$python" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$1" 2>/dev/null || echo "$2"
}

# One sensor without its library is no reason to leave the node without all the others.
need_libraries() {
    radio=0
    if apt-cache show librtlsdr2 >/dev/null 2>&1; then radio=2; fi
    missing=$(
        missing_library libusb-1.0.so.0 libusb-1.0-0
        missing_library libportaudio.so.2 libportaudio2
        missing_library "librtlsdr.so.$radio" "librtlsdr$radio"
    )
    # shellcheck disable=SC2086  # one word a package
    [ -z "$missing" ] || apt_install $missing || say "going on: until then some sensors (USB, microphone, SDR) do not work"
}

# A virtual environment holds its own path, and the Python it was made with: it neither moves nor outlives them.
make_venv() {
    if ! grep -qF " $PWD/.venv" .venv/pyvenv.cfg 2>/dev/null || ! .venv/bin/python -c 'import pip' 2>/dev/null; then
        "$python" -m venv --clear .venv
    fi
}

pip_install() {
    .venv/bin/python -m pip install -qq --no-input --disable-pip-version-check "$@"
}

# What the page of the reference C2 is drawn with; npm comes with the locked packages.
page_packages() {
    (cd "$page" && "$OLDPWD/.venv/bin/npm" ci --ignore-scripts --loglevel=error >/dev/null)
}

stamp=.venv/set-up
wanted="$PWD $(cat "$lock" ${peers:+"$peers"} ${page:+"$page/package-lock.json"} pyproject.toml tools/setup.sh | cksum)"
if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && .venv/bin/python -c 'import edge_node' 2>/dev/null &&
    { [ -z "$page" ] || [ -d "$page/node_modules" ]; }; then
    exit 0
fi

python=$(find_python)
need_venv
need_libraries
make_venv
say "installing $(grep -c '^[a-z].*==' "$lock") locked packages with $(.venv/bin/python --version); this takes a minute or two"
pip_install --only-binary :all: --require-hashes -r "$lock"
pip_install --no-deps --no-build-isolation -e .
[ -z "$peers" ] || pip_install --require-hashes -r "$peers" ||
    say "going on: tests that compare with programs of others ($peers) skip; they are built, which takes: sudo apt-get install gcc python3-dev"
if [ -z "$page" ] || page_packages; then
    echo "$wanted" >"$stamp"
else
    say "going on: without its packages from npm, the C2's web page does not work; tools/setup.sh tries again"
fi
say "done: .venv/bin/edge-node is ready"
