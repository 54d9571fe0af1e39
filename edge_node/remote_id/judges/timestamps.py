"""The time past the hour that each Location carries (ASTM F3411-22a table 6) is the time of its fix, told by GNSS."""

from __future__ import annotations

from edge_node.remote_id.judges.heard import HOUR_S, Fix, Heard, apart_m, past_the_hour

# A frozen clock: so many places, so far and so long apart, under one time. A drone says one Location several times, and one
# that hovers has a live clock.
FROZEN_PLACES, FROZEN_M, FROZEN_S = 3, 15.0, 2.5
# One frame said over and over, on the spot.
REPEATED_S, REPEATED_FRAMES = 30.0, 20
# Real aircraft lag by 0.84 to 1.84 s. GPS time said as UTC is 18 s ahead, and a queue is not a replay.
MOST_AHEAD_S, MOST_LATE_S, WRONG_TIMES = 20.0, 20.0, 3
# A second step back is a recording that begins anew; the first may be a clock that was set.
BACK_S, STEPS_BACK = 3.0, 2
# A clock that is set jumps, seldom; one that creeps or is set all the time is not a clock.
MOST_CREEP_S, CREEP_FIXES = 5.0, 8
SET_S, MOST_SETS = 3.0, 5


class Timestamps:
    """A live fix has a live time: neither frozen, nor ahead, nor old, nor told twice, and as fast as the node's own."""

    __slots__ = (
        "_backs",
        "_changed",
        "_creeps",
        "_frames",
        "_lag_s",
        "_last",
        "_last_lag_s",
        "_latest_s",
        "_places",
        "_sets",
        "_since_s",
        "_wrong",
    )

    def __init__(self) -> None:
        self._last: Fix | None = None
        self._changed: Fix | None = None
        self._latest_s = 0.0
        self._lag_s = self._last_lag_s = self._since_s = 0.0
        self._places = self._frames = self._backs = self._wrong = self._creeps = self._sets = 0

    def hear(self, heard: Heard) -> None:
        """Compare the time of this Location with those before."""
        fix, said = heard.flight.fix, heard.said.timestamp_s
        if fix is None or heard.said.latitude_deg is None or said is None or not 0 <= said <= HOUR_S:
            return
        if self._changed is None or self._changed.timestamp_s != said:
            if heard.fresh:
                self._change(heard, fix, said)
            return
        self._frozen(heard, fix, said)

    def _change(self, heard: Heard, fix: Fix, said: float) -> None:
        before, self._changed, self._last = self._changed, fix, fix
        self._places = self._frames = 0
        self._since_s = heard.t_s
        if before is not None:
            self._order(heard, said)
            self._creep(heard, said)
        else:
            self._latest_s = said
            self._lag_s = self._last_lag_s = past_the_hour(heard.t_s, said)
        self._against_utc(heard, said)

    def _frozen(self, heard: Heard, fix: Fix, said: float) -> None:
        changed = self._changed
        stood_s = heard.t_s - self._since_s
        self._frames += 1
        if changed is None:
            return
        if heard.fresh and self._last is not None and fix.place != self._last.place:
            self._places += 1
            self._last = fix
        moved_m = apart_m(changed.place, fix.place)
        if self._places >= FROZEN_PLACES and stood_s >= FROZEN_S and moved_m >= FROZEN_M:
            words = f"the time stands at {said:.1f} s past the hour for {stood_s:.0f} s"
            name, score = ("timestamp_frozen", 0.85) if said else ("timestamp_never_set", 0.4)
            heard.suspect(name, score, f"{words}, over {self._places + 1} places up to {moved_m:.0f} m apart")
        elif said and self._frames >= REPEATED_FRAMES and stood_s >= REPEATED_S:
            heard.suspect("timestamp_frozen", 0.5, f"says one Location of {said:.1f} s past the hour for {stood_s:.0f} s")

    def _order(self, heard: Heard, said: float) -> None:
        step_s = past_the_hour(said, self._latest_s)
        if step_s < -BACK_S:
            self._backs += 1
            self._latest_s = said
            if self._backs >= STEPS_BACK:
                heard.suspect("timestamp_replayed", 0.8, f"the time went back {self._backs} times, last by {-step_s:.1f} s")
        elif step_s > 0:
            self._latest_s = said

    def _creep(self, heard: Heard, said: float) -> None:
        """How far the claimed clock went from ours since it was set last."""
        lag_s = past_the_hour(heard.t_s, said)
        if abs(past_the_hour(lag_s, self._last_lag_s)) > SET_S:
            self._lag_s, self._creeps = lag_s, 0
            self._sets += 1
        self._last_lag_s = lag_s
        crept_s = past_the_hour(lag_s, self._lag_s)
        self._creeps = self._creeps + 1 if abs(crept_s) > MOST_CREEP_S else 0
        if self._creeps >= CREEP_FIXES:
            heard.suspect("timestamp_out_of_step", 0.7, f"its clock went {-crept_s:+.1f} s against the node's")
        elif self._sets > MOST_SETS:
            heard.suspect("timestamp_out_of_step", 0.7, f"its clock leapt {self._sets} times against the node's")

    def _against_utc(self, heard: Heard, said: float) -> None:
        """Only where the node's own clock is vouched for; a clock that was never set says 0.0 and nothing by it."""
        if heard.utc_s is None or not said:
            return
        lag_s = past_the_hour(heard.utc_s % HOUR_S, said)
        if -MOST_AHEAD_S <= lag_s <= MOST_LATE_S:
            self._wrong = 0
            return
        self._wrong += 1
        if self._wrong >= WRONG_TIMES:
            which, score = ("timestamp_late", 0.6) if lag_s > 0 else ("timestamp_ahead", 0.7)
            heard.suspect(which, score, f"the time of its fix is {abs(lag_s):.0f} s {'old' if lag_s > 0 else 'ahead'} when it is heard")
