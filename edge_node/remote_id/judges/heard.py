"""One detection as the judges see it: with its transmitter, the aircraft it speaks for, and how that moved since its last fix."""

from __future__ import annotations

from math import cos, hypot, radians
from typing import Protocol

from edge_node.messages import RemoteIdDetection
from edge_node.remote_id.judges.evidence import Evidence

METRES_A_DEGREE = 111_195.0
MOST_SPEED_MPS = 1_000.0
# What a plain GNSS receiver is right within (95 %) where the aircraft does not say how right it is.
UNSAID_HORIZONTAL_M = 15.0
UNSAID_VERTICAL_M = 15.0
MOST_ACCURACY_M = 1_000.0
# A claimed clock is used for the time between two fixes where it is no further off than a late update makes it.
MOST_CLOCK_ERROR_S = 3.0
HOUR_S = 3600.0

Place = tuple[float, float]
OwnPlace = tuple[float, float, float | None]
"""The node's latitude and longitude in degrees and WGS-84 altitude in metres."""


class Judge(Protocol):
    """Keeps its own small notes and raises suspicions by what it hears."""

    def hear(self, heard: Heard) -> None:
        """Take in one detection."""
        ...


class Fix:
    """A claimed Location; `velocity` is east and north m/s, None where it is not said or impossible."""

    __slots__ = ("altitude", "climb_mps", "horizontal_m", "place", "speed_mps", "t_s", "timestamp_s", "velocity", "vertical_m")

    def __init__(self, said: RemoteIdDetection, place: Place, t_s: float) -> None:
        self.place, self.t_s, self.timestamp_s = place, t_s, said.timestamp_s
        speed, climb = said.speed_mps, said.vertical_speed_mps
        self.speed_mps = speed if speed is not None and 0 <= speed <= MOST_SPEED_MPS else None
        self.climb_mps = climb if climb is not None and abs(climb) <= MOST_SPEED_MPS else None
        self.velocity = _velocity(self.speed_mps, said.direction_deg)
        self.horizontal_m = _accuracy(said.horizontal_accuracy_m, UNSAID_HORIZONTAL_M)
        self.vertical_m = _accuracy(said.vertical_accuracy_m, UNSAID_VERTICAL_M)
        self.altitude = _altitude(said)


class Flight:
    """One claimed aircraft as one transmitter tells it; `judges` are its own."""

    __slots__ = ("before", "evidence", "fix", "judges", "name", "operator")

    def __init__(self, name: str, judges: tuple[Judge, ...]) -> None:
        self.name, self.judges = name, judges
        self.evidence = Evidence()
        self.fix: Fix | None = None
        self.before: Fix | None = None
        self.operator: Place | None = None


class Station:
    """One transmitter's address; `judges` are its own."""

    __slots__ = ("current", "evidence", "first_s", "flights", "frames", "judges", "last_s", "transmitter")

    def __init__(self, transmitter: str, t_s: float, judges: tuple[Judge, ...]) -> None:
        self.transmitter, self.judges = transmitter, judges
        self.evidence = Evidence()
        self.first_s = self.last_s = t_s
        self.frames = 0
        self.flights: dict[str, Flight] = {}
        self.current: Flight | None = None

    @property
    def who(self) -> str:
        """The aircraft that it speaks for: by its id, else by the place that it claims, else by its own address."""
        flight = self.current
        if flight is None or not (flight.name or flight.fix):
            return self.transmitter
        return flight.name or (f"{flight.fix.place[0]:.3f} {flight.fix.place[1]:.3f}" if flight.fix else "")


class Heard:
    """`fresh` when the detection holds a Location not said before; then `fix` and the one `before` it are of use."""

    __slots__ = ("flight", "fresh", "here", "said", "station", "t_s", "utc_s")

    def __init__(self, said: RemoteIdDetection, utc_ns: int | None, here: OwnPlace | None, station: Station, flight: Flight) -> None:
        self.said, self.here, self.station, self.flight = said, here, station, flight
        self.t_s = said.t_mono_ns / 1e9
        self.utc_s = None if utc_ns is None else utc_ns / 1e9
        self.fresh = self._take_fix()

    def suspect(self, name: str, score: float, words: str) -> None:
        """Raise a suspicion against the aircraft."""
        self.flight.evidence.raise_(name, score, words, self.t_s)

    def suspect_station(self, name: str, score: float, words: str) -> None:
        """Raise a suspicion against all that the transmitter speaks for."""
        self.station.evidence.raise_(name, score, words, self.t_s)

    def _take_fix(self) -> bool:
        said, flight = self.said, self.flight
        if said.operator_latitude_deg is not None and (where := usable(said.operator_latitude_deg, said.operator_longitude_deg)):
            flight.operator = where
        place = usable(said.latitude_deg, said.longitude_deg)
        if place is None:
            return False
        last, before = flight.fix, flight.before
        for known in (last, before):
            if known and known.place == place and known.timestamp_s == said.timestamp_s and known.altitude == _altitude(said):
                return False
        flight.before, flight.fix = last, Fix(said, place, self.t_s)
        return True


def usable(latitude_deg: float | None, longitude_deg: float | None) -> Place | None:
    """A place on Earth."""
    if latitude_deg is None or longitude_deg is None or not (-90 <= latitude_deg <= 90 and -180 <= longitude_deg <= 180):
        return None
    return latitude_deg, longitude_deg


def offset_m(start: Place, end: Place) -> Place:
    """Metres east and north from one place to another on a flat Earth, the shorter way round."""
    turn = (end[1] - start[1] + 180) % 360 - 180
    return turn * METRES_A_DEGREE * cos(radians((start[0] + end[0]) / 2)), (end[0] - start[0]) * METRES_A_DEGREE


def apart_m(one: Place, other: Place) -> float:
    """Metres between two places on a flat Earth."""
    return hypot(*offset_m(one, other))


def past_the_hour(later_s: float, earlier_s: float) -> float:
    """Seconds from one time past the hour to another, within half an hour either way."""
    return (later_s - earlier_s + HOUR_S / 2) % HOUR_S - HOUR_S / 2


def elapsed_s(fix: Fix, before: Fix) -> float:
    """Seconds between two fixes: by the aircraft's own clock where that goes with ours, else as they were heard."""
    heard_s = fix.t_s - before.t_s
    if fix.timestamp_s is None or before.timestamp_s is None or fix.timestamp_s == before.timestamp_s:
        return heard_s
    claimed_s = past_the_hour(fix.timestamp_s, before.timestamp_s)
    return claimed_s if abs(claimed_s - heard_s) <= MOST_CLOCK_ERROR_S else heard_s


def _velocity(speed_mps: float | None, direction_deg: float | None) -> Place | None:
    if speed_mps is None or direction_deg is None or not 0 <= direction_deg <= 360:
        return (0.0, 0.0) if speed_mps == 0 else None
    turn = radians(90 - direction_deg)
    return speed_mps * cos(turn), speed_mps * cos(radians(direction_deg))


def _accuracy(said_m: float | None, unsaid_m: float) -> float:
    return min(said_m, MOST_ACCURACY_M) if said_m is not None and said_m > 0 else unsaid_m


def _altitude(said: RemoteIdDetection) -> tuple[str, float] | None:
    """The best altitude said and which that is, for two of different kinds say nothing of a climb."""
    for kind, altitude_m in (("wgs84", said.altitude_wgs84_m), ("baro", said.altitude_baro_m), ("height", said.height_m)):
        if altitude_m is not None:
            return kind, altitude_m
    return None
