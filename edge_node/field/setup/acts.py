"""What setup does beside writing node.toml: keys, enrolment, monitor mode and the service, each by the command that a person would type."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from edge_node.field.setup.suggestion import Adapter

USER, SERVICE = "edge-node", "edge-node.service"
COMMAND_S = 60.0
MOST_WORDS = 2_000
LINKS = Path("/etc/systemd/network")
_MAC = re.compile(r"^([0-9a-f]{2}:){5}[0-9a-f]{2}\Z")
_PUBLIC = re.compile(r"^(fingerprint|public key)\s+(\S+)$", re.MULTILINE)


class Did(Struct, frozen=True):
    """How a command ended: what it said, whether well, and whether it may be better later, by itself."""

    well: bool
    words: str
    later: bool = False


class Keys(Struct, frozen=True):
    """What may be shown of a node's key pair."""

    fingerprint: str
    public: str


def run(command: Sequence[str], user: str | None = None, stdin: str = "", within_s: float = COMMAND_S) -> Did:
    """Run it, as another user where one is named; never raises for what the command does."""
    group, extra = (None, None) if user is None else (pwd.getpwnam(user).pw_gid, ())
    try:
        done = subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=within_s,
            check=False,
            user=user,
            group=group,
            extra_groups=extra,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return Did(well=False, words=f"{command[0]}: {error}")
    said = done.stdout if done.returncode == 0 else done.stderr or done.stdout
    return Did(well=done.returncode == 0, words=said.strip()[:MOST_WORDS], later=done.returncode == os.EX_TEMPFAIL)


def make_keys(config: Path, state_dir: Path) -> Keys | Did:
    """The node's key pair, made if there is none, or why there is none."""
    did = run(_own("keys", "-c", str(config)), owner(state_dir))
    told = dict(_PUBLIC.findall(did.words))
    if did.well and len(told) == 2:
        return Keys(told["fingerprint"], told["public key"])
    return Did(well=False, words=did.words or "the key command said nothing")


def enrol(config: Path, state_dir: Path, token: str, wait_s: float) -> Did:
    """Enrol at the C2 of a token, which goes by standard input: the process list shows no secret."""
    return run(_own("enrol", "-", "-c", str(config), "--wait", f"{wait_s:g}"), owner(state_dir), token, COMMAND_S + wait_s)


def listen(name: str, adapter: Adapter, links: Path = LINKS) -> Did:
    """Have a Wi-Fi adapter called `name` at this and every boot, and put in monitor mode by its unit."""
    if not _MAC.match(adapter.mac):
        return Did(well=False, words=f"{adapter.interface} has no address by which it could be named")
    try:
        links.mkdir(parents=True, exist_ok=True)
        text = f"# made by edge-node setup\n[Match]\nPermanentMACAddress={adapter.mac}\n\n[Link]\nName={name}\n"
        path = links / f"10-edge-node-{name}.link"
        path.write_text(text, encoding="ascii")
        path.chmod(0o644)
    except OSError as error:
        return Did(well=False, words=f"{links} cannot be written: {error.strerror}")
    steps = (
        ("ip", "link", "set", "dev", adapter.interface, "down"),
        ("ip", "link", "set", "dev", adapter.interface, "name", name),
        ("systemctl", "enable", "--now", f"edge-node-monitor@{name}.service"),
    )
    for step in steps:
        did = run(step)
        if not did.well:
            return Did(well=False, words=f"{' '.join(step)}: {did.words}")
    return Did(well=True, words=f"{adapter.interface} is {name} from now on, in monitor mode")


def has_service() -> bool:
    """Whether this computer runs systemd, knows the node's unit, and this user may start it."""
    return os.geteuid() == 0 and shutil.which("systemctl") is not None and run(("systemctl", "cat", SERVICE)).well


def start() -> Did:
    """Start the node now and at every boot; one that runs takes the new node.toml into use.

    Without waiting: at the first boot the service waits for who asks.
    """
    for step in (("systemctl", "enable", SERVICE), ("systemctl", "--no-block", "restart", SERVICE)):
        did = run(step)
        if not did.well:
            return Did(well=False, words=f"{' '.join(step)}: {did.words}; 'journalctl -u edge-node' says more")
    return Did(well=True, words="the node starts; 'edge-node status' says how it is")


def reload() -> Did:
    """Have a node that runs take what is new into use."""
    return run(("systemctl", "--no-block", "try-reload-or-restart", SERVICE))


def doctor(config: Path, state_dir: Path) -> None:
    """Run `edge-node doctor` on this terminal, as the node itself would look: root may open what the node may not."""
    command, user = _own("doctor", "-c", str(config)), owner(state_dir)
    if user is None:
        subprocess.run(command, check=False)
        return
    group = pwd.getpwnam(user).pw_gid
    subprocess.run(command, check=False, user=user, group=group, extra_groups=os.getgrouplist(user, group))


def _own(*words: str) -> list[str]:
    return [sys.executable, "-m", "edge_node", *words]


def owner(state_dir: Path) -> str | None:
    """As whom to make keys where root asks: who owns the node's state, or the service's user, for whom it is made then; None as now."""
    if os.geteuid() != 0:
        return None
    try:
        if not state_dir.exists():
            user = pwd.getpwnam(USER)
            state_dir.mkdir(mode=0o700, parents=True)
            os.chown(state_dir, user.pw_uid, user.pw_gid)
        owner = pwd.getpwuid(state_dir.stat().st_uid).pw_name
    except (KeyError, OSError):
        return None
    return None if owner == "root" else owner
