"""Small reads of a made or a real sysfs: a file that is not there, is no text or changes meanwhile is None, and nothing is unbounded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

MOST_ENTRIES = 512
MOST_TEXT = 120
UP = 6
"""A class node lies at most so many folders beneath the USB device that it belongs to."""


def text(path: Path) -> str | None:
    """One line that may be printed, of what a device says of itself: a hostile one gets no escape sequence onto a terminal."""
    try:
        with path.open("rb") as file:
            said = file.read(4 * MOST_TEXT).decode("utf-8", errors="replace")
    except (OSError, ValueError):
        return None
    line = "".join(sign if sign.isprintable() else " " for sign in said.strip("\0\r\n\t "))[:MOST_TEXT]
    return line.strip() or None


def number(path: Path) -> float | None:
    """The number that a file begins with, such as 480 or 500mA."""
    said = (text(path) or "").removesuffix("mA")
    try:
        return float(said)
    except ValueError:
        return None


def entries(folder: Path) -> Iterator[Path]:
    """What is in a folder, by name; nothing where there is none."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:
        return
    yield from (folder / name for name in names[:MOST_ENTRIES])


def target(path: Path) -> Path | None:
    """Where a link leads; None where it leads nowhere."""
    try:
        return path.resolve(strict=True)
    except (OSError, RuntimeError):
        return None


def usb_port(node: Path) -> str | None:
    """The port path of the USB device that a class node belongs to; None for one that is on no USB."""
    place = target(node / "device") or target(node)
    for folder in (place, *list(place.parents)[:UP]) if place else ():
        if (folder / "idVendor").is_file():
            return folder.name
    return None
