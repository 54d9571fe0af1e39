#!/bin/sh
# Runs this version with the first Python of this machine that it has libraries for: also after the system was upgraded to another.
here=$(dirname -- "$(readlink -f -- "$0")")
for python in "$here"/../python3.*/bin/python; do
    if [ -x "$python" ]; then exec "$python" @HOW@ "$@"; fi
done
echo "edge-node: none of its Pythons is installed: sudo apt-get install --fix-broken" >&2
exit 69
