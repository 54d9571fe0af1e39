"""A first look at a receiver of Wi-Fi or Bluetooth within seconds: does it hear anybody, how strong, and how much of it is damaged."""

from __future__ import annotations

from collections.abc import Iterator

from drivers.blocks import RadioFrame
from edge_node.messages import Finding

DAMAGED_SHARE = 0.5
FEW = 20
MOST_PLACES = 256


class AirCheck:
    """Takes frames of one receiver."""

    def __init__(self) -> None:
        self.frames = self._damaged = 0
        self._strongest_dbm: int | None = None
        self._places_hz: set[int] = set()

    def take(self, frame: RadioFrame) -> None:
        """Look at one frame."""
        self.frames += 1
        self._damaged += not frame.intact
        if frame.rssi_dbm is not None:
            self._strongest_dbm = max(frame.rssi_dbm, self._strongest_dbm or frame.rssi_dbm)
        if frame.center_hz is not None and len(self._places_hz) < MOST_PLACES:
            self._places_hz.add(frame.center_hz)

    def words(self) -> str:
        """Such as "312 frames on 5 channels, the strongest -41 dBm"."""
        where = f" on {len(self._places_hz)} channel{'s' * (len(self._places_hz) != 1)}" if self._places_hz else ""
        strongest = "" if self._strongest_dbm is None else f", the strongest {self._strongest_dbm} dBm"
        return f"{self.frames} frame{'s' * (self.frames != 1)}{where}{strongest}"

    def findings(self, about: str) -> tuple[Finding, ...]:
        """What is wrong with what was heard."""
        return tuple(self._wrong(about))

    def _wrong(self, about: str) -> Iterator[Finding]:
        if self.frames >= FEW and self._damaged > DAMAGED_SHARE * self.frames:
            said = f"{self._damaged} of {self.frames} frames are damaged"
            touch = "move its antenna away from other transmitters and from USB 3 cables"
            yield Finding(about=about, name="frames_damaged", grade="warn", words=said, touch=touch)
