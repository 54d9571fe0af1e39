"""What a flight says of its place, speed, course and climb must be one motion."""

from __future__ import annotations

from math import hypot, sqrt

from edge_node.remote_id.judges.heard import Fix, Heard, Place, apart_m, elapsed_s, offset_m

# Beyond its claimed speeds an aircraft may be this much faster between two fixes, which may be said this much late; and a
# receiver may be wrong by a little more than it says. Where no speed is said: the fastest that sells.
SPARE_MPS, SPARE_S, SPARE_M, UNSAID_SPEED_MPS = 15.0, 1.5, 20.0, 50.0
JUMPS, JUMPS_WITHIN_S, MOST_GAP_S = 2, 60.0, 60.0

# Motion is compared over segments long enough for a receiver's noise to be small beside them; between two updates further
# apart, or with a turn of more than 90 degrees, nobody knows the way flown, unless both ends claim to stand.
SEGMENT_S, MOST_STEP_S, MOST_STANDING_STEP_S, STANDING_MPS = 3.0, 2.2, 5.0, 2.0
# Velocity and place are not of one moment, nor are two updates: by so much of the way may they differ. Old segments fade.
LOOSE_WAY, LOOSE_M, LOOSE_MPS2 = 0.25, 1.0, 0.5
SEGMENTS, FADING = 5, 0.97
AXIS_IN_95_HORIZONTAL, IN_95_VERTICAL = 2.45, 1.96
# Ratio of the way flown to the way claimed, and cosine between them. Whole and cut-off speeds, gusts and lag stay well within.
MOVING_MPS, SLOWEST, FASTEST, LEAST_COSINE, SURE_SIGMAS = 4.0, 0.6, 1.7, 0.5, 6.0

# An aircraft that claims to fly and names one place for so long, so far, and so many times.
STUCK_S, STUCK_M, STUCK_MPS, STUCK_FRAMES = 5.0, 100.0, 8.0, 2

# Altitude gained less climb claimed, in most segments; more where it never says any, as a real Parrot does.
SURE_CLIMB_SIGMAS, CLIMB_M, UNSAID_CLIMB_M, CLIMB_SHARE, CLIMB_SEGMENTS = 4.0, 7.0, 30.0, 0.6, 8

# A tight circle turns by 70 degrees a second.
TURN_S, SHARP_TURNS, SHARP_SHARE = 1.1, 10, 0.3


class Jumps:
    """No aircraft gets from one fix to the next faster than it flies; once may be a receiver that found itself again."""

    __slots__ = ("_at_s",)

    def __init__(self) -> None:
        self._at_s = -1e18

    def hear(self, heard: Heard) -> None:
        """Compare the newest fix with the one before."""
        fix, before = heard.flight.fix, heard.flight.before
        if not heard.fresh or fix is None or before is None:
            return
        passed_s = elapsed_s(fix, before)
        if not 0 < passed_s <= MOST_GAP_S:
            return
        moved_m, speed_mps = apart_m(before.place, fix.place), max(_speed(fix), _speed(before))
        allowed_m = (speed_mps + SPARE_MPS) * (passed_s + SPARE_S) + fix.horizontal_m + before.horizontal_m + SPARE_M
        if moved_m <= allowed_m:
            return
        if heard.t_s - self._at_s <= JUMPS_WITHIN_S:
            heard.suspect(
                "position_jump",
                min(0.95, 0.5 + 0.1 * moved_m / allowed_m),
                f"moved {moved_m:.0f} m in {passed_s:.1f} s while claiming {speed_mps:.0f} m/s, not for the first time",
            )
        self._at_s = heard.t_s


def _speed(fix: Fix) -> float:
    return UNSAID_SPEED_MPS if fix.speed_mps is None else fix.speed_mps


class Motion:
    """Places against claimed velocity, and altitudes against claimed climb, weighed over many segments."""

    __slots__ = ("_climb", "_last", "_most_gap_s", "_passed_s", "_start", "_sums", "_up_m", "_way")

    def __init__(self) -> None:
        self._start: Fix | None = None
        self._last: Fix | None = None
        self._way: Place = (0.0, 0.0)
        self._up_m: float | None = 0.0
        self._passed_s = self._most_gap_s = 0.0
        self._sums = _Sums()
        self._climb = _Climb()

    def hear(self, heard: Heard) -> None:
        """Lengthen the segment by the newest fix; compare when it is long enough."""
        fix = heard.flight.fix
        if not heard.fresh or fix is None:
            return
        last, self._last = self._last, fix
        if last is None or self._start is None or not self._lengthen(last, fix):
            self._begin(fix)
            return
        if self._passed_s < SEGMENT_S:
            return
        self._sums.add(self._start, fix, self._way, self._passed_s, self._most_gap_s)
        self._sums.judge(heard)
        if self._up_m is not None:
            self._climb.add(heard, self._start, fix, self._up_m, self._most_gap_s)
        self._begin(fix)

    def _begin(self, fix: Fix) -> None:
        self._start, self._way, self._up_m, self._passed_s, self._most_gap_s = fix, (0.0, 0.0), 0.0, 0.0, 0.0

    def _lengthen(self, last: Fix, fix: Fix) -> bool:
        """Whether the way from one fix to the next can be told from their velocities."""
        gap_s, one, other = elapsed_s(fix, last), last.velocity, fix.velocity
        if one is None or other is None or not 0 < gap_s <= MOST_STANDING_STEP_S:
            return False
        if gap_s > MOST_STEP_S and hypot(*one) + hypot(*other) > STANDING_MPS:
            return False
        if one[0] * other[0] + one[1] * other[1] < 0 and hypot(*one) + hypot(*other) > STANDING_MPS:
            return False
        self._way = self._way[0] + (one[0] + other[0]) / 2 * gap_s, self._way[1] + (one[1] + other[1]) / 2 * gap_s
        if self._up_m is not None:
            if last.climb_mps is None or fix.climb_mps is None or gap_s > MOST_STEP_S:
                self._up_m = None
            else:
                self._up_m += (last.climb_mps + fix.climb_mps) / 2 * gap_s
        self._passed_s += gap_s
        self._most_gap_s = max(self._most_gap_s, gap_s)
        return True


class _Sums:
    """Regression of ways flown on ways claimed, each weighed by what is known of its error."""

    __slots__ = ("claimed", "claimed_m", "flown", "flown_m", "product", "seconds", "segments", "weight")

    def __init__(self) -> None:
        self.claimed = self.flown = self.product = self.weight = 0.0
        self.claimed_m = self.flown_m = self.seconds = 0.0
        self.segments = 0

    def add(self, start: Fix, end: Fix, way: Place, seconds: float, most_gap_s: float) -> None:
        east, north = offset_m(start.place, end.place)
        claimed_2 = way[0] * way[0] + way[1] * way[1]
        noise_2 = (start.horizontal_m**2 + end.horizontal_m**2) / AXIS_IN_95_HORIZONTAL**2
        variance = noise_2 + LOOSE_WAY**2 * claimed_2 + (LOOSE_M + LOOSE_MPS2 * most_gap_s * most_gap_s) ** 2
        self.claimed = FADING * self.claimed + claimed_2 / variance
        self.flown = FADING * self.flown + (east * east + north * north) / variance
        self.product = FADING * self.product + (way[0] * east + way[1] * north) / variance
        self.weight = FADING * self.weight + 1
        self.claimed_m = FADING * self.claimed_m + sqrt(claimed_2)
        self.flown_m = FADING * self.flown_m + hypot(east, north)
        self.seconds = FADING * self.seconds + seconds
        self.segments += 1

    def judge(self, heard: Heard) -> None:
        """A course is judged where both ways are well above their errors, a speed where either is."""
        if self.segments < SEGMENTS:
            return
        claimed_mps, flown_mps = self.claimed_m / self.seconds, self.flown_m / self.seconds
        surely_flown = self.flown - 2 * self.weight
        if claimed_mps >= MOVING_MPS and flown_mps >= MOVING_MPS and min(surely_flown, self.claimed) > 4 * self.weight:
            cosine = self.product / sqrt(self.claimed * surely_flown)
            if cosine < LEAST_COSINE:
                words = f"flies {flown_mps:.0f} m/s, but not where it claims to: cosine {cosine:.2f} over {self.segments} segments"
                heard.suspect("course_mismatch", 0.75, words)
                return
        words = f"flies {flown_mps:.1f} m/s and claims {claimed_mps:.1f} m/s over {self.segments} segments"
        if claimed_mps >= MOVING_MPS:
            ratio, sigma = self.product / self.claimed, 1 / sqrt(self.claimed)
            if (ratio < SLOWEST and 1 - ratio > SURE_SIGMAS * sigma) or (ratio > FASTEST and ratio - 1 > SURE_SIGMAS * sigma):
                heard.suspect("speed_mismatch", 0.8, words)
        elif flown_mps >= 2 * MOVING_MPS and surely_flown > FASTEST**2 * self.claimed + 4 * self.weight:
            heard.suspect("speed_mismatch", 0.8, words)


class _Climb:
    """How many segments gain or lose altitude that the claimed climb does not explain."""

    __slots__ = ("claims", "segments", "wrong")

    def __init__(self) -> None:
        self.segments = self.wrong = 0.0
        self.claims = False

    def add(self, heard: Heard, start: Fix, end: Fix, up_m: float, most_gap_s: float) -> None:
        if start.altitude is None or end.altitude is None or start.altitude[0] != end.altitude[0]:
            return
        gained_m = end.altitude[1] - start.altitude[1]
        noise_2 = (start.vertical_m**2 + end.vertical_m**2) / IN_95_VERTICAL**2
        loose_m = LOOSE_M + LOOSE_MPS2 * most_gap_s * most_gap_s + LOOSE_WAY * abs(up_m)
        self.claims |= up_m != 0
        most_m = max(CLIMB_M if self.claims else UNSAID_CLIMB_M, SURE_CLIMB_SIGMAS * sqrt(noise_2 + loose_m * loose_m))
        wrong = abs(gained_m - up_m) > most_m
        self.segments = FADING * self.segments + 1
        self.wrong = FADING * self.wrong + wrong
        if wrong and self.segments >= CLIMB_SEGMENTS - 1 and self.wrong > CLIMB_SHARE * self.segments:
            share = f"so in {self.wrong / self.segments:.0%} of segments"
            heard.suspect("climb_mismatch", 0.6, f"claims to climb {up_m:.0f} m in {SEGMENT_S:.0f} s and climbs {gained_m:.0f} m, {share}")


class Turns:
    """Nothing that flies reverses its course with every update."""

    __slots__ = ("_sharp", "_steps")

    def __init__(self) -> None:
        self._sharp = self._steps = 0

    def hear(self, heard: Heard) -> None:
        """Count turns of more than 90 degrees among steps of a second and less, at speed."""
        fix, before = heard.flight.fix, heard.flight.before
        if not heard.fresh or fix is None or before is None or fix.velocity is None or before.velocity is None:
            return
        slowest = min(fix.speed_mps or 0.0, before.speed_mps or 0.0)
        if slowest < MOVING_MPS or not 0 < elapsed_s(fix, before) <= TURN_S:
            return
        self._steps += 1
        self._sharp += fix.velocity[0] * before.velocity[0] + fix.velocity[1] * before.velocity[1] < 0
        if self._sharp >= SHARP_TURNS and self._sharp > SHARP_SHARE * self._steps:
            words = f"{self._sharp} of {self._steps} updates turn by more than 90 degrees, at {slowest:.0f} m/s and more"
            heard.suspect("course_mismatch", 0.75, words)


class Stuck:
    """An aircraft that claims to fly does not stay where it is."""

    __slots__ = ("_frames", "_place", "_since_s")

    def __init__(self) -> None:
        self._place: Place | None = None
        self._since_s = 0.0
        self._frames = 0

    def hear(self, heard: Heard) -> None:
        """Note how long the place has not changed."""
        fix = heard.flight.fix
        if fix is None or heard.said.latitude_deg is None:
            return
        if fix.place != self._place or (fix.speed_mps or 0.0) < STUCK_MPS:
            self._place, self._since_s, self._frames = fix.place, heard.t_s, 0
            return
        stood_s = heard.t_s - self._since_s
        way_m = (fix.speed_mps or 0.0) * stood_s
        if stood_s >= STUCK_S and way_m >= STUCK_M + 3 * fix.horizontal_m:
            self._frames += 1
            if self._frames >= STUCK_FRAMES:
                words = f"names one place for {stood_s:.0f} s while claiming {fix.speed_mps:.0f} m/s"
                heard.suspect("speed_mismatch", 0.8, words)
