"""Signal strength against claimed places: one antenna cannot be far and near, nor in several places (ITU-R P.525)."""

from __future__ import annotations

from collections import OrderedDict
from itertools import islice
from math import log10, sqrt

from edge_node.remote_id.judges.heard import Heard, Place, apart_m

# What a transmitter and a node's antenna can do at their best: 30 dBm radiated, 12 dBi received, and 3 dB of luck by reflection.
MOST_BUDGET_DB = 45.0
UNSAID_MHZ, UNSAID_RSSI_DBM = 2_437.0, -100.0
LOUDEST_KEPT_S, LOUD_TIMES = 60.0, 2
# A flight heard over a factor 4 of range, in one-second means, varies by 12 dB; a transmitter that stays varies by its noise.
SAMPLE_S, SAMPLES, LEAST_RATIO, FLAT_SIGMA_DB, BETTER, LEAST_SPREAD_DB = 1.0, 20, 4.0, 2.5, 4.0, 2.0
LEAST_RANGE_M = 10.0
# Levels of genuine aircraft spread over 30 dB and vary by fading: five within 3 dB, quiet, and most of all heard, are not five.
ALIKE_SIGMA_DB, ALIKE_FRAMES, ALIKE_AIRCRAFT, ALIKE_SHARE, ALIKE_APART_M = 1.6, 2, 5, 0.6, 500.0
ALIKE_WITHIN_S, MOST_LEVELS, FELLOWS_SEEN, MEMORY = 60.0, 1_000, 8, 30


def reach_m(rssi_dbm: float, mhz: float) -> float:
    """The greatest range, free space, from which a transmitter can be heard so strongly."""
    return float(10 ** ((MOST_BUDGET_DB - rssi_dbm - 32.45 - 20 * log10(mhz)) / 20) * 1e3)


def level(heard: Heard) -> int | None:
    """The RSSI, if it may be one."""
    rssi_dbm = heard.said.rssi_dbm
    return rssi_dbm if rssi_dbm is not None and -120 <= rssi_dbm < 20 else None


class Reach:
    """A loud transmitter is near: to the node, where its place is known, and always to where it was loud before."""

    __slots__ = ("_loudest", "_times")

    def __init__(self) -> None:
        self._loudest: tuple[float, Place, float] | None = None
        self._times = 0

    def hear(self, heard: Heard) -> None:
        """Judge the newest fix by the strength with which it was heard."""
        fix, rssi_dbm = heard.flight.fix, level(heard)
        if not heard.fresh or fix is None:
            return
        mhz = max((heard.said.center_hz or 0) / 1e6, 100.0) if heard.said.center_hz else UNSAID_MHZ
        if heard.here is not None:
            here_m = apart_m(heard.here[:2], fix.place)
            self._judge(heard, here_m, reach_m(UNSAID_RSSI_DBM if rssi_dbm is None else rssi_dbm, mhz) + fix.horizontal_m, "from the node")
        elif rssi_dbm is not None:
            reach = reach_m(rssi_dbm, mhz)
            loudest = self._loudest
            if loudest is not None and heard.t_s - loudest[2] <= LOUDEST_KEPT_S:
                self._judge(
                    heard, apart_m(loudest[1], fix.place), reach + loudest[0] + fix.horizontal_m, "from where it was as loud before"
                )
            if loudest is None or reach <= loudest[0] or heard.t_s - loudest[2] > LOUDEST_KEPT_S:
                self._loudest = reach, fix.place, heard.t_s

    def _judge(self, heard: Heard, away_m: float, most_m: float, what: str) -> None:
        if away_m <= most_m:
            return
        self._times += 1
        if self._times >= LOUD_TIMES:
            words = f"claims to be {away_m / 1e3:.1f} km {what}, but {heard.said.rssi_dbm} dBm reach {most_m / 1e3:.1f} km at most"
            heard.suspect("rssi_too_strong", 0.85, words)


class Flatness:
    """Strength falls with range; of a transmitter that only claims to move it does not."""

    __slots__ = ("_count", "_least_m", "_level", "_most_m", "_n", "_since_s", "_x", "_xx", "_xy", "_y", "_yy")

    def __init__(self) -> None:
        self._n = self._count = 0
        self._x = self._y = self._xx = self._xy = self._yy = self._level = 0.0
        self._least_m, self._most_m, self._since_s = 1e18, 0.0, -1e18

    def hear(self, heard: Heard) -> None:
        """Add one second's mean level against the claimed range."""
        rssi_dbm, fix = level(heard), heard.flight.fix
        if rssi_dbm is None or fix is None or heard.here is None:
            return
        self._level += rssi_dbm
        self._count += 1
        if heard.t_s - self._since_s < SAMPLE_S:
            return
        across_m = apart_m(heard.here[:2], fix.place)
        up_m = fix.altitude[1] - heard.here[2] if fix.altitude and fix.altitude[0] == "wgs84" and heard.here[2] is not None else 0.0
        range_m = max(sqrt(across_m * across_m + up_m * up_m), LEAST_RANGE_M)
        self._sample(20 * log10(range_m), self._level / self._count)
        self._least_m, self._most_m = min(self._least_m, range_m), max(self._most_m, range_m)
        self._level, self._count, self._since_s = 0.0, 0, heard.t_s
        if self._n >= SAMPLES and self._most_m >= LEAST_RATIO * self._least_m:
            self._judge(heard)

    def _sample(self, loss_db: float, rssi_dbm: float) -> None:
        self._n += 1
        self._x += loss_db
        self._y += rssi_dbm
        self._xx += loss_db * loss_db
        self._xy += loss_db * rssi_dbm
        self._yy += rssi_dbm * rssi_dbm

    def _judge(self, heard: Heard) -> None:
        """Variance about a constant against variance about free-space loss."""
        n, x, y = self._n, self._x / self._n, self._y / self._n
        spread_2, flat_2, both = self._xx / n - x * x, self._yy / n - y * y, self._xy / n - x * y
        falling_2 = flat_2 + spread_2 + 2 * both
        if sqrt(max(spread_2, 0)) < 2 * LEAST_SPREAD_DB or flat_2 > FLAT_SIGMA_DB**2 or falling_2 < BETTER * max(flat_2, 0.1):
            return
        ranges = f"while the claimed range goes from {self._least_m:.0f} to {self._most_m:.0f} m"
        heard.suspect("rssi_flat", 0.8, f"RSSI stays within {sqrt(max(flat_2, 0)):.1f} dB (1 sigma) {ranges}")


class _Level:
    __slots__ = ("mean", "n", "place", "slot", "t_s", "variance", "who")

    def __init__(self) -> None:
        self.mean = self.variance = self.t_s = 0.0
        self.n = 0
        self.slot: int | None = None
        self.place: Place = (0.0, 0.0)
        self.who = ""

    def add(self, rssi_dbm: int) -> None:
        """Mean and variance over about the last thirty frames."""
        self.n = min(self.n + 1, MEMORY)
        off = rssi_dbm - self.mean
        self.mean += off / self.n
        self.variance += (off * (rssi_dbm - self.mean) - self.variance) / self.n


class AlikeLevels:
    """Aircraft that claim places far apart, all with one strength that hardly varies, are one transmitter."""

    def __init__(self) -> None:
        self._levels: OrderedDict[str, _Level] = OrderedDict()
        self._slots: dict[int, OrderedDict[str, _Level]] = {}

    def hear(self, heard: Heard) -> None:
        """Add one level to its transmitter's mean and variance, and count who else is at it."""
        rssi_dbm, flight = level(heard), heard.flight
        if rssi_dbm is None or flight.fix is None:
            return
        name = heard.station.transmitter
        mine = self._levels.get(name)
        if mine is None:
            mine = self._levels[name] = _Level()
            mine.t_s = heard.t_s
            self._forget(heard.t_s)
        self._levels.move_to_end(name)
        mine.add(rssi_dbm)
        mine.place, mine.who, mine.t_s = flight.fix.place, heard.station.who, heard.t_s
        self._sort(name, mine)
        if mine.slot is None or not self._judge(heard, mine.slot):
            heard.station.evidence.withdraw("rssi_alike")

    def _sort(self, name: str, mine: _Level) -> None:
        """Under the level, to a dB, of those that hardly vary."""
        slot = round(mine.mean) if mine.n >= ALIKE_FRAMES and mine.variance <= ALIKE_SIGMA_DB**2 else None
        if slot != mine.slot:
            self._drop(name, mine)
            mine.slot = slot
            if slot is not None:
                self._slots.setdefault(slot, OrderedDict())[name] = mine
        elif slot is not None:
            self._slots[slot].move_to_end(name)

    def _drop(self, name: str, mine: _Level) -> None:
        row = self._slots.get(mine.slot) if mine.slot is not None else None
        if row is not None and mine.slot is not None:
            row.pop(name, None)
            if not row:
                del self._slots[mine.slot]

    def _forget(self, t_s: float) -> None:
        while len(self._levels) > MOST_LEVELS or t_s - next(iter(self._levels.values())).t_s > ALIKE_WITHIN_S:
            self._drop(*self._levels.popitem(last=False))

    def _judge(self, heard: Heard, slot: int) -> bool:
        """Whether most of all that is heard is within 3 dB, some of it far apart."""
        rows = [row for row in (self._slots.get(slot + side) for side in (-1, 0, 1)) if row]
        many = sum(map(len, rows))
        if many < ALIKE_AIRCRAFT or many < ALIKE_SHARE * len(self._levels):
            return False
        fellows = [one for row in rows for one in islice(reversed(row.values()), FELLOWS_SEEN)]
        here = heard.flight.fix.place if heard.flight.fix else fellows[0].place
        apart = max(apart_m(here, one.place) for one in fellows)
        alike = len({one.who for one in fellows}) >= ALIKE_AIRCRAFT and apart >= ALIKE_APART_M
        if alike:
            words = (
                f"{many} of {len(self._levels)} aircraft are heard at {slot} dBm within 3 dB, and claim to be {apart / 1e3:.1f} km apart"
            )
            heard.suspect_station("rssi_alike", 0.75, words)
        return alike
