"""All that one sensor's process knows of its health: whether data come, whether the noise is as usual, whether it covers anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from drivers.blocks import RadioFrame
from drivers.hush import box_of
from edge_node.field.health_names import found
from edge_node.field.liveness import Liveness
from edge_node.field.noise_floor import NoiseFloors
from edge_node.field.silence import Silence, UsualSilence
from edge_node.field.usual import Usual
from edge_node.messages import Coverage, Finding

HAMPERS = ("wind", "channel", "all channels")
"""How notes of what takes away some of what is sensed begin; nobody knows how much, so that reach is told as 0."""
BLIND_AFTER, SEES_AFTER = 2, 6
"""Words on what is covered, a second apart, until a change is believed: gusts come and go, and are one wind."""
MAVLINK = "mavlink_rid"
"""Such a receiver hands over what aircraft say and nothing else; that it lives its heartbeat tells, which its driver minds."""


class Memory(Struct):
    """What was learnt of a place, to be kept over restarts."""

    levels: dict[str, Usual] = field(default_factory=dict)
    silence: UsualSilence = field(default_factory=UsualSilence)


class SensorHealth:
    """Pure: told of blocks, coverage and levels, asked about once a second."""

    def __init__(self, sensor: str, driver: str, declared_hz: float | None, memory: Memory, now_ns: int) -> None:
        self._sensor, self._driver, self.memory = sensor, driver, memory
        self._liveness = Liveness(sensor, driver, declared_hz, now_ns)
        self._silence = Silence(sensor, memory.silence, now_ns)
        self._floors = NoiseFloors(sensor, memory.levels)
        self._blind = _Blind()

    def took(self, block: Any, now_ns: int) -> None:
        """A block was handed over; a hot path."""
        self._liveness.took(block, now_ns)
        if self._liveness.is_rare:
            self._silence.took(now_ns, box_of(block) if isinstance(block, RadioFrame) else None)

    def covers(self, said: Coverage) -> Coverage:
        """What the sensor covers now; less where part of what it shows has lost its detail since it was learnt."""
        self._blind.take(said)
        blurred = self._floors.blurred
        if not blurred:
            return said
        note = f"{100 * blurred:.0f} % of its pictures blurred"
        return replace(said, probability=said.probability * (1 - blurred), notes=(*said.notes, note))

    def look(self, told: Sequence[Finding], levels: Mapping[str, float], now_ns: int) -> tuple[Finding, ...]:
        """All findings of now; `told` are the detector's own, `levels` those of the last second."""
        self._floors.take(levels)
        rare = self._liveness.is_rare and self._driver != MAVLINK
        silence = self._silence.look(now_ns) if rare else ()
        return (*self._liveness.look(now_ns), *silence, *told, *self._floors.findings(), *self._blind.findings(self._sensor, told))


class _Blind:
    """Whether a sensor that works senses nothing; not at the first word of it."""

    def __init__(self) -> None:
        self._notes: tuple[str, ...] = ()
        self._in_a_row = 0
        self._holds = False

    def take(self, said: Coverage) -> None:
        blind = said.reach_m <= 0 and bool(said.notes)
        self._notes = said.notes if blind else self._notes
        self._in_a_row = self._in_a_row + 1 if blind != self._holds else 0
        if self._in_a_row >= (BLIND_AFTER if blind else SEES_AFTER):
            self._holds, self._in_a_row = blind, 0

    def findings(self, sensor: str, told: Sequence[Finding]) -> tuple[Finding, ...]:
        """Without what the detector says by a name of its own."""
        if not self._holds:
            return ()
        notes = [note for note in self._notes if not any(one.words in note for one in told)]
        if not notes:
            return ()
        name = "hampered" if all(note.startswith(HAMPERS) for note in notes) else "blind"
        senses = "it senses less than usual" if name == "hampered" else "it senses nothing now"
        return (found(sensor, name, f"{senses}: {', '.join(notes)}"),)
