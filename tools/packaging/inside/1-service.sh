#!/bin/sh
# The service: installed, set up by hand, upgraded, a broken upgrade rolled back.
set -eu
cd "$(dirname "$0")"
# shellcheck source=tools/packaging/inside/lib.sh
. ./lib.sh

is_valid() {
    said=$(systemd-analyze verify --man=no "$1" 2>&1) || fail "$1: $said"
    if [ -n "$said" ]; then fail "$1: $said"; fi
    case $1 in *first-boot*) most=30 ;; *) most=20 ;; esac
    systemd-analyze security --threshold="$most" --no-pager "$1" >security.log || fail "$(tail -n 1 security.log)"
    ok "$1 is valid; $(tail -n 1 security.log | grep -o 'exposure.*[0-9.]*')"
}

all_files >before
cp /etc/passwd /etc/group .
holds "there is no network" test -z "$(ip route)"

install_deb first.deb
first=$(dpkg-query -W -f '${Version}' edge-node)
holds "edge-node $first is installed offline" is current "$first"
holds "all files are as packed" dpkg --verify edge-node
holds "its service is enabled, and waits for node.toml" systemctl is-enabled -q edge-node.service
holds "its user and folder are there" test "$(stat -c '%U %a' /var/lib/edge-node)" = "edge-node 700"
for unit in edge-node.service edge-node-gateway.service edge-node-gate.service edge-node-first-boot.service edge-node-monitor@mon0.service; do is_valid "$unit"; done

if edge-node doctor --help >/dev/null 2>&1; then
    code=0 && edge-node doctor >doctor.log 2>&1 || code=$?
    if [ "$code" -gt 2 ] || grep -q Traceback doctor.log; then cat doctor.log && fail "doctor ended with $code"; fi
    ok "doctor runs, and ends with $code: $(tail -n 1 doctor.log)"
fi
python3 -c '
import random, wave
random.seed(1)
with wave.open("noise.wav", "wb") as file:
    file.setparams((1, 2, 16000, 0, "NONE", ""))
    file.writeframes(random.randbytes(2 * 16000 * 30))
'
cat >/etc/edge-node/node.toml <<'TOML'
[node]
name = "mast"
state_dir = "/var/lib/edge-node"
run_dir = "/run/edge-node"
latitude_deg = 56.9
longitude_deg = 24.1
altitude_wgs84_m = 31.0
[[sensor]]
name = "sound"
driver = "recording"
path = "/check/noise.wav"
array = "single_microphone"
loop = true
TOML
cp /etc/edge-node/node.toml node.toml
edge-node check-config >config.log 2>&1 || { cat config.log && fail check-config; }
systemctl start edge-node.service
within 30 is_well
edge-node status >status.log || :
ok "the service runs: $(head -n 1 status.log)"
holds "it can write where it keeps its state" not grep -q read-only status.log

install -g edge-node -m 640 /etc/edge-node/gateway.example.toml /etc/edge-node/gateway.toml
systemctl start edge-node-gateway.service || { journalctl --no-pager -u edge-node-gateway && fail "the gateway does not start"; }
systemctl reload edge-node-gateway.service
holds "the gateway runs, under a user of its own" systemctl is-active -q edge-node-gateway.service
holds "and cannot read the node's keys" not test "$(stat -c %u "/proc/$(main_pid edge-node-gateway)")" = "$(id -u edge-node)"
echo 'bnd = 1' >/etc/edge-node/gateway.toml
systemctl restart edge-node-gateway.service 2>/dev/null || :
holds "a gateway.toml that is wrong is not tried again" systemctl is-failed -q edge-node-gateway.service
rm /etc/edge-node/gateway.toml
systemctl reset-failed edge-node-gateway.service

gate_watches 20
old=$(main_pid edge-node.service)
echo '# mine' >>/etc/edge-node/node.example.toml
install_deb 90.1.deb
holds "90.1 is current and $first is kept" is current 90.1
# Meanwhile the demo, which takes its time as well.
setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME=/tmp edge-node demo --seconds 25 >demo.log 2>&1 || { tail -n 30 demo.log && fail demo; }
ok "the demo runs as nobody: $(tail -n 1 demo.log)"
within 60 is_judged
holds "the gate let 90.1 stay" is current 90.1
holds "it runs" is_well >/dev/null
holds "$first is kept" is previous "$first"
holds "another process runs" test "$old" != "$(main_pid edge-node.service)"
holds "node.toml is as it was" cmp -s node.toml /etc/edge-node/node.toml
holds "what was changed in the example is as it was" grep -q '# mine' /etc/edge-node/node.example.toml

edge-node-version rollback
holds "rolled back by hand" is current "$first"
within 30 is_well
edge-node-version rollback
holds "and forward again" is current 90.1
within 30 is_well

systemctl show -P Description edge-node.service >described
dpkg --unpack 90.2.deb >dpkg.log 2>&1 || { cat dpkg.log && fail "dpkg --unpack"; }
systemctl daemon-reload
holds "what is unpacked and not taken yet changes nothing: 90.1 runs with its own unit" unit_says "$(cat described)"
holds "and is told" is unpacked '90.2, and not taken into use yet: sudo dpkg --configure -a'
dpkg --configure -a >dpkg.log 2>&1 || { cat dpkg.log && fail "dpkg --configure -a"; }
holds "the broken 90.2 is current" is current 90.2
holds "with a unit of its own" unit_says "another unit"
within 60 is current 90.1
within 30 is_well
holds "it was rolled back, and a file says so" grep -q "^rolled back from 90.2 to 90.1" /opt/edge-node/rolled-back
journalctl --no-pager -p alert -u edge-node-gate >alert.log
holds "the journal has an alert" grep -q "90.2 IS ROLLED BACK" alert.log
holds "the older unit came back" unit_says "$(cat described)"
holds "systemctl --failed names the gate" systemctl is-failed -q edge-node-gate.service
edge-node-version

# The keys as an encrypted credential, by the commands of docs/enrolment.md; this disk is memory, which systemd-creds would rather not trust.
install -d -m 700 /etc/credstore.encrypted
systemd-creds encrypt --with-key=host --name=edge-node-keys /var/lib/edge-node/keys/curve.toml /etc/credstore.encrypted/edge-node-keys ||
    fail "systemd-creds"
install -D -m 644 -t /etc/systemd/system/edge-node.service.d /opt/edge-node/current/systemd/credentials.conf
systemctl daemon-reload
systemctl restart edge-node.service || fail "the service with its credential"
within 30 is_well
holds "the service has its keys as a credential" cmp /run/credentials/edge-node.service/edge-node-keys /var/lib/edge-node/keys/curve.toml

# The helper for Wi-Fi: its unit but for the plug, which a container has not, with an interface that is none of Wi-Fi and an iw that says yes.
if ip link add mon0 type dummy 2>/dev/null || ip link add mon0 type veth peer name mon0peer 2>/dev/null; then
    helper=edge-node-monitor@mon0.service
    sed '/sys-subsystem-net-devices/d' /opt/edge-node/current/systemd/edge-node-monitor@.service >/run/systemd/system/edge-node-monitor@.service
    cat >/usr/local/sbin/iw <<'IW'
#!/bin/sh
[ "$5" != 2467 ] || { echo "command failed: Invalid argument (-22)" >&2; exit 234; }
IW
    chmod 755 /usr/local/sbin/iw
    cat >ask.py <<'PYTHON'
import sys
from drivers.tuning import ChannelRefused, tune
try:
    tune("mon0", int(sys.argv[1]))
except ChannelRefused as refusal:
    print("refused:", refusal)
PYTHON
    python=$(its_python)
    asked() {
        setpriv --reuid="$1" --regid="$1" --clear-groups "$python" - "$2" <ask.py 2>&1
    }
    # shellcheck disable=SC2317  # within calls it
    is_tuned() { [ -z "$(asked edge-node 2437)" ]; }
    systemctl daemon-reload
    systemctl start "$helper" || fail "$helper"
    within 20 is_tuned
    ok "the helper tunes for the node; it runs as user $(stat -c %u "/proc/$(main_pid "$helper")"), $(grep CapEff "/proc/$(main_pid "$helper")/status")"
    holds "it brought the interface up" test -n "$(ip -o link show up dev mon0)"
    holds "it passes on a refusal" test "$(asked edge-node 2467)" = "refused: command failed: Invalid argument (-22)"
    said=$(asked daemon 2437)
    holds "another user has no way to it: $said" test "${said%%:*}" = refused
    systemctl stop "$helper"
    rm /usr/local/sbin/iw /run/systemd/system/edge-node-monitor@.service
else
    echo "skipped: no interface can be made here, so the Wi-Fi helper was not run"
fi

# A broken upgrade again, and the power goes as soon as dpkg has ended.
install_deb 90.2.deb
holds "the broken 90.2 is current again, and the power goes" is current 90.2
power_cut
