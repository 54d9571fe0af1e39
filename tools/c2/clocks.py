"""When what nodes say was true, on one axis for all of them: C2's own monotonic seconds."""

from __future__ import annotations

from statistics import median_low

from tools.c2.picture import Event

UNVOUCHED_S = 0.5
"""One sigma of the way of a message: all that is known of a node whose clock nobody vouches for."""
SETTLED_S = 0.2
"""The axis is moved when it is further off than this, and not before: what is followed on it does not like to jump."""
MOST_DELAY_S = 10.0
"""A clock that says more is wrong, whoever vouches for it."""
FORGETS_SPS = 1e-4
"""How fast the least delay that was seen of a node may grow again: more than clocks drift."""
MOST_NODES = 1_000


class Clocks:
    """Clocks that are vouched for agree by themselves; by how soon their messages come at the soonest, C2 knows where it is on them."""

    def __init__(self) -> None:
        self._late_s: dict[str, tuple[float, float]] = {}
        self._ahead_s: float | None = None

    def sent_s(self, event: Event, now_s: float) -> tuple[float, float]:
        """When a message that is heard now was sent, and its sigma; times in the message are counted back from there."""
        sigma_s = event["clock_sigma_s"]
        if sigma_s is None or sigma_s > UNVOUCHED_S:
            return now_s, UNVOUCHED_S
        utc_s = event["t_utc_ms"] / 1000
        self._note(event["node8"], now_s, now_s - utc_s)
        ahead_s = median_low(late_s for late_s, _ in self._late_s.values())
        if self._ahead_s is None or abs(ahead_s - self._ahead_s) > SETTLED_S:
            self._ahead_s = ahead_s
        sent_s = utc_s + self._ahead_s
        return (min(sent_s, now_s), sigma_s) if -SETTLED_S < now_s - sent_s < MOST_DELAY_S else (now_s, UNVOUCHED_S)

    def _note(self, node8: str, now_s: float, late_s: float) -> None:
        """A delay, as a part of which C2's own clock counts too."""
        least_s, since_s = self._late_s.get(node8, (late_s, now_s))
        if node8 not in self._late_s and len(self._late_s) >= MOST_NODES:
            del self._late_s[next(iter(self._late_s))]
        self._late_s[node8] = min(late_s, least_s + FORGETS_SPS * (now_s - since_s)), now_s
