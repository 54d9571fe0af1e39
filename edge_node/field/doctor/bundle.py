"""One zip file for whoever helps from afar: what doctor found and what the computer logged, with all that is private blanked.

Never in it: key files, recordings, pictures, sound, tracks. Its CONTENTS.txt says what is, and how often what was blanked.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import distributions
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec

from drivers.board import Board
from edge_node import __version__
from edge_node.field.doctor.redaction import Redactor
from edge_node.field.doctor.report import Report
from edge_node.field.doctor.running import STATUS

MOST_BYTES = 512 << 10
ANSWER_WITHIN_S = 5.0
LOG_LINES = 500
UNIT = "edge-node.service"
OF_HARDWARE = ("usb", "voltage", "throttl", "mmc", "ext4", "i/o error", "oom", "killed process", "thermal", "xhci", "brcm", "uvc", "snd")
"""What a line of the kernel's log has in it that is worth sending."""


def write(path: Path, report: Report, config: Path, run_dir: Path) -> str:
    """Make it, for its owner alone; what is in it, in words. Raises OSError."""
    redactor = Redactor()
    parts: dict[str, tuple[str, Callable[[], str]]] = {
        "doctor.json": ("what doctor found", lambda: msgspec.json.format(msgspec.json.encode(report)).decode()),
        "status.json": ("what the node said of itself last", lambda: _file(run_dir / STATUS)),
        "node.toml": ("the configuration", lambda: _file(config)),
        "versions.txt": ("versions of node, Python, kernel and packages", _versions),
        "log.txt": (f"the last {LOG_LINES} lines of the node's log", _log),
        "kernel.txt": ("lines of the kernel's log on power, USB and storage", _kernel),
        "usb.txt": ("what is plugged in", _usb),
    }
    fresh = path.with_name(f".{path.name}.new")
    contents = []
    handle = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file, ZipFile(file, "w", ZIP_DEFLATED) as made:
        for name, (words, read) in parts.items():
            text = redactor.text(read()[-MOST_BYTES:])
            made.writestr(name, text)
            contents.append(f"  {name:<14} {words}{'' if text else ' (empty)'}")
        blanked = [f"  {count} x {name}" for name, count in sorted(redactor.counts.items())] or ["  nothing"]
        summary = "\n".join([f"In {path.name}:", *contents, "Blanked in it:", *blanked, "Look through it before you send it.", ""])
        made.writestr("CONTENTS.txt", summary)
    fresh.replace(path)
    return summary


def _file(path: Path) -> str:
    """The text of a small file; why not, where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES).decode("utf-8", "replace")
    except OSError as error:
        return f"cannot be read: {error.strerror}\n"


def _answer(*command: str) -> str:
    try:
        told = subprocess.run(command, check=False, capture_output=True, timeout=ANSWER_WITHIN_S, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{command[0]} cannot be asked: {type(error).__name__}\n"
    return told.stdout.decode("utf-8", "replace")


def _log() -> str:
    return _answer("journalctl", "--unit", UNIT, "--lines", str(LOG_LINES), "--no-pager", "--output", "short-iso")


def _kernel() -> str:
    lines = _answer("dmesg").splitlines()
    return "".join(f"{line}\n" for line in lines if any(word in line.casefold() for word in OF_HARDWARE))


def _usb() -> str:
    devices = Board().usb_devices()
    return "".join(f"{one.words()} {one.speed_mbps or 0:g} Mb/s, up to {one.most_ma or 0} mA\n" for one in devices) or "nothing\n"


def _versions() -> str:
    packages = sorted({f"{one.name} {one.version}" for one in distributions()}, key=str.casefold)
    head = (f"edge_node {__version__}", f"Python {sys.version}", platform.platform(), Board().model or "computer of an unknown kind")
    return "\n".join((*head, "", *packages, ""))
