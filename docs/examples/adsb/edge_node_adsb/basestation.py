"""BaseStation's text (port 30003, "SBS-1"): a line a message, of which each says a part; what was said before is remembered for a while."""

from __future__ import annotations

from collections import OrderedDict
from math import isfinite

from msgspec import Struct

from edge_node_adsb import aircraft as of
from edge_node_adsb.aircraft import Aircraft

LONGEST_LINE = 512
REMEMBERED_NS = 10_000_000_000
MOST_REMEMBERED = 2_000
_ADDRESS, _CALLSIGN, _ALTITUDE, _SPEED, _TRACK, _LATITUDE, _LONGITUDE, _CLIMB, _ON_GROUND = 4, 10, 11, 12, 13, 14, 15, 16, 21
_FIELDS = 22


class _Known(Struct):
    """What one aircraft said, and when it last told its velocity."""

    callsign: str | None = None
    speed_mps: float | None = None
    track_deg: float | None = None
    climb_mps: float | None = None
    moved_ns: int = 0


class BaseStation:
    """Fed with bytes as they come; cut, endless and damaged lines are counted in `bad` and cost nothing else."""

    def __init__(self) -> None:
        self.good = self.bad = 0
        self._rest = b""
        self._skips = False
        self._known: OrderedDict[str, _Known] = OrderedDict()

    def feed(self, chunk: bytes, t_mono_ns: int) -> list[Aircraft]:
        """Every new place in it."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        found = [one for line in lines if (one := self._line(line, t_mono_ns))]
        if len(self._rest) > LONGEST_LINE:
            self.bad += not self._skips
            self._rest, self._skips = b"", True
        return found

    def _line(self, line: bytes, t_ns: int) -> Aircraft | None:
        if self._skips or len(line) > LONGEST_LINE:
            self.bad += not self._skips
            self._skips = False
            return None
        fields = line.decode("ascii", "replace").strip().split(",")
        if fields[0] != "MSG":
            self.bad += fields[0] not in ("", "SEL", "ID", "AIR", "STA", "CLK")
            return None
        if len(fields) < _FIELDS or not of.is_address(fields[_ADDRESS]):
            self.bad += 1
            return None
        self.good += 1
        return self._message(fields, t_ns)

    def _message(self, fields: list[str], t_ns: int) -> Aircraft | None:
        address = fields[_ADDRESS].upper()
        known = self._remember(address)
        known.callsign = of.as_callsign(fields[_CALLSIGN]) or known.callsign
        speed = of.scaled(_number(fields[_SPEED]), of.KNOT_MPS)
        if speed is not None:
            known.speed_mps, known.track_deg, known.moved_ns = speed, _number(fields[_TRACK]), t_ns
            known.climb_mps = of.scaled(_number(fields[_CLIMB]), of.FOOT_A_MINUTE_MPS)
        latitude, longitude = _number(fields[_LATITUDE]), _number(fields[_LONGITUDE])
        if latitude is None or longitude is None or not of.is_place(latitude, longitude):
            return None
        fresh = t_ns - known.moved_ns < REMEMBERED_NS
        return Aircraft(
            t_mono_ns=t_ns,
            address=address,
            latitude_deg=latitude,
            longitude_deg=longitude,
            callsign=known.callsign,
            altitude_baro_m=of.scaled(_number(fields[_ALTITUDE]), of.FOOT_M),
            on_ground={"0": False, "1": True, "-1": True}.get(fields[_ON_GROUND]),
            speed_mps=known.speed_mps if fresh else None,
            track_deg=known.track_deg if fresh else None,
            climb_mps=known.climb_mps if fresh else None,
        )

    def _remember(self, address: str) -> _Known:
        known = self._known.setdefault(address, _Known())
        self._known.move_to_end(address)
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return known


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None
