"""The file system that holds a path: its room, whether it can be written, its errors, and how worn its card is."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal, NamedTuple

from msgspec.structs import replace

from drivers.board.facts import Disk
from drivers.board.files import exists, number, resolved, text

SPARES: dict[int, Literal["normal", "warning", "urgent"]] = {1: "normal", 2: "warning", 3: "urgent"}
"""PRE_EOL_INFO of JESD84-B51: 80 % of the spare blocks used up is a warning, 90 % urgent."""
LIFE_STEPS = range(1, 12)
"""DEVICE_LIFE_TIME_EST of JESD84-B51: 1 is up to 10 % of its life used, 10 up to 100 %, 11 more than that; 0 is not said."""

ESCAPED = re.compile(r"\\([0-7]{3})")
STEP = re.compile(r"0x[0-9a-fA-F]{1,2}")


class Mount(NamedTuple):
    """One line of mountinfo: the block device as major:minor, where it is mounted, and its options there and as a whole."""

    numbers: str
    point: str
    options: tuple[str, ...]
    kind: str
    source: str
    super_options: tuple[str, ...]


class Room(NamedTuple):
    """What statvfs(3) says, for whoever is not root."""

    free_bytes: int | None = None
    total_bytes: int | None = None
    free_files: int | None = None
    read_only: bool | None = None


def disk(root: Path, path: Path) -> Disk:
    """Of a real path; what the kernel says of its mount, its errors and its wear is read under root."""
    room = _room(path)
    told = Disk(path=path, free_bytes=room.free_bytes, total_bytes=room.total_bytes, free_files=room.free_files, read_only=room.read_only)
    mount = _holding(_mounts(root), resolved(path.absolute()))
    if mount is None:
        return told
    there, whole = "ro" in mount.options, "ro" in mount.super_options
    worn, spares = _wear(root, mount.numbers)
    return replace(
        told,
        device=mount.source,
        kind=mount.kind,
        read_only=bool(room.read_only) or there or whole,
        fell_read_only=whole and not there,
        errors=number(root / "sys/fs/ext4" / _block_name(root, mount) / "errors_count"),
        life_used_percent=worn,
        spares=spares,
    )


def _room(path: Path) -> Room:
    """Of the path or of the nearest folder above it that is there."""
    for place in (path, *path.parents):
        try:
            told = os.statvfs(place)
        except FileNotFoundError:
            continue
        except OSError:
            return Room()
        free, total, files = told.f_bavail * told.f_frsize, told.f_blocks * told.f_frsize, told.f_favail if told.f_files else None
        return Room(free, total, files, bool(told.f_flag & os.ST_RDONLY))
    return Room()


def _mounts(root: Path) -> list[Mount]:
    """/proc/self/mountinfo, as proc_pid_mountinfo(5) has it; a line that is not so is left out."""
    mounts = []
    for line in (text(root / "proc/self/mountinfo") or "").splitlines():
        before, dash, after = line.partition(" - ")
        left, right = before.split(" "), after.split(" ")
        if dash and len(left) >= 6 and len(right) >= 3:
            point = ESCAPED.sub(lambda found: chr(int(found[1], 8)), left[4])
            mounts.append(Mount(left[2], point, tuple(left[5].split(",")), right[0], right[1], tuple(right[2].split(","))))
    return mounts


def _holding(mounts: list[Mount], path: Path) -> Mount | None:
    """The mount that a path lies on: the deepest, and of several on one place the last."""
    places = {str(place) for place in (path, *path.parents)}
    return max((mount for mount in reversed(mounts) if mount.point in places), key=lambda mount: len(mount.point), default=None)


def _block_name(root: Path, mount: Mount) -> str:
    """The kernel's name of a block device, such as mmcblk0p2."""
    link = root / "sys/dev/block" / mount.numbers
    return resolved(link).name if exists(link) else Path(mount.source).name


def _wear(root: Path, numbers: str) -> tuple[int | None, Literal["normal", "warning", "urgent"] | None]:
    """Of the eMMC or card on which a partition is."""
    link = root / "sys/dev/block" / numbers
    if not exists(link):
        return None, None
    block = resolved(link)
    device = next((folder / "device" for folder in (block, block.parent) if exists(folder / "device")), block)
    steps = [int(one, 16) for one in (text(device / "life_time") or "").split() if STEP.fullmatch(one)]
    used = max((step for step in steps if step in LIFE_STEPS), default=None)
    return (None if used is None else min(used * 10, 110)), SPARES.get(number(device / "pre_eol_info", 16) or 0)
