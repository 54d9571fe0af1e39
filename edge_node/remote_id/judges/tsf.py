"""The 802.11 timer (TSF) that a beacon tells: microseconds since its transmitter began (IEEE 802.11-2020 section 11.1.3)."""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeVar

from edge_node.remote_id.judges.heard import Heard

# A capture's own stamps come late by a busy host's queue; crystals are within 40 ppm, and 500 leaves room for the host's clock.
LATE_S = 0.25
MOST_PPM = 500e-6
# 35 years in microseconds: Unix time, or chance, but no timer that began when its transmitter did.
MOST_UPTIME_US = 2**50
ODD_FRAMES = 3
MOST_DRIFT_S = 0.5
# Timers that began independently agree to this by chance once in 30 000 pairs that were switched on within ten minutes.
SAME_OFFSET_S = 0.01
SHARED_BY = 3
MOST_OFFSETS, MOST_VALUES, FELLOWS = 1_000, 1_000, 16
LEAST_VALUE_US = 1_000_000
MEASURED_FRAMES = 4
FORGOTTEN_S = 60.0

T = TypeVar("T")


class Tsf:
    """One transmitter's timer: it goes with the node's clock, begins anew near zero, or says nothing by standing still."""

    __slots__ = ("_timers",)

    def __init__(self) -> None:
        self._timers: dict[tuple[str, int | None], _Timer] = {}

    def hear(self, heard: Heard) -> None:
        """Compare this beacon's timer with the last; each transport and channel may have its own."""
        tsf_us = heard.said.tsf_us
        if tsf_us is None:
            return
        key = heard.said.transport, heard.said.center_hz
        timer = self._timers.get(key)
        if timer is None:
            if len(self._timers) < FELLOWS:
                self._timers[key] = _Timer(tsf_us, heard.t_s)
            timer = self._timers.get(key)
        if timer is None:
            return
        timer.hear(tsf_us, heard.t_s)
        if timer.odd >= ODD_FRAMES and timer.odd > timer.even:
            score = 0.95 if timer.absurd else 0.85
            heard.suspect_station(
                "tsf_random", score, f"{timer.odd} of {timer.odd + timer.even} beacons tell a TSF that no timer goes: {timer.words}"
            )
        elif timer.drifts:
            heard.suspect_station("tsf_out_of_step", 0.7, timer.words)


class _Timer:
    __slots__ = ("absurd", "drifts", "even", "first_s", "first_us", "last_s", "last_us", "odd", "words")

    def __init__(self, tsf_us: int, t_s: float) -> None:
        self.first_us, self.first_s = tsf_us, t_s
        self.last_us, self.last_s = -1, t_s
        self.odd = self.even = 0
        self.absurd = self.drifts = False
        self.words = ""

    def hear(self, tsf_us: int, t_s: float) -> None:
        if tsf_us == self.last_us:
            return
        if tsf_us > MOST_UPTIME_US:
            self._odd(f"{tsf_us} us is an uptime of {tsf_us / 31_557_600e6:.0f} years")
            self.absurd = True
        if self.last_us >= 0:
            self._step(tsf_us, t_s)
        self.last_us, self.last_s = tsf_us, t_s

    def _step(self, tsf_us: int, t_s: float) -> None:
        passed_s = t_s - self.last_s
        wrong_s = (tsf_us - self.last_us) / 1e6 - passed_s
        if abs(wrong_s) <= LATE_S + MOST_PPM * passed_s:
            self.even += 1
            drift_s, over_s = (tsf_us - self.first_us) / 1e6 - (t_s - self.first_s), t_s - self.first_s
            self.drifts = abs(drift_s) > MOST_DRIFT_S + MOST_PPM * over_s
            if self.drifts:
                self.words = f"the TSF went {drift_s:+.2f} s against the clock in {over_s:.0f} s; a crystal errs by {over_s * 40e-6:.4f} s"
            return
        began_anew = tsf_us < self.last_us and tsf_us / 1e6 <= passed_s + LATE_S
        if not began_anew:
            self._odd(f"it went {wrong_s:+.3g} s against the clock within {passed_s:.1f} s")
        self.first_us, self.first_s = tsf_us, t_s

    def _odd(self, words: str) -> None:
        self.odd += 1
        self.words = words


class SharedTsf:
    """Several transmitters with one timer: a radio that puts its own timer, or one invented number, under many addresses."""

    def __init__(self) -> None:
        self._same_value: OrderedDict[int, OrderedDict[str, str]] = OrderedDict()
        self._same_offset: OrderedDict[int, OrderedDict[str, tuple[str, float]]] = OrderedDict()
        self._latest: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def hear(self, heard: Heard) -> None:
        """Look for others whose TSF has the same value, or the same offset from the node's clock."""
        tsf_us, station = heard.said.tsf_us, heard.station
        if tsf_us is None or tsf_us < LEAST_VALUE_US:
            return
        who = station.who
        fellows = _put(self._same_value, tsf_us, station.transmitter, who, MOST_VALUES)
        others = len(set(fellows.values()))
        if others >= SHARED_BY or (others == 2 and tsf_us > MOST_UPTIME_US):
            heard.suspect_station("tsf_shared", 0.9, f"{others} aircraft tell the same TSF, {tsf_us} us")
            return
        many = self._alike(heard, tsf_us, who)
        if many >= SHARED_BY:
            heard.suspect_station("tsf_shared", 0.9, f"the TSF timers of {many} aircraft agree within {SAME_OFFSET_S * 1e3:.0f} ms")

    def _alike(self, heard: Heard, tsf_us: int, who: str) -> int:
        """How many aircraft's timers have lately had this one's offset; one whose offset changes every time has none."""
        name, t_s = heard.station.transmitter, heard.t_s
        slot = round((tsf_us / 1e6 - t_s) / SAME_OFFSET_S)
        frames, last = self._latest.get(name, (0, slot))
        frames = frames + 1 if abs(slot - last) <= 2 else 1
        self._latest[name] = frames, slot
        self._latest.move_to_end(name)
        if len(self._latest) > MOST_OFFSETS:
            self._latest.popitem(last=False)
        if frames < MEASURED_FRAMES:
            return 0
        fellows = _put(self._same_offset, slot, name, (who, t_s), MOST_OFFSETS)
        near = [*fellows.values(), *self._same_offset.get(slot - 1, {}).values(), *self._same_offset.get(slot + 1, {}).values()]
        return len({one for one, seen_s in near if t_s - seen_s < FORGOTTEN_S})


def _put(table: OrderedDict[int, OrderedDict[str, T]], key: int, name: str, value: T, most: int) -> OrderedDict[str, T]:
    """Note a name under a key, newest last; both bounded."""
    row = table.get(key)
    if row is None:
        row = table[key] = OrderedDict()
        if len(table) > most:
            table.popitem(last=False)
    else:
        table.move_to_end(key)
    row[name] = value
    row.move_to_end(name)
    if len(row) > FELLOWS:
        row.popitem(last=False)
    return row
