#!/bin/sh
# The machine starts again while an upgrade is on trial: this one was broken, the next is not.
set -eu
cd "$(dirname "$0")"
# shellcheck source=tools/packaging/inside/lib.sh
. ./lib.sh

within 60 is_judged
holds "the gate went on after the power cut, and rolled back" is current 90.1
holds "a file says so" grep -q "^rolled back from 90.2 to 90.1" /opt/edge-node/rolled-back
holds "the journal has an alert" sh -c "journalctl --no-pager -p alert -u edge-node-gate | grep -q '90.2 IS ROLLED BACK'"
holds "the older unit came back" unit_says "$(cat described)"
within 30 is_well
ok "90.1 runs: $(edge-node status | head -n 1 || :)"

gate_watches 12
install_deb first.deb
holds "$(dpkg-query -W -f '${Version}' edge-node) is current, and the power goes" not is_judged
power_cut
