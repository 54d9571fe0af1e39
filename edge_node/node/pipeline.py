"""Which detector for which block; live, detect and replay share it, so they find the same things."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, cast

from msgspec.structs import replace

from drivers.blocks import Block
from edge_node.detection import Detector, Finishing
from edge_node.messages import BusMessage

DETECTORS = {
    "RadioFrame": "edge_node.remote_id.detector:RemoteIdDetector",
    "GnssFix": "edge_node.node.position:PositionRelay",
    "Attitude": "edge_node.node.position:AttitudeRelay",
    "AudioBlock": "edge_node.acoustic.detector:AcousticDetector",
    "Frame": "edge_node.camera.detector:CameraDetector",
    "IqBlock": "edge_node.radio.detector:RadioDetector",
}
ENTRY_POINT_GROUP = "edge_node.detectors"


def _load(block_type: str) -> Callable[..., Detector]:
    """What makes the detector for one type of block; raises StopIteration where nobody offers one."""
    where = DETECTORS.get(block_type) or next(p.value for p in entry_points(group=ENTRY_POINT_GROUP) if p.name == block_type)
    module, _, attribute = where.partition(":")
    return cast("Callable[..., Detector]", getattr(import_module(module), attribute))


class Pipeline:
    """One sensor's way from block to messages; the detector is made when its first block comes.

    `settings` are keywords for the detector of each type of block.
    """

    def __init__(self, sensor: str, settings: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self.sensor = sensor
        self._settings = settings or {}
        self._detectors: dict[type, Detector] = {}

    def step(self, block: Block) -> Sequence[BusMessage]:
        """What this block holds, under this sensor's name."""
        kind = type(block)
        detector = self._detectors.get(kind)
        if detector is None:
            detector = self._detectors[kind] = _load(kind.__name__)(**self._settings.get(kind.__name__, {}))
        return [replace(message, sensor=self.sensor) for message in detector.step(block)]

    def finish(self) -> Sequence[BusMessage]:
        """What detectors still had in hand, as no more blocks come."""
        finishing = [detector for detector in self._detectors.values() if isinstance(detector, Finishing)]
        return [replace(message, sensor=self.sensor) for detector in finishing for message in detector.finish()]

    def words(self) -> str:
        """What was found so far."""
        return "; ".join(filter(None, (detector.words() for detector in self._detectors.values())))
