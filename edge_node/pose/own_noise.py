"""The vehicle's own engine: a sound that stays where it is about the vehicle while that turns is fixed to it."""

from __future__ import annotations

from collections import OrderedDict

from msgspec import Struct

from edge_node.messages import AcousticDetection
from edge_node.pose.angles import turn_deg

LEAST_TURN_DEG = 30.0
STAYS_DEG, LEAVES_DEG = 8.0, 20.0
"""Within what it stays about the vehicle, and beyond what it is the vehicle's no more."""
STAYS_SIGMAS = 2.0
HIGHEST_DEG = 20.0
"""What is heard from above the vehicle is not its engine, whatever it does."""
MOST_SOUNDS = 64
SILENT_NS = 10_000_000_000


class Following(Struct):
    """One sound since it was where it is about the vehicle: how far the vehicle turned to either side since."""

    t_mono_ns: int
    azimuth_deg: float
    heading_deg: float
    turned_deg: float = 0.0
    least_deg: float = 0.0
    most_deg: float = 0.0
    own: bool = False


class OwnNoise:
    """Tells by array and number which sounds are the vehicle's own; bounded."""

    def __init__(self) -> None:
        self._sounds: OrderedDict[tuple[str, int], Following] = OrderedDict()

    @property
    def count(self) -> int:
        """How many sounds are the vehicle's own."""
        return sum(sound.own for sound in self._sounds.values())

    def is_own(self, said: AcousticDetection, heading_deg: float | None) -> bool:
        """Of a detection that counts from the vehicle's front."""
        key = said.sensor, said.track
        sound = self._sounds.get(key)
        if said.azimuth_deg is None or (said.elevation_deg or 0.0) > HIGHEST_DEG:
            self._sounds.pop(key, None)
            return False
        if sound is None or said.t_mono_ns - sound.t_mono_ns > SILENT_NS:
            if heading_deg is not None:
                self._begin(key, said.t_mono_ns, said.azimuth_deg, heading_deg)
            return False
        sound.t_mono_ns = max(sound.t_mono_ns, said.t_mono_ns)
        self._sounds.move_to_end(key)
        return self._follow(sound, said, heading_deg)

    def _begin(self, key: tuple[str, int], t_mono_ns: int, azimuth_deg: float, heading_deg: float) -> None:
        self._sounds[key] = Following(t_mono_ns, azimuth_deg, heading_deg)
        self._sounds.move_to_end(key)
        while len(self._sounds) > MOST_SOUNDS:
            self._sounds.popitem(last=False)

    @staticmethod
    def _follow(sound: Following, said: AcousticDetection, heading_deg: float | None) -> bool:
        off_deg = abs(turn_deg(sound.azimuth_deg, said.azimuth_deg or 0.0))
        stays_deg = max(STAYS_DEG, min(STAYS_SIGMAS * (said.sigma_azimuth_deg or 0.0), LEAVES_DEG))
        if heading_deg is not None:
            sound.turned_deg += turn_deg(sound.heading_deg, heading_deg)
            sound.heading_deg = heading_deg
            sound.least_deg, sound.most_deg = min(sound.least_deg, sound.turned_deg), max(sound.most_deg, sound.turned_deg)
        if off_deg > (LEAVES_DEG if sound.own else stays_deg):
            sound.azimuth_deg, sound.own = said.azimuth_deg or 0.0, False
            sound.turned_deg = sound.least_deg = sound.most_deg = 0.0
        sound.own = sound.own or sound.most_deg - sound.least_deg > LEAST_TURN_DEG
        return sound.own
