"""A flood of frames, whatever is in them: far more of them in a second than this receiver ever hears here."""

from __future__ import annotations

from msgspec import Struct

from drivers.blocks import Medium, RadioFrame

SECOND_NS = 1_000_000_000
LEAST_RATE = 500
"""Frames a second: fifty access points on one channel are no flood."""
TIMES = 3
"""So many times what is usual; the air itself carries some 2000 beacons a second on one channel."""
MOST_USUAL_AT_FIRST = 1_000
FORGETS, LEARNS = 0.5 ** (1 / 600), 1.002
"""A second: what is usual halves in ten minutes without it, and grows by a flood that never ends in as many."""
LASTS_S = 3
"""A flood is named until so many seconds were calm, so that one which comes in bursts is one."""
MOST_SENDERS = 2_000
MOST_QUIET_S = 3_600
_SENDER = slice(10, 16)
_NAMES: dict[Medium, str] = {"wifi": "Wi-Fi", "ble": "Bluetooth", "ble_report": "Bluetooth", "mavlink": "MAVLink"}


class _Second(Struct):
    """What came in one second of the frames' own time."""

    number: int
    frames: int = 0
    lost: int = 0


class FrameFlood:
    """Counts second by second; `words` name a flood as long as it lasts, and are else empty."""

    def __init__(self) -> None:
        self._second: _Second | None = None
        self._senders: set[bytes] = set()
        self._medium: Medium = "wifi"
        self._usual: float | None = None
        self._calm_s = 0
        self.words = ""

    def hear(self, frame: RadioFrame) -> None:
        """Take note of a frame of whatever kind; a hot path."""
        second = self._second
        if second is None or frame.t_mono_ns // SECOND_NS != second.number:
            second = self._turn(frame)
        second.frames += 1
        second.lost += frame.lost
        if frame.medium == "wifi" and len(self._senders) < MOST_SENDERS:
            self._senders.add(frame.data[_SENDER])

    def _turn(self, frame: RadioFrame) -> _Second:
        """To the frame's second, also where its clock went back."""
        self.look(frame.t_mono_ns)
        self._second = second = _Second(frame.t_mono_ns // SECOND_NS)
        self._senders.clear()
        self._medium = frame.medium
        return second

    def look(self, t_mono_ns: int) -> None:
        """Let time pass: a second that is over is judged, and the ones after it in which nothing came."""
        second = self._second
        if second is None or t_mono_ns // SECOND_NS <= second.number:
            return
        self._judge(second)
        for _ in range(min(t_mono_ns // SECOND_NS - second.number - 1, MOST_QUIET_S)):
            self._judge(_Second(second.number))
        self._second = _Second(t_mono_ns // SECOND_NS)
        self._senders.clear()

    def _judge(self, second: _Second) -> None:
        if self._usual is None:
            self._usual = float(min(second.frames, MOST_USUAL_AT_FIRST))
        if second.frames > max(LEAST_RATE, TIMES * self._usual):
            self.words, self._calm_s = self._named(second, self._usual), 0
            self._usual *= LEARNS
            return
        self._usual = max(float(second.frames), self._usual * FORGETS)
        self._calm_s += 1
        if self._calm_s >= LASTS_S:
            self.words = ""

    def _named(self, second: _Second, usual: float) -> str:
        many = f" from {len(self._senders)}{' or more' if len(self._senders) == MOST_SENDERS else ''} senders" if self._senders else ""
        lost = f", {second.lost} were lost" if second.lost else ""
        return f"{_NAMES[self._medium]} flood: {second.frames} frames/s{many}, usually {usual:.0f}/s{lost}"
