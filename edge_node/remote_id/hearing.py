"""How far a receiver would hear Remote ID now, and how much of it."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from drivers.blocks import Medium, RadioFrame
from edge_node.messages import Coverage


class Reach(NamedTuple):
    """To how far, and how many of those that say Remote ID say it so that such a receiver takes it."""

    reach_m: float
    share: float


REACHES: dict[Medium, Reach] = {
    "wifi": Reach(800.0, 0.85),
    "ble": Reach(500.0, 0.4),
    "ble_report": Reach(500.0, 0.4),
    "mavlink": Reach(500.0, 0.6),
}
"""Half of what is usual in the open. Most drones that are sold say it by Wi-Fi alone, what is screwed on by Bluetooth or by both."""
LATENCY_S = 3.0
"""It is said once a second, and a receiver goes about its channels."""
WORKS_NS = 600_000_000_000
"""One that heard a frame of anybody so lately hears; of one that did not nobody knows whether there is nothing, or no antenna."""
UNPROVEN = 0.5
MOST_STRENGTHS, FEWEST_STRENGTHS, STRONG_SHARE = 256, 16, 0.9
"""Access points stay where they are: the strongest frames say how well a receiver hears."""


class Hearing:
    """Follows what kind of frames one receiver hears, and when."""

    def __init__(self) -> None:
        self._medium: Medium | None = None
        self._heard_ns = 0
        self._strengths: deque[int] = deque(maxlen=MOST_STRENGTHS)

    def hear(self, frame: RadioFrame) -> None:
        """Take note of a sound frame of whatever kind."""
        self._medium, self._heard_ns = frame.medium, frame.t_mono_ns
        if frame.rssi_dbm is not None:
            self._strengths.append(frame.rssi_dbm)

    def levels(self) -> dict[str, float]:
        """The strongest tenth of the frames since this was last asked, or of those before where these were few."""
        if len(self._strengths) < FEWEST_STRENGTHS:
            return {}
        ranked = sorted(self._strengths)
        for _ in range(len(self._strengths) // 2):
            self._strengths.popleft()
        return {f"frames {self._medium}": float(ranked[int(STRONG_SHARE * (len(ranked) - 1))])}

    def coverage(self, t_mono_ns: int) -> Coverage | None:
        """None before the first frame: until then nobody knows what it is, or whether it hears."""
        if self._medium is None:
            return None
        reach = REACHES[self._medium]
        works = t_mono_ns - self._heard_ns <= WORKS_NS
        return Coverage(
            t_mono_ns=t_mono_ns,
            sense="remote_id",
            reach_m=reach.reach_m,
            probability=reach.share if works else reach.share * UNPROVEN,
            latency_s=LATENCY_S,
            notes=() if works else ("no frame of anybody for long",),
        )
