"""What is kept of a transmitter's newest bursts, and what they are in the middle."""

from __future__ import annotations

from collections import deque

import numpy as np
from msgspec import Struct

from edge_node.radio.tracks.heard import Heard
from edge_node.radio.tracks.period import TIMED_S, Period, period_of

NEWEST = 48
EDGE = 11.0
LEAST_APART = 0.9
"""Of their length packets of one transmitter begin apart."""
TREND_S, LEAST_TREND_S, LEAST_TREND = 10.0, 2.0, 5
SHORTEST_S = 1e-6


class Moment(Struct, frozen=True):
    """What is kept of a burst; `timed_s` is how well `t_s` is known, one sigma."""

    t_s: float
    level_db: float
    duration_s: float
    timed_s: float
    offset_hz: float | None


class Moments:
    """The newest of them, in the order of time."""

    def __init__(self) -> None:
        self._kept: deque[Moment] = deque(maxlen=NEWEST)

    def __bool__(self) -> bool:
        return bool(self._kept)

    @property
    def last_s(self) -> float:
        """When the newest was."""
        return self._kept[-1].t_s

    def take(self, moment: Moment) -> None:
        """Keep one more; where time went back, it alone."""
        if self._kept and moment.t_s < self._kept[-1].t_s:
            self._kept.clear()
        self._kept.append(moment)

    def level_db(self) -> float:
        """The middle one."""
        return float(np.median([one.level_db for one in self._kept]))

    def middle_s(self) -> float:
        """How long they are."""
        return max(SHORTEST_S, float(np.median([one.duration_s for one in self._kept])))

    def offset_hz(self) -> float | None:
        """Of their carrier from the middle of what was heard; None where no burst tells it."""
        offsets = [one.offset_hz for one in self._kept if one.offset_hz is not None]
        return float(np.median(offsets)) if offsets else None

    def period(self, *, whole: bool) -> Period | None:
        """The clock by which they come; `whole` packets do not overlap."""
        timed_s = float(np.median([one.timed_s for one in self._kept]))
        return period_of([one.t_s for one in self._kept], max(TIMED_S, timed_s), LEAST_APART * self.middle_s() if whole else 0.0)

    def trend_db_s(self) -> float | None:
        """How many dB a second louder over the newest seconds; None where they are too few."""
        newest = [one for one in self._kept if self.last_s - one.t_s <= TREND_S]
        if len(newest) < LEAST_TREND or self.last_s - newest[0].t_s < LEAST_TREND_S:
            return None
        times, levels = np.array([one.t_s for one in newest]), np.array([one.level_db for one in newest])
        return float(np.polyfit(times - times[0], levels, 1)[0])


def timed_s(heard: Heard) -> float:
    """How well its beginning is known, one sigma: by its symbols, or as a step in noise (measured on bursts of -4 to 10 dB)."""
    if heard.finding.frame is not None:
        return TIMED_S
    burst, snr = heard.burst, 10 ** (heard.burst.snr_db / 10)
    return EDGE * (1 + snr) / (snr**2 * burst.bandwidth_hz)
