"""What a level usually is at a place: a histogram that forgets half in a week, kept over restarts."""

from __future__ import annotations

from msgspec import Struct, field

BIN_DB = 0.25
LOWEST_DB, HIGHEST_DB = -300.0, 200.0
HALF_LIFE_S = 7 * 86_400.0
MOST_WEIGHT = 1e12


class Usual(Struct):
    """What a level was: weights by steps of `BIN_DB`, of which those of later seconds are heavier; `seconds` were learnt."""

    counts: dict[int, float] = field(default_factory=dict)
    seconds: float = 0.0
    weight: float = 1.0

    def learn(self, level_db: float, seconds: float) -> None:
        """A level that held for so long."""
        step = round(min(max(level_db, LOWEST_DB), HIGHEST_DB) / BIN_DB)
        self.counts[step] = self.counts.get(step, 0.0) + self.weight * seconds
        self.seconds += seconds
        self.weight *= 2.0 ** (seconds / HALF_LIFE_S)
        if self.weight > MOST_WEIGHT:
            self.counts = {step: count / self.weight for step, count in self.counts.items() if count / self.weight > 1e-6}
            self.weight = 1.0

    def quantile_db(self, share: float) -> float:
        """Below which it was for this share of the time; nan before anything was learnt."""
        left = share * sum(self.counts.values())
        for step in sorted(self.counts):
            left -= self.counts[step]
            if left <= 0:
                return step * BIN_DB
        return float("nan")
