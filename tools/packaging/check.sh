#!/bin/sh
# The package in a fresh Debian without network, booted with systemd in a container: installed, run, upgraded, a broken upgrade rolled back,
# also with the power cut in between, set up at its first boot, purged. Needs root, debootstrap and systemd-nspawn; the fresh Debian is kept.
#   tools/packaging/check.sh [FILE.deb [SUITE]]     without a file it builds one; bookworm as usual
set -eu
CDPATH='' cd -- "$(dirname -- "$0")/../.."
suite=${2:-bookworm}
with=systemd,systemd-sysv,dbus,udev,iproute2,iw,procps,python3,libportaudio2,libusb-1.0-0
cache=${XDG_CACHE_HOME:-$HOME/.cache}/edge-node
fresh=$cache/debian-$suite-$(echo "$with" | cksum | cut -d ' ' -f 1).tar.zst

for needed in debootstrap systemd-nspawn dpkg-deb zstd; do
    command -v "$needed" >/dev/null || { echo "skipped: no $needed" && exit 0; }
done
[ "$(id -u)" -eq 0 ] || { echo "skipped: only root makes a Debian to install into" && exit 0; }

work=$(mktemp -d)
# In memory: dpkg waits for the disk after every file.
mount -t tmpfs -o size=4G,mode=755 edge-node-check "$work"
trap 'umount "$work" && rmdir "$work"' EXIT

# Where this machine has its packages from.
mirror() {
    # shellcheck disable=SC2016  # apt's own variable
    apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Created-By: Packages' | head -n 1
}

fresh_debian() {
    if [ ! -s "$fresh" ]; then
        echo "making a fresh Debian $suite" >&2
        mkdir -p "$cache"
        rm -f "$cache/debian-$suite"-*.tar.zst
        debootstrap --variant=minbase --include="$with" "$suite" "$1" "$(mirror)" >"$work/debootstrap.log" 2>&1 || {
            tail -n 20 "$work/debootstrap.log" >&2
            return 1
        }
        rm -rf "$1"/var/cache/apt/archives/*.deb "$1"/var/lib/apt/lists/*
        tar -C "$1" -c . | zstd -q -3 -T0 -o "$fresh.$$" && mv "$fresh.$$" "$fresh"
        return
    fi
    mkdir -p "$1" && zstd -q -dc "$fresh" | tar -C "$1" -x
}

# another VERSION [MODULE TEXT]: the same package as if it were that version, with something broken in it.
another() {
    sed -i "s/^Version: .*/Version: $1/" "$work/as/DEBIAN/control"
    echo "$1" >"$work/as/opt/edge-node/package/version"
    if [ -n "${2-}" ]; then
        for broken in "$work"/as/opt/edge-node/package/python3.*/lib/python3.*/site-packages/"$2"; do
            rm "$broken"
            echo "$3" >"$broken"
        done
    fi
    dpkg-deb -Znone --build "$work/as" "$work/root/check/$1.deb" >/dev/null
}

if [ -z "${1-}" ]; then
    EDGE_NODE_DIST=$work/dist tools/build_deb.sh amd64 --fast >&2
    set -- "$work"/dist/*.deb
fi
fresh_debian "$work/root"
mkdir "$work/root/check"
cp "$1" "$work/root/check/first.deb"
dpkg-deb -R "$1" "$work/as"
another 90.1
# The version before had another unit, which has to come back with it.
sed -i 's/^Description=.*/Description=another unit/' "$work/as/usr/lib/systemd/system/edge-node.service" "$work/as/opt/edge-node/package/systemd/edge-node.service"
another 90.2 edge_node/node/supervisor.py 'raise SystemError("a broken upgrade")'
rm -rf "$work/as" "$work/dist"
cp tools/packaging/inside/*.sh "$work/root/check/"
date +%s >"$work/root/check/begun"
cat >"$work/root/etc/systemd/system/check.service" <<'UNIT'
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/sh -c '/check/part >>/check/log 2>&1; echo $? >/check/ended; systemctl poweroff --no-block'
TimeoutStartSec=infinity
UNIT
mkdir -p "$work/root/etc/systemd/system/default.target.wants"
ln -s ../check.service "$work/root/etc/systemd/system/default.target.wants/check.service"

# boot PART: true when it asks for a power cut, and has had it: the container with all that runs in it is killed. Else it has ended.
boot() {
    ln -sfn "$(basename "$1")" "$work/root/check/part"
    systemd-nspawn -q -D "$work/root" --boot --register=no --keep-unit --private-network >>"$work/boot.log" 2>&1 </dev/null &
    machine=$!
    until [ -e "$work/root/check/power-cut" ] || ! kill -0 "$machine" 2>/dev/null; do
        if [ "$(($(date +%s) - $(cat "$work/root/check/begun")))" -gt 420 ]; then break; fi
        sleep 0.1
    done
    # Its first process, and with that all of them at once; without it systemd-nspawn ends as well.
    init=$(cat "/proc/$machine/task/$machine/children" 2>/dev/null || :)
    if [ -n "$init" ]; then kill -KILL "${init%% *}"; fi
    wait "$machine" 2>/dev/null || :
    rm "$work/root/check/power-cut" 2>/dev/null
}

for part in tools/packaging/inside/[0-9]*.sh; do
    boot "$part" || break
done
cat "$work/root/check/log" 2>/dev/null || tail -n 40 "$work/boot.log"
[ "$(cat "$work/root/check/ended" 2>/dev/null)" = 0 ]
