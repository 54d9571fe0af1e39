"""One computer, asked for its facts; made trees stand in for it in tests and benches."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from drivers.board import clock, heat, power, start, storage, usb_tree
from drivers.board.facts import BoardFacts, ClockState, Disk, Memory, OverCurrent, Power, Start, Temperature, UsbDevice
from drivers.board.files import Ask, Programs, nobody

ROOT = Path("/")


class Board:
    """Reads /sys, /proc, /run and a few programs' answers under `root`; nothing raises for what they say or where they are missing.

    Without `programs` only files are read, at once: for who must not wait for an answer.
    """

    def __init__(self, root: Path = ROOT, programs: bool = True) -> None:
        self.root = root
        self._ask: Ask = Programs(root) if programs else nobody

    def power(self) -> Power:
        """How it is fed and whether it is held back."""
        return power.power(self.root, self._ask)

    def temperatures(self) -> tuple[Temperature, ...]:
        """All thermometers."""
        return heat.temperatures(self.root)

    def disk(self, path: Path) -> Disk:
        """The file system that holds a real path."""
        return storage.disk(self.root, path)

    def clock(self) -> ClockState:
        """Whether and by what its clock is kept."""
        return clock.clock(self.root, self._ask)

    def usb_devices(self) -> tuple[UsbDevice, ...]:
        """What is plugged in."""
        return usb_tree.usb_devices(self.root)

    def over_currents(self) -> tuple[OverCurrent, ...]:
        """USB ports that drew too much."""
        return usb_tree.over_currents(self.root)

    def memory(self) -> Memory:
        """Its RAM."""
        return start.memory(self.root)

    def start(self) -> Start:
        """When and why it started."""
        return start.start(self.root)

    @property
    def uptime_s(self) -> float | None:
        """Seconds since it started."""
        return start.uptime_s(self.root)

    @property
    def model(self) -> str | None:
        """What it is called."""
        return start.model(self.root)

    def facts(self, paths: Sequence[Path] = ()) -> BoardFacts:
        """All of it, with the disks of these paths."""
        return BoardFacts(
            model=self.model,
            power=self.power(),
            temperatures=self.temperatures(),
            disks=tuple(self.disk(path) for path in paths),
            clock=self.clock(),
            start=self.start(),
            memory=self.memory(),
            usb=self.usb_devices(),
            over_currents=self.over_currents(),
        )
