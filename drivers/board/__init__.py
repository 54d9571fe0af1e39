"""What a computer tells of itself, by the files of its kernel: power, heat, storage, clock, USB, memory. Nothing here raises."""

from __future__ import annotations

from drivers.board.board import Board
from drivers.board.facts import (
    BoardFacts,
    ClockState,
    Disk,
    Memory,
    OverCurrent,
    Power,
    Start,
    Temperature,
    UsbDevice,
)

__all__ = ["Board", "BoardFacts", "ClockState", "Disk", "Memory", "OverCurrent", "Power", "Start", "Temperature", "UsbDevice"]
