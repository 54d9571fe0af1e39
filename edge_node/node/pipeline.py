"""Which detector for which block; live, detect and replay share it, so they find the same things."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, cast

from msgspec.structs import replace

from drivers import plugins
from drivers.blocks import AnyBlock
from drivers.source import SourceMisconfigured
from edge_node.detection import Ailing, Covering, Detector, Finishing, Levelled, Telling
from edge_node.field.health_names import NAMES, of_words
from edge_node.messages import BusMessage, Finding
from edge_node.node.guarded import Guarded

DETECTORS = {
    "RadioFrame": "edge_node.remote_id.detector:RemoteIdDetector",
    "GnssFix": "edge_node.node.position:PositionRelay",
    "Attitude": "edge_node.node.position:AttitudeRelay",
    "AudioBlock": "edge_node.acoustic.detector:AcousticDetector",
    "Frame": "edge_node.camera.detector:CameraDetector",
    "IqBlock": "edge_node.radio.detector:RadioDetector",
}
ENTRY_POINT_GROUP = "edge_node.detectors"
BUILT_IN_BLOCKS = "drivers.blocks"
COVERS_EVERY_NS = 1_000_000_000
OF_ANY = "sensor_problem"


def _made(kind: type, settings: Mapping[str, Any]) -> Detector:
    """The detector for one type of block; raises SourceMisconfigured where there is none that works."""
    name = kind.__name__
    if kind.__module__ != BUILT_IN_BLOCKS or name not in DETECTORS:
        return _brought(name)
    module, _, attribute = DETECTORS[name].partition(":")
    return cast("Callable[..., Detector]", getattr(import_module(module), attribute))(**settings)


def _brought(name: str) -> Detector:
    try:
        make = plugins.load(ENTRY_POINT_GROUP, name)
        guarded = None if make is None else Guarded(name, cast("Callable[[], Any]", make))
    except plugins.PluginError as error:
        raise SourceMisconfigured(str(error)) from error
    except Exception as error:
        raise SourceMisconfigured(f"the detector of {name} cannot be made: {plugins.named(error)}") from error
    if guarded is None:
        raise SourceMisconfigured(f"no package brings a detector for blocks of the type {name} ({ENTRY_POINT_GROUP})")
    return guarded


class Pipeline:
    """One sensor's way from block to messages; the detector is made when its first block comes.

    `settings` are keywords for the detector of each type of block.
    """

    def __init__(self, sensor: str, settings: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self.sensor = sensor
        self._settings = settings or {}
        self._detectors: dict[type, Detector] = {}
        self._covered_ns: int | None = None

    def step(self, block: AnyBlock) -> Sequence[BusMessage]:
        """What this block holds, and once a second what the sensor covers, under this sensor's name."""
        kind = type(block)
        detector = self._detectors.get(kind)
        if detector is None:
            detector = self._detectors[kind] = _made(kind, self._settings.get(kind.__name__, {}))
        found = [replace(message, sensor=self.sensor) for message in detector.step(block)]
        return found + self._covered(block.t_mono_ns) if self._is_due(block.t_mono_ns) else found

    def idle(self, t_mono_ns: int) -> list[BusMessage]:
        """What the sensor covers, when that is due; to be asked as well while the source lives and hands over nothing."""
        return self._covered(t_mono_ns) if self._is_due(t_mono_ns) else []

    def finish(self) -> Sequence[BusMessage]:
        """What detectors still had in hand, as no more blocks come."""
        finishing = [detector for detector in self._detectors.values() if isinstance(detector, Finishing)]
        return [replace(message, sensor=self.sensor) for detector in finishing for message in detector.finish()]

    def words(self) -> str:
        """What was found so far."""
        return "; ".join(filter(None, (detector.words() for detector in self._detectors.values())))

    @property
    def problem(self) -> str:
        """What is wrong with the sensor, though it runs."""
        return "; ".join(one.problem for one in self._detectors.values() if isinstance(one, Ailing) and one.problem)

    def findings(self) -> list[Finding]:
        """The same under stable names."""
        return [
            of_words(self.sensor, name if name in NAMES else OF_ANY, words)
            for one in self._detectors.values()
            for name, words in _told(one)
        ]

    def levels(self) -> dict[str, float]:
        """How strong the sensor's noise is now, in dB."""
        return {name: level_db for one in self._detectors.values() if isinstance(one, Levelled) for name, level_db in one.levels().items()}

    def _is_due(self, t_mono_ns: int) -> bool:
        return self._covered_ns is None or abs(t_mono_ns - self._covered_ns) >= COVERS_EVERY_NS

    def _covered(self, t_mono_ns: int) -> list[BusMessage]:
        self._covered_ns = t_mono_ns
        found = [one.coverage(t_mono_ns) for one in self._detectors.values() if isinstance(one, Covering)]
        return [replace(one, sensor=self.sensor) for one in found if one is not None]


def _told(detector: Detector) -> Sequence[tuple[str, str]]:
    """By name where the detector knows names."""
    if isinstance(detector, Telling):
        return detector.findings()
    return [(OF_ANY, detector.problem)] if isinstance(detector, Ailing) and detector.problem else ()
