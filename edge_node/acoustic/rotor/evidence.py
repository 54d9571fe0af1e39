"""From verdicts of single seconds to an event: evidence gathers over one to three seconds and goes as slowly."""

from __future__ import annotations

from math import exp, log, log2

import numpy as np
from msgspec import Struct

from edge_node.acoustic.rotor.model import LABELS, RotorVerdict
from edge_node.messages import SoundLabel

# In octaves: 1 % of error, and 4 % a second for 20 m/s at a distance of 30 m; a pitch that was lost for longer is a new one.
PITCH_ERROR, FLYING_PAST = 0.015, 0.06
LOST_S = 1.5


class Gathering(Struct, frozen=True):
    """How evidence gathers.

    `memory_s` is the time constant; `bias` is taken from the log odds of every window, as most seconds hold no drone; windows
    that share sound count by what is new in them, and no second by more than `most` nats either way. Evidence against a drone
    is kept down to `least`. A drone is present from `rises_at` nats on until they fall to `falls_at`. A single propeller sounds like
    the single cylinder of a chainsaw, but for its pitch, which only Doppler moves: it counts the more the longer its pitch has been
    steady, and wholly after `steady_s`.
    """

    memory_s: float = 2.0
    bias: float = 1.0
    most: float = 4.0
    least: float = -2.0
    rises_at: float = 2.0
    falls_at: float = -0.5
    window_s: float = 1.0
    steady_s: float = 3.0


class Judgement(Struct, frozen=True):
    """What is so far known of a source: `probability` that a drone is heard, `lag_s` how far behind it mostly speaks of."""

    probability: float
    present: bool
    label: SoundLabel
    lag_s: float


class Pitch:
    """For how long a pitch has moved no faster than that of an aircraft that flies past; octaves apart are one pitch."""

    def __init__(self) -> None:
        self._t_s, self._octaves, self._steady_s = float("-inf"), 0.0, 0.0

    def steadiness(self, t_s: float, hz: float | None, steady_s: float) -> float:
        """0 to 1, the latter after `steady_s`; take in the pitch at `t_s`, None when there was none to hear."""
        passed_s = t_s - self._t_s
        if hz is None or passed_s <= 0:
            return 0.0
        octaves = log2(hz)
        moved = abs((octaves - self._octaves + 0.5) % 1 - 0.5)
        steady = moved <= PITCH_ERROR + FLYING_PAST * passed_s and passed_s <= LOST_S
        self._steady_s = self._steady_s + passed_s if steady else 0.0
        self._t_s, self._octaves = t_s, octaves
        return min(1.0, self._steady_s / steady_s)


class Evidence:
    """Log odds of a drone, gathered from the successive verdicts of one source."""

    def __init__(self, how: Gathering | None = None) -> None:
        self._how = how or Gathering()
        self._log_odds = self._how.least
        self._shares = np.full(len(LABELS), 1 / len(LABELS))
        self._last_s: float | None = None
        self._present = False
        self._pitch = Pitch()

    def update(self, t_s: float, verdict: RotorVerdict) -> Judgement:
        """Take in the verdict of the window that ends at `t_s`, in any order of times; an old one changes nothing."""
        how = self._how
        new_s = how.window_s if self._last_s is None else min(how.window_s, max(0.0, t_s - self._last_s))
        if self._last_s is None or t_s > self._last_s:
            self._forget(0.0 if self._last_s is None else t_s - self._last_s)
            self._last_s = t_s
        several, single = verdict.probabilities[LABELS.index("multirotor")], verdict.probabilities[LABELS.index("fixed_wing")]
        p = min(max(several + single * self._pitch.steadiness(t_s, verdict.blade_pass_hz, how.steady_s), 1e-4), 1 - 1e-4)
        said = min(max(log(p / (1 - p)) - how.bias, -how.most), how.most)
        self._log_odds = max(how.least, self._log_odds + new_s * said)
        self._shares = self._shares * 0.5 ** (new_s / how.memory_s) + new_s * np.array(verdict.probabilities)
        self._present = self._log_odds > (how.falls_at if self._present else how.rises_at)
        return self._judgement()

    def _forget(self, passed_s: float) -> None:
        self._log_odds *= exp(-passed_s / self._how.memory_s)

    def _judgement(self) -> Judgement:
        first, last = (0, 2) if self._present else (2, len(LABELS))
        label = LABELS[first + int(self._shares[first:last].argmax())]
        lag_s = self._how.window_s / 2 + self._how.memory_s / 2
        return Judgement(1 / (1 + exp(-self._log_odds)), self._present, label, lag_s)
