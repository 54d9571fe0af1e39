#!/bin/sh
# The first boot, with a file of answers and a token on the boot partition. Then all of it is purged.
set -eu
cd "$(dirname "$0")"
# shellcheck source=tools/packaging/inside/lib.sh
. ./lib.sh

result=/boot/firmware/edge-node-setup.result.txt
setup() { systemctl show -P "$1" edge-node-first-boot.service; }
done_on() { [ "$(setup ActiveState)" = inactive ] && [ "$(setup Result)" = success ]; }
c2() { "$(its_python)" -P -m tools.c2 "$@" --state /check/c2; }

done_on || { cat "$result" || :; fail "edge-node-first-boot is $(setup ActiveState), $(setup Result)"; }
holds "the file was followed before the node started: $(head -n 1 "$result" | tr -d '\r')" grep -q ': DONE' "$result"
holds "the token is used, and nowhere on the machine but at its C2" not grep -rqF "$(cat token)" /boot /etc /var/lib/edge-node
within 30 is_well
holds "the node runs by itself, as $(stat -c %U "/proc/$(main_pid edge-node.service)")" systemctl is-active -q edge-node.service
c2 nodes >listed
holds "at C2 it is $(tr -s " " <listed | cut -d ' ' -f 1-3)" grep -q '^harbour-1 .* enrolled ' listed
within 30 grep -q '"node":"harbour-1"' c2.log
ok "C2 hears it: $(wc -l <c2.log) messages"

systemctl stop c2.service
rm -r /boot/firmware /etc/systemd/system/c2.service /etc/systemd/system/default.target.wants/c2.service
systemctl enable edge-node-monitor@mon7.service >/dev/null 2>&1
grep -qx /etc/credstore.encrypted before || rm -r /etc/credstore.encrypted
dpkg --purge edge-node >dpkg.log 2>&1 || { cat dpkg.log && fail "dpkg --purge"; }
all_files >after
holds "purged: no file is left" diff before after
holds "no user" cmp passwd /etc/passwd
holds "no group" cmp group /etc/group
holds "no unit" test -z "$(systemctl list-unit-files --plain --no-legend 'edge-node*')"
