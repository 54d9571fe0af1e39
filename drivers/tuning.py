"""How a Wi-Fi interface is tuned: by the unit edge-node-monitor@ where it runs for the interface, else by iw(8). Standard library alone."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

RUN_DIR = Path("/run/edge-node-monitor")
IW_TIMEOUT_S = 2.0
HELPER_TIMEOUT_S = IW_TIMEOUT_S + 1.0
LOWEST_MHZ, HIGHEST_MHZ = 2400, 7200
MOST_REASON = 80
MOST_BYTES = 4 * MOST_REASON + 1


class ChannelRefused(Exception):
    """The interface cannot be tuned there now; the text says why."""


Tuner = Callable[[str, int], None]
"""Tune an interface to a centre in MHz; raises ChannelRefused."""


def tune(interface: str, center_mhz: int) -> None:
    """Tune by the interface's own helper where it runs, by iw(8) where it does not; raises ChannelRefused."""
    path = socket_path(interface)
    if _is_there(path):
        tune_with_helper(path, center_mhz)
    else:
        _tune_with_own_right(interface, center_mhz)


def _is_there(path: Path) -> bool:
    """Also where this user may not look: being refused says more than being without."""
    try:
        return path.exists()
    except PermissionError:
        return True


def socket_path(interface: str) -> Path:
    """Where the helper of an interface listens."""
    return RUN_DIR / interface / "tune"


def tune_with_helper(path: Path, center_mhz: int) -> None:
    """Ask the helper at `path`, one line each way: MHz there, nothing or why not back; raises ChannelRefused."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(HELPER_TIMEOUT_S)
            link.connect(os.fspath(path))
            link.sendall(f"{center_mhz}\n".encode())
            said = read_line(link)
    except OSError as error:
        words = "took too long" if isinstance(error, TimeoutError) else f"does not answer: {error.strerror}"
        raise ChannelRefused(f"edge-node-monitor@{path.parent.name} {words}") from None
    if said is None:
        raise ChannelRefused(f"edge-node-monitor@{path.parent.name} hung up")
    if said:
        raise ChannelRefused(said)


def tune_with_iw(interface: str, center_mhz: int) -> None:
    """Tune by iw(8); raises ChannelRefused."""
    try:
        command = ["iw", "dev", interface, "set", "freq", str(center_mhz)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=IW_TIMEOUT_S, check=False)
    except FileNotFoundError:
        raise ChannelRefused("iw is not installed (sudo apt install iw)") from None
    except subprocess.TimeoutExpired:
        raise ChannelRefused(f"iw took over {IW_TIMEOUT_S:.0f} s") from None
    except OSError as error:
        raise ChannelRefused(f"iw cannot be run: {error.strerror}") from None
    if done.returncode:
        raise ChannelRefused(" ".join(done.stderr.split())[-MOST_REASON:] or f"iw failed with {done.returncode}")


def read_line(link: socket.socket) -> str | None:
    """One line of at most MOST_BYTES; None when none came; raises OSError."""
    data = b""
    while not data.endswith(b"\n") and len(data) < MOST_BYTES:
        part = link.recv(MOST_BYTES - len(data))
        if not part:
            return None
        data += part
    return data.decode(errors="replace").strip()


def _tune_with_own_right(interface: str, center_mhz: int) -> None:
    try:
        tune_with_iw(interface, center_mhz)
    except ChannelRefused as refusal:
        if "not permitted" not in str(refusal):
            raise
        raise ChannelRefused(f"{refusal}: sudo systemctl enable --now edge-node-monitor@{interface}") from None
