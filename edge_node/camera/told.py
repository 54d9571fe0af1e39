"""What a camera's lens, mounting and counts make of an object that was seen."""

from __future__ import annotations

from collections.abc import Mapping
from math import degrees
from typing import Any

import numpy as np
from msgspec.structs import asdict, replace
from numpy.typing import NDArray

from drivers.blocks import Camera, Frame
from edge_node.camera.lens import Lens, sigma_px
from edge_node.camera.sight.dots import share_of, side_px
from edge_node.camera.sight.judge import SURE
from edge_node.camera.sight.knowledge import CLUTTER, LABELS
from edge_node.camera.sight.reach import range_hint
from edge_node.camera.sight.second_opinion import SecondOpinion
from edge_node.camera.watch import Sighting
from edge_node.messages import CameraDetection, SightLabel

SURE_OF_DOTS = 0.7
"""Of held-out flights of dots, half of which are drones, what is called one is one in four of five, and every second is called nothing."""
NAMES: tuple[SightLabel, ...] = ("drone", "bird", "aeroplane", "helicopter", "balloon", "insect")


class Told:
    """One camera as it stands, in pictures of one size; without a camera there are pixels only."""

    def __init__(self, camera: Camera | None, width_px: int, height_px: int) -> None:
        self._camera = camera
        self._lens = Lens(camera, width_px, height_px) if camera else None
        masked = self._lens.mask if self._lens else None
        self.looked_at: NDArray[np.uint8] | None = None
        if masked is not None and masked.any():
            self.looked_at = np.where(masked, 0, 255).astype(np.uint8)

    @property
    def sees_nothing(self) -> bool:
        """Whether masks leave no pixel."""
        return self.looked_at is not None and not self.looked_at.any()

    def of(self, seen: Sighting, frame: Frame, opinion: SecondOpinion) -> CameraDetection:
        """One object in one picture as the node tells it."""
        probabilities = among_objects(opinion.of(seen.track, seen.observation, seen.probabilities))
        detection = CameraDetection(
            t_mono_ns=frame.t_mono_ns,
            frame=frame.sequence,
            track=seen.track,
            box=seen.box,
            label=label_of(probabilities, seen.box),
            probability=probabilities["drone"],
            probabilities=probabilities,
            snr=abs(seen.observation.contrast) / max(seen.observation.noise, 1e-6),
            temperature_k=None if seen.predicted else self._temperature_k(seen, frame.picture),
            predicted=seen.predicted,
        )
        return replace(detection, **self._placed(seen, probabilities)) if self._lens else detection

    def _placed(self, seen: Sighting, probabilities: dict[str, float]) -> dict[str, Any]:
        """Bearing, its errors and rates, size and range, as far as lens and mounting tell them."""
        if self._lens is None or self._camera is None:
            return {}
        placed: dict[str, Any] = {}
        x, y, width, height = seen.box
        if (size := self._lens.angular_size_rad(seen.box)) is not None:
            wide = max(size)
            placed["size_deg"] = degrees(wide)
            error_rad = wide * max(sigma_px(seen.box)) / max(width, height)
            if (hint := range_hint(probabilities, wide, error_rad)) is not None:
                placed["range_m"], placed["sigma_range_m"] = hint
        if (towards := self._lens.bearing_of(seen.box)) is None:
            return placed
        placed |= asdict(towards) | {"sigma_pose_deg": self._camera.sigma_pose_deg}
        rates = self._lens.rates_dps(x + (width - 1) / 2, y + (height - 1) / 2, *seen.velocity_px_s)
        if rates is not None:
            placed["azimuth_rate_dps"], placed["elevation_rate_dps"] = rates
        return placed

    def _temperature_k(self, seen: Sighting, picture: NDArray[np.uint8] | NDArray[np.uint16]) -> float | None:
        """Of its hottest pixel, or of its coldest where it is colder than what surrounds it; None of a picture without units."""
        camera = self._camera
        if camera is None or camera.kelvin_per_count is None:
            return None
        x, y, width, height = (round(value) for value in seen.box)
        counts = picture[max(y, 0) : y + max(height, 1), max(x, 0) : x + max(width, 1)]
        if not counts.size:
            return None
        count = float(counts.max() if seen.observation.contrast >= 0 else counts.min())
        return count * camera.kelvin_per_count + camera.kelvin_at_zero


def label_of(probabilities: Mapping[str, float], box: tuple[float, float, float, float]) -> SightLabel:
    """The likeliest, or "unknown" where it is not SURE, or a dot and not SURE_OF_DOTS."""
    label = max(NAMES, key=lambda name: probabilities[name])
    needed = SURE + (SURE_OF_DOTS - SURE) * share_of(side_px(box))
    return label if probabilities[label] >= needed else "unknown"


def among_objects(probabilities: dict[str, float]) -> dict[str, float]:
    """Of each label, given that it is an object at all."""
    total = sum(share for name, share in probabilities.items() if name != LABELS[CLUTTER])
    return {name: probabilities.get(name, 0.0) / total if total > 0 else 1 / len(NAMES) for name in NAMES}
