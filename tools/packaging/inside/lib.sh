# What every part of the check inside of the fresh Debian knows: each is run as root, with systemd and without network, and prints a line for
# each thing that holds.
# shellcheck shell=sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive
begun=$(cat /check/begun)
gate=/etc/systemd/system/edge-node-gate.service.d

ok() { printf 'ok      %3d s  %s\n' "$(($(date +%s) - begun))" "$*"; }

fail() {
    printf 'FAILED  %s\n' "$*"
    edge-node-version || :
    edge-node status || :
    journalctl --no-pager -n 60 -u 'edge-node*' || :
    exit 1
}

# holds WORDS COMMAND...: the command succeeds, or that was it.
holds() {
    words=$1 && shift
    "$@" || fail "$words: $*"
    ok "$words"
}

# within SECONDS COMMAND...: it succeeds by then.
within() {
    left=$(($1 * 2)) && shift
    until "$@" >/dev/null 2>&1; do
        left=$((left - 1))
        if [ "$left" -le 0 ]; then fail "in time: $*"; fi
        sleep 0.5
    done
}

not() { if "$@"; then return 1; fi; }

all_files() {
    find / -xdev \( -path /proc -o -path /sys -o -path /run -o -path /tmp -o -path /root -o -path "$PWD" -o -path /var/log -o -path /var/cache \
        -o -path /var/lib/dpkg -o -path /var/lib/systemd -o -path /var/tmp \) -prune -o -print | grep -v '/__pycache__\|-$\|^/opt$' | sort
}

is() { edge-node-version | grep -x "$1  *$2" >/dev/null; }
is_well() { edge-node status || [ "$?" -eq 1 ]; }
is_judged() { [ ! -e /opt/edge-node/gate.json ]; }
install_deb() { dpkg -i "$1" >dpkg.log 2>&1 || { cat dpkg.log && fail "dpkg -i $1"; }; }
its_python() { for python in /opt/edge-node/current/python3.*/bin/python; do if [ -x "$python" ]; then echo "$python"; fi; done; }
unit_says() { [ "$(systemctl show -P Description edge-node.service)" = "$1" ]; }
main_pid() { systemctl show -P MainPID "$1"; }

# gate_watches SECONDS instead of a minute.
gate_watches() {
    mkdir -p "$gate"
    printf '[Service]\nEnvironment=EDGE_NODE_GATE_S=%s\n' "$1" >"$gate/quick.conf"
    systemctl daemon-reload
}

# The rest of the check is the next part's, after the power went: check.sh kills all that runs here, and starts the machine again.
power_cut() {
    touch /check/power-cut
    sleep 60
    fail "the power did not go"
}
