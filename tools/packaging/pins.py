"""Which of the locked packages one machine needs to run a node: without what only builds it, and by that machine's Python and processor."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from packaging.markers import Marker

PINNED = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<marker>[^\\]+?))?\s*\\?$")
HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")
WANTED_BY = re.compile(r"^\s+#\s+(?:via\s+)?(?P<who>[\w.-]+)(?:\s+\((?P<where>[^)]*)\))?$")
PROJECT, BUILD = "edge-node", "pyproject.toml:build"


class Target(NamedTuple):
    """A machine by Debian's word for its processor, and one of its Pythons, such as "3.11"."""

    architecture: str
    python: str

    @property
    def machine(self) -> str:
        """The processor as Python and wheels call it."""
        return {"amd64": "x86_64", "arm64": "aarch64"}[self.architecture]

    def environment(self) -> dict[str, str]:
        """What environment markers ask about (PEP 508)."""
        told = {"python_version": self.python, "python_full_version": f"{self.python}.0", "platform_machine": self.machine}
        fixed = {"implementation_name": "cpython", "platform_python_implementation": "CPython", "sys_platform": "linux"}
        return told | fixed | {"os_name": "posix", "platform_system": "Linux", "extra": ""}


class Pin(NamedTuple):
    """One locked package, its hashes, and which packages want it; the project as what makes its wheel does not count."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    wanted_by: frozenset[str]

    def line(self) -> str:
        """As pip takes it, without a marker."""
        return " ".join((f"{self.name}=={self.version}", *(f"--hash={one}" for one in self.hashes)))


def read(lock: Path) -> list[Pin]:
    """All that a lock of `uv pip compile` pins; raises ValueError for a line that is none of its kind."""
    found: list[Pin] = []
    for line in lock.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if match := PINNED.match(line):
            found.append(Pin(match["name"], match["version"], match["marker"] or "", (), frozenset()))
        elif not found or not line.startswith(" "):
            raise ValueError(f"{lock}: cannot read {line!r}")
        else:
            found[-1] = _told_more(found[-1], line)
    return found


def _told_more(pin: Pin, line: str) -> Pin:
    if hashed := HASH.search(line):
        return pin._replace(hashes=(*pin.hashes, hashed[1]))
    wanted = WANTED_BY.match(line)
    return pin._replace(wanted_by=pin.wanted_by | {wanted["who"]}) if wanted and wanted["where"] != BUILD else pin


def needed(pins: list[Pin], target: Target) -> list[Pin]:
    """The pins that a node on `target` imports, in their order."""
    fitting = [pin for pin in pins if not pin.marker or Marker(pin.marker).evaluate(target.environment())]
    kept = {PROJECT}
    while grown := {pin.name for pin in fitting if pin.wanted_by & kept} - kept:
        kept |= grown
    return [pin for pin in fitting if pin.name in kept]
