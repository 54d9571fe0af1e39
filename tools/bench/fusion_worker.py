"""One tracker alone in its process: scans from a file in, what its tracks were at the moments asked for out, its time and its memory.

`python -m tools.bench.fusion_worker scans.msgpack result.npz`; what it imports is what a node's hub needs of fusion, and numpy.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from math import cos, degrees, hypot, isnan, nan, radians, sin
from pathlib import Path
from time import thread_time
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct

from edge_node.config import TrackingTable
from edge_node.fusion.tracker import Tracker
from edge_node.geometry import LocalFrame
from edge_node.messages import BusMessage, Detection, Track

TICK_S = 0.2
"""How often a hub lets time pass."""
SIGMA_M = 1.0


class Place(Struct, frozen=True):
    """Where the node stands."""

    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float | None
    sigma_m: float | None


class Work(Struct, frozen=True):
    """Scans of detections in the order of their times, when tracks are looked at, and where the node stands."""

    place: Place
    judged_ns: list[int]
    scans: list[tuple[int, list[BusMessage]]]
    settings: TrackingTable


class Row(Struct, frozen=True):
    """One track at one moment: place and velocity about the node with their covariance where known, and its direction; nan for unknown."""

    moment: int
    number: int
    state: tuple[float, ...]
    covariance: tuple[float, ...]
    direction_deg: tuple[float, float]
    sigma_deg: tuple[float, float]
    exact: bool


class Adapter:
    """A tracker as the bench drives it."""

    def __init__(self, settings: TrackingTable, place: Place) -> None:
        self.tracker = Tracker(settings)
        stand = getattr(self.tracker, "stand", None)
        if stand is not None:
            stand(place)

    def take(self, scan: Sequence[Detection]) -> None:
        """All detections of one sensor of one moment."""
        take = getattr(self.tracker, "take", None)
        if take is not None:
            take(scan)
        else:
            for detection in scan:
                self.tracker.update(detection)

    def steps(self, scans: Sequence[tuple[int, Sequence[Any]]]) -> Iterator[None]:
        """One scan after another, with ticks between."""
        tick_ns = scans[0][0]
        for t_ns, scan in scans:
            self.take(scan)
            if t_ns >= tick_ns:
                self.tracker.advance(t_ns)
                tick_ns = t_ns + round(TICK_S * 1e9)
            yield


def run(work: Work) -> list[Row]:
    """What its confirmed tracks were."""
    adapter, frame = Adapter(work.settings, work.place), _frame(work.place)
    rows: list[Row] = []
    moments = list(enumerate(work.judged_ns))
    for at, _ in enumerate(adapter.steps(work.scans)):
        after_ns = work.scans[at + 1][0] if at + 1 < len(work.scans) else sys.maxsize
        while moments and moments[0][1] < after_ns:
            moment, judged_ns = moments.pop(0)
            rows += [_row(track, moment, judged_ns, frame) for track in adapter.tracker.tracks() if track.state == "confirmed"]
    return rows


def timed_s(work: Work) -> float:
    """Seconds of CPU time for all scans with nothing else between; the clock is asked twice alone, for that may take longer than a scan."""
    adapter = Adapter(work.settings, work.place)
    begun_s = thread_time()
    for _ in adapter.steps(work.scans):
        pass
    return thread_time() - begun_s


def _frame(place: Place) -> LocalFrame:
    return LocalFrame(place.latitude_deg, place.longitude_deg, place.altitude_wgs84_m or 0.0)


def _row(track: Track, moment: int, judged_ns: int, frame: LocalFrame) -> Row:
    """Carried on by its velocity, or by its bearing's rates, from its last update to the moment."""
    ahead_s = (judged_ns - track.t_mono_ns) / 1e9
    state, covariance = _placed(track, ahead_s, frame)
    direction, sigma = _pointed(track, ahead_s)
    if isnan(direction[0]) and not isnan(state[0]):
        direction = degrees(np.arctan2(state[0], state[1])) % 360, degrees(np.arctan2(state[2], hypot(state[0], state[1])))
    return Row(moment, track.number, state, covariance, direction, sigma, abs(ahead_s) < 1e-3)


def _placed(track: Track, ahead_s: float, frame: LocalFrame) -> tuple[tuple[float, ...], tuple[float, ...]]:
    known = track.kinematics
    if known is None:
        return (nan,) * 6, (nan,) * 36
    place = np.array(frame.to_enu(known.latitude_deg, known.longitude_deg, known.altitude_wgs84_m or 0.0))
    velocity = np.array([known.velocity_east_mps, known.velocity_north_mps, known.velocity_up_mps])
    move = np.eye(6) + np.eye(6, k=3) * ahead_s
    spread = move @ np.reshape(known.covariance, (6, 6)) @ move.T
    return (*(place + ahead_s * velocity).tolist(), *velocity.tolist()), tuple(spread.ravel().tolist())


def _pointed(track: Track, ahead_s: float) -> tuple[tuple[float, float], tuple[float, float]]:
    bearing = track.bearing
    if bearing is None:
        return (nan, nan), (nan, nan)
    azimuth = bearing.azimuth_deg + ahead_s * (bearing.azimuth_rate_dps or 0.0)
    raised = nan if bearing.elevation_deg is None else bearing.elevation_deg + ahead_s * (bearing.elevation_rate_dps or 0.0)
    return (azimuth % 360, raised), (bearing.sigma_azimuth_deg, nan if bearing.sigma_elevation_deg is None else bearing.sigma_elevation_deg)


def unit(direction_deg: tuple[float, float]) -> tuple[float, float, float]:
    """East, north, up of a direction."""
    azimuth, elevation = radians(direction_deg[0]), radians(direction_deg[1])
    return sin(azimuth) * cos(elevation), cos(azimuth) * cos(elevation), sin(elevation)


def peak_mib() -> float:
    """The most memory that this process has held (proc(5): VmHWM); getrusage's peak would count its parent's before exec."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def columns(rows: Sequence[Row]) -> dict[str, Any]:
    """Rows as arrays."""
    return {
        "moment": np.array([row.moment for row in rows], np.int64),
        "number": np.array([row.number for row in rows], np.int64),
        "state": np.array([row.state for row in rows]).reshape(-1, 6),
        "covariance": np.array([row.covariance for row in rows]).reshape(-1, 6, 6),
        "direction": np.array([unit(row.direction_deg) for row in rows]).reshape(-1, 3),
        "sigma_deg": np.array([row.sigma_deg for row in rows]).reshape(-1, 2),
        "exact": np.array([row.exact for row in rows], bool),
    }


def main() -> None:
    """Read, run, write."""
    source, target = map(Path, sys.argv[1:3])
    work = msgspec.msgpack.decode(source.read_bytes(), type=Work)
    rows = run(work)
    held_mib = peak_mib()
    took_s = timed_s(work)
    np.savez(target, took_s=took_s, plain_s=took_s, peak_mib=held_mib, **columns(rows))


if __name__ == "__main__":
    main()
