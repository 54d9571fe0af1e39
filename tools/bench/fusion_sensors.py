"""What a radar says of flights: real messages with honest sigmas, false ones among them, and whose each of them is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import hypot, radians
from typing import NamedTuple

import numpy as np

from edge_node.geometry import LocalFrame
from edge_node.messages import Detection, PositionDetection
from tools.bench.fusion_truth import Array, Flight

HERE = LocalFrame(52.0, 5.0, 20.0)
BEGUN_NS = 1_000_000_000_000
NOBODY = -1


class Scan(NamedTuple):
    """All that one sensor says of one moment, in no order, and of which flight each is: NOBODY's are false."""

    t_s: float
    detections: tuple[Detection, ...]
    whose: tuple[int, ...]


Hidden = dict[int, Sequence[tuple[float, float]]]
"""From when to when no sensor meets a flight."""
Said = tuple[int, Detection]


class Radar(NamedTuple):
    """Bare plots of what is within its reach; errors across grow with range."""

    rate_hz: float = 2.0
    detects: float = 0.95
    false_a_scan: float = 0.0
    reach_m: float = 1_200.0
    high_m: float = 250.0
    horizontal_m: float = 3.0
    horizontal_deg: float = 0.6
    vertical_m: float = 3.0
    vertical_deg: float = 1.0
    from_s: float = 0.0

    def scans(self, flights: Sequence[Flight], to_s: float, rng: np.random.Generator, hidden: Hidden) -> Iterator[Scan]:
        """One turn of its antenna after another."""
        for t_s in times(self.rate_hz, to_s, self.from_s):
            found = [k for k in met(flights, t_s, hidden) if rng.random() < self.detects]
            told: list[Said] = [(k, self._plot(flights[k].at(t_s)[:3], t_s, rng)) for k in found]
            told += [(NOBODY, self._plot(self._anywhere(rng), t_s, rng)) for _ in range(rng.poisson(self.false_a_scan))]
            yield scan_of(t_s, told, rng)

    def _plot(self, place: Array, t_s: float, rng: np.random.Generator) -> PositionDetection:
        far_m = float(np.linalg.norm(place))
        across = hypot(self.horizontal_m, far_m * radians(self.horizontal_deg))
        along = hypot(self.vertical_m, far_m * radians(self.vertical_deg))
        latitude, longitude, altitude = HERE.to_geodetic(*map(float, place + rng.normal(0, (across, across, along))))
        return PositionDetection(
            t_mono_ns=at_ns(t_s),
            sensor="radar",
            latitude_deg=latitude,
            longitude_deg=longitude,
            sigma_horizontal_m=across,
            altitude_wgs84_m=altitude,
            sigma_vertical_m=along,
        )

    def _anywhere(self, rng: np.random.Generator) -> Array:
        far_m, azimuth = self.reach_m * np.sqrt(rng.random()), rng.uniform(0, 2 * np.pi)
        return np.array([far_m * np.sin(azimuth), far_m * np.cos(azimuth), rng.uniform(0, self.high_m)])


def at_ns(t_s: float) -> int:
    """The node's monotonic clock at a scene's time."""
    return BEGUN_NS + round(t_s * 1e9)


def times(rate_hz: float, to_s: float, from_s: float) -> Iterator[float]:
    """When a sensor looks."""
    return (from_s + k / rate_hz for k in range(int((to_s - from_s) * rate_hz) + 1))


def met(flights: Sequence[Flight], t_s: float, hidden: Hidden) -> list[int]:
    """Flights that are there and not hidden."""
    return [k for k, flight in enumerate(flights) if flight.lives(t_s) and not any(low <= t_s <= high for low, high in hidden.get(k, ()))]


def scan_of(t_s: float, told: list[Said], rng: np.random.Generator) -> Scan:
    """In no order."""
    order = rng.permutation(len(told))
    return Scan(t_s, tuple(told[k][1] for k in order), tuple(told[k][0] for k in order))
