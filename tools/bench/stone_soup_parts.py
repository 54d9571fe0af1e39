"""Parts of Stone Soup's own kinds that its trackers here are built of; nothing of the node is imported in its environment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
from stonesoup.base import Property
from stonesoup.buffered_generator import BufferedGenerator
from stonesoup.hypothesiser.distance import DistanceHypothesiser
from stonesoup.hypothesiser.probability import PDAHypothesiser
from stonesoup.initiator.simple import SimpleMeasurementInitiator
from stonesoup.models.measurement.linear import LinearGaussian
from stonesoup.reader import DetectionReader
from stonesoup.types.angle import Bearing, Elevation
from stonesoup.types.state import GaussianState
from stonesoup.types.track import Track

PLACE, SPEED = (0, 2, 4), (1, 3, 5)
BEARING = 0
WIDEST_GATE = 7.0
"""In sigmas, no narrower than any gate that is set."""


def unit(azimuth: float, elevation: float) -> Any:
    """East, north, up (3) of a direction in radians."""
    return np.array([np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)])


class Angles(LinearGaussian):  # type: ignore[misc]
    """Azimuth and elevation as the state itself; differences of azimuths wrap."""

    def function(self, state: Any, noise: Any = False, **kwargs: Any) -> Any:
        """What is predicted, as angles that know that they are."""
        azimuth, elevation = np.asarray(super().function(state, noise=noise, **kwargs), float).ravel()[:2]
        return type(state.state_vector)([[Bearing(azimuth)], [Elevation(np.clip(elevation, -1.57, 1.57))]])


class Near:
    """Shows a hypothesiser only what may be within its gate at all, which changes nothing but its time: a cheap look at distances first."""

    def hypothesise(self, track: Any, detections: Any, timestamp: Any, **kwargs: Any) -> Any:
        """Hypotheses of one track."""
        this: Any = self
        near = detections
        if detections:
            listed = list(detections)
            said = np.array([one.metadata["at"] for one in listed])
            keeps = self._keeps(this.predictor.predict(track, timestamp=timestamp), said)
            near = {one for one, kept in zip(listed, keeps, strict=True) if kept}
        return super().hypothesise(track, near, timestamp, **kwargs)  # type: ignore[misc]

    def _keeps(self, ahead: Any, said: Any) -> Any:
        """`said` (n, 5) are a kind, three numbers and the largest sigma; the trace is more than the largest variance."""
        mean, cov = np.asarray(ahead.state_vector, float).ravel(), np.diag(np.asarray(ahead.covar, float))
        bears, sigma = said[:, 0] == BEARING, said[:, 4]
        if len(mean) == len(PLACE) * 2:
            place, spread = mean[::2], cov[::2].sum()
            far = max(float(np.linalg.norm(place)), 1.0)
            towards, narrow = place / far, spread / far**2
        else:
            place, spread = np.full(3, np.inf), 0.0
            towards, narrow = unit(mean[0], mean[2]), cov[0] + cov[2]
        angle = 2 * np.arcsin(np.clip(np.linalg.norm(said[:, 1:4] - towards, axis=1) / 2, 0, 1))
        off = np.where(bears, angle, np.linalg.norm(said[:, 1:4] - place, axis=1))
        reach = WIDEST_GATE * np.sqrt(np.where(bears, narrow, spread) + sigma**2)
        return off <= np.where(bears, 1.5 * reach, reach)


class NearestOf(Near, DistanceHypothesiser):  # type: ignore[misc]
    """By Mahalanobis distance."""


class GuessOf(Near, PDAHypothesiser):  # type: ignore[misc]
    """By likelihood."""


class Scans(DetectionReader):  # type: ignore[misc]
    """All detections of one sensor of one moment at a time."""

    scans: Any = Property(doc="Times and sets of detections.")

    @BufferedGenerator.generator_method  # type: ignore[untyped-decorator]
    def detections_gen(self) -> Iterator[tuple[datetime, set[Any]]]:
        """One scan after another."""
        yield from self.scans


class OfPositions(SimpleMeasurementInitiator):  # type: ignore[misc]
    """Begins tracks with positions alone, where bearings are said as well."""

    def initiate(self, detections: Any, timestamp: Any, **kwargs: Any) -> Any:
        """New tracks of one detection each."""
        placed = {one for one in detections if one.measurement_model.ndim_meas == len(PLACE)}
        return super().initiate(placed, timestamp, **kwargs)


class AtRange(SimpleMeasurementInitiator):  # type: ignore[misc]
    """Begins a track on a bearing at a range that is assumed, with a wide spread along it."""

    range_m: float = Property(doc="Metres.")
    spread_m: float = Property(doc="One sigma of it.")
    speed_mps: float = Property(doc="One sigma of each velocity.")

    def initiate(self, detections: Any, timestamp: Any, **_: Any) -> Any:
        """New tracks of one bearing each."""
        return {self._begun(one, timestamp) for one in detections}

    def _begun(self, one: Any, timestamp: Any) -> Any:
        elevation, bearing = (float(part) for part in one.state_vector.ravel())
        along = np.array([np.cos(bearing) * np.cos(elevation), np.sin(bearing) * np.cos(elevation), np.sin(elevation)])
        across = self.range_m * np.sqrt(np.diag(one.measurement_model.covar())).max()
        spread = across**2 * np.eye(3) + (self.spread_m**2 - across**2) * np.outer(along, along)
        covariance = np.zeros((6, 6))
        covariance[np.ix_(PLACE, PLACE)], covariance[np.ix_(SPEED, SPEED)] = spread, self.speed_mps**2 * np.eye(3)
        mean = np.zeros((6, 1))
        mean[list(PLACE), 0] = self.range_m * along
        return Track([GaussianState(mean, covariance, timestamp)])
