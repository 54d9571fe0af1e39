#!/bin/sh
# The machine starts again while a good upgrade is on trial. Then a lamp; and all that makes it this node is taken away, for a first boot.
set -eu
cd "$(dirname "$0")"
# shellcheck source=tools/packaging/inside/lib.sh
. ./lib.sh

first=$(dpkg-query -W -f '${Version}' edge-node)
within 60 is_judged
holds "the gate went on after the power cut, and let $first stay" is current "$first"
holds "the journal says so" sh -c "journalctl --no-pager -u edge-node-gate | grep -q '$first is as well as'"
within 30 is_well

# It flashes, so it is looked at nine times, at a beat of its own.
# shellcheck disable=SC2317  # within calls it
is_lit() {
    for _ in 1 2 3 4 5 6 7 8 9; do
        if grep -qx 255 "$lamp/brightness"; then return; fi
        sleep 0.11
    done
    return 1
}

# A LED on a pin as Linux shows it: a link in /sys/class/leds to a folder beneath /sys/devices/platform, whose files the udev rule has given
# to the node's group. To the service all of /sys is read-only, but for what the drop-in says.
lamp=/sys/devices/platform/leds/leds/lamp
cp -a /sys/class class 2>/dev/null || :
mkdir -p class/leds
if mount --bind class /sys/class && mount -t tmpfs lamp /sys/devices/platform; then
    mkdir -p "$lamp"
    ln -s ../../devices/platform/leds/leds/lamp class/leds/lamp
    for file in brightness=0 max_brightness=255 'trigger=none [heartbeat]'; do echo "${file#*=}" >"$lamp/${file%%=*}"; done
    chgrp edge-node "$lamp/brightness" "$lamp/trigger"
    chmod g+w "$lamp/brightness" "$lamp/trigger"
    printf '[lamp]\nled = "lamp"\n' >>/etc/edge-node/node.toml
    systemctl restart edge-node.service
    within 20 sh -c 'edge-node status | grep lamp_dark'
    ok "a lamp stays dark without its drop-in: $(edge-node status | grep lamp_dark | tr -s ' ')"
    install -D -m 644 -t /etc/systemd/system/edge-node.service.d /opt/edge-node/current/systemd/lamp.conf
    systemctl daemon-reload
    systemctl restart edge-node.service
    within 20 is_lit
    ok "and is lit with it; the kernel's own trigger is $(cat "$lamp/trigger")"
    systemctl stop edge-node.service
    holds "at the end it is the kernel's again" grep -qx heartbeat "$lamp/trigger"
    umount /sys/devices/platform /sys/class
else
    echo "skipped: nothing can be mounted in /sys here, so no lamp was lit"
fi
systemd-run -q --wait -p ProtectSystem=strict -p ProtectKernelTunables=yes -p ReadWritePaths=-/sys/devices/nowhere true || fail "a missing path"
ok "a computer without such a path runs the unit all the same"

# A card with the package, and a file on its boot partition. C2 is on this machine, for there is no network.
rm -rf /etc/edge-node/node.toml /var/lib/edge-node/* /etc/credstore.encrypted/edge-node-keys /etc/systemd/system/edge-node.service.d
python=$(its_python)
cat >/etc/systemd/system/c2.service <<UNIT
[Service]
ExecStart=$python -P -m tools.c2 serve --state /check/c2 --json --enrol-bind tcp://127.0.0.1:5573
StandardOutput=append:/check/c2.log
UNIT
ln -s ../c2.service /etc/systemd/system/default.target.wants/c2.service
"$python" -P -m tools.c2 invite harbour-1 --state /check/c2 --enrol tcp://127.0.0.1:5573 >token 2>/dev/null || fail "invite"
mkdir -p /boot/firmware
cat >/boot/firmware/edge-node-setup.toml <<TOML
[node]
name = "harbour-1"
place = "fixed"
latitude_deg = 56.9496
longitude_deg = 24.1052
[sensors]
take = "listed"
[[sensor]]
name = "sound"
driver = "recording"
path = "/check/noise.wav"
array = "single_microphone"
loop = true
[c2]
token = "$(cat token)"
TOML
ok "there is a file on the boot partition, and the power goes"
power_cut
