"""What one direction sounds like over time: judged once to three times in a second or so, told when it is a drone."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from edge_node.acoustic.rotor.evidence import Evidence, Judgement
from edge_node.acoustic.rotor.model import RotorModel, RotorVerdict
from edge_node.acoustic.spectra import Samples

JUDGED_EVERY_S, DECIDED_EVERY_S, CERTAIN_EVERY_S = 0.38, 0.57, 0.95
DOUBTLESS, CERTAIN = 0.15, 0.98
TOLD_EVERY_S = 0.5
STALE_S = 1.5
LEAST_POWER = 1e-12


class Heard(Struct, frozen=True):
    """What a source sounded like just now, what all of it so far says, and how loud it was."""

    verdict: RotorVerdict
    judgement: Judgement
    level_dbfs: float


class Listener:
    """One source: what was heard of it last, and when that was told."""

    def __init__(self, model: RotorModel) -> None:
        self._model, self._evidence = model, Evidence()
        self._judged_s = self._told_s = -np.inf
        self.heard: Heard | None = None

    def overdue_s(self, t_s: float) -> float:
        """For how long it has been time to listen again; below 0 before that."""
        return t_s - self._judged_s - self._every_s

    def hear(self, t_s: float, sound: Samples) -> None:
        """Judge the last second of `sound` (n,) float32 at 16 kHz."""
        self._judged_s = t_s
        level_dbfs = 10 * float(np.log10(np.mean(np.square(sound), dtype=np.float64) + LEAST_POWER))
        verdict = self._model.judge(sound)
        self.heard = Heard(verdict, self._evidence.update(t_s, verdict), level_dbfs)

    @property
    def _every_s(self) -> float:
        """The surer, the more seldom; what is certainly a drone is listened to a second at a time, none of it twice."""
        if self.heard is None:
            return JUDGED_EVERY_S
        if self.present:
            return CERTAIN_EVERY_S if self.heard.judgement.probability > CERTAIN else DECIDED_EVERY_S
        return DECIDED_EVERY_S if self.heard.judgement.probability < DOUBTLESS else JUDGED_EVERY_S

    @property
    def present(self) -> bool:
        """Whether this is a drone, by all that was heard of it."""
        return self.heard is not None and self.heard.judgement.present

    def to_tell(self, t_s: float) -> Heard | None:
        """What was heard of late if it is a drone and was not told just now; it counts as told then."""
        if not self.present or t_s - self._told_s < TOLD_EVERY_S or t_s - self._judged_s > STALE_S:
            return None
        self._told_s = t_s
        return self.heard
