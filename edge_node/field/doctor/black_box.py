"""The black box before it is needed: the memory it may take, its button, and the room on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from edge_node.config import Config
from edge_node.field.doctor.grades import finding
from edge_node.messages import Finding

UNIT_MEMORY_MB, NODE_MEMORY_MB = 600, 200
"""MemoryMax of edge-node.service, and what a node of four sensors takes without a black box."""
HUB_MB = 20
"""What the hub holds of what it told."""
ABOUT = "black box"


def memory_mb(config: Config) -> int:
    """At most, of all processes together."""
    return config.black_box.memory_mb * len(config.sensor) + HUB_MB if config.black_box.on else 0


def words(config: Config) -> str:
    """What it does, in a line."""
    table = config.black_box
    if not table.on:
        return "no [black_box] on: nothing of what sensors gave is held or kept"
    kinds = [name for name, kept in (("sound", table.sound), ("pictures", table.video), ("IQ", table.iq)) if not kept]
    without = f", without {' and '.join(kinds)}" if kinds else ""
    held = (
        f"{table.seconds_before:g} s of {len(config.sensor)} sensors{without}, at most {table.memory_mb} MB each ({memory_mb(config)} MB)"
    )

    sealed = "sealed to public_key" if table.public_key else "as anybody can read it who reads state_dir"
    return f"the black box holds {held}; on a {' or '.join(table.on)} it keeps them, {sealed}, for {table.days:g} days"


def of_config(config: Config) -> Iterator[Finding]:
    """What would keep it from its work, or the node from its own."""
    table, takes = config.black_box, memory_mb(config)
    if takes + NODE_MEMORY_MB > UNIT_MEMORY_MB:
        said = f"it may take {takes} MB beside the {NODE_MEMORY_MB} MB of the node, and the service may take {UNIT_MEMORY_MB} MB"
        yield finding(ABOUT, "black_box_memory", "warn", said, "less memory_mb, or more MemoryMax (systemctl edit edge-node)")
    if "button" in table.on and table.button is not None:
        yield from _button(table.button)
    if table.on and (free_mb := _free_mb(config.node.state_dir)) is not None and free_mb < table.free_mb:
        said = f"the disk has {free_mb} MB left, and below {table.free_mb} MB nothing is recorded"
        yield finding(ABOUT, "black_box_no_room", "warn", said, "make room in state_dir, or lower free_mb")


def _button(path: Path) -> Iterator[Finding]:
    if not path.exists():
        touch = "look at its dtoverlay, and at /dev/input/by-path"
        yield finding(ABOUT, "black_box_button", "warn", f"there is no button {path}", touch)
    elif not os.access(path, os.R_OK):
        yield finding(ABOUT, "black_box_button", "warn", f"the button {path} may not be read", "put the node's user into the group input")


def _free_mb(folder: Path) -> int | None:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        state = os.statvfs(folder)
    except OSError:
        return None
    return state.f_bavail * state.f_frsize >> 20
