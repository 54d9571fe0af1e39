"""Sound in, drones that are heard out: bearings where the microphones' places are known, and what each of them sounds like."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.blocks import AudioBlock, Block
from edge_node.acoustic.direction.directions import Directions
from edge_node.acoustic.ear import Ear
from edge_node.acoustic.health.still import Saturated, Still
from edge_node.acoustic.looks import Looks
from edge_node.acoustic.rotor.model import RotorModel
from edge_node.acoustic.single import Single
from edge_node.messages import AcousticDetection, Coverage

MOST_CHANNELS = 64
TEMPERATURE_STEP_C = 2.0
NAMED = {"dead": "silent"}


class AcousticDetector:
    """Keeps one ear for as long as the sound stays of one kind; another array, rate or temperature makes a new one."""

    def __init__(self) -> None:
        self._model = RotorModel.load()
        self._ear: Ear | None = None
        self._made_for: AudioBlock | None = None
        self._told = 0
        self._trouble = ""
        self._still, self._saturated = Still(), Saturated()

    def step(self, block: Block) -> Sequence[AcousticDetection]:
        """The drones that were heard since the last block, each about twice a second."""
        if not isinstance(block, AudioBlock) or block.samples.size == 0:
            return ()
        if self._made_for is None or not _alike(self._made_for, block):
            self._begin(block)
        if self._ear is None:
            return ()
        self._still.take(block)
        self._saturated.take(block)
        found = self._ear.hear(block)
        self._told += len(found)
        return found

    def words(self) -> str:
        """How many were told of, what is heard now, and what is wrong with the microphones."""
        if self._trouble or self._ear is None:
            return self._trouble
        told = f"{self._told} sounds of drones" if self._told else "no drone heard"
        return "; ".join(filter(None, (told, self._ear.words())))

    def coverage(self, t_mono_ns: int) -> Coverage | None:
        """How far a small drone would be heard now; None while nobody can tell."""
        return self._ear.coverage(t_mono_ns) if self._ear else None

    @property
    def problem(self) -> str:
        """What is wrong with the microphones or the sound."""
        return self._trouble or (self._ear.problem if self._ear else "")

    def findings(self) -> list[tuple[str, str]]:
        """What is wrong with sound or microphones, by name."""
        if self._trouble or self._ear is None:
            return [("sensor_problem", self._trouble)] if self._trouble else []
        if self._still.holds:
            return [("microphones_silent", "all microphones say one value and nothing else")]
        clipped = [("microphones_clipped", self._saturated.words())] if self._saturated.words() else []
        return clipped + [
            (f"microphone_{NAMED.get(fault.kind, fault.kind)}", fault.words) for fault in self._ear.faults if fault.kind != "noisy"
        ]

    def levels(self) -> dict[str, float]:
        """How loud it is where drones are heard."""
        return self._ear.levels() if self._ear else {}

    def _begin(self, block: AudioBlock) -> None:
        self._made_for, self._ear, self._trouble = block, None, ""
        channels = block.samples.shape[1]
        try:
            self._ear = _ear(block, channels, self._model)
        except ValueError as error:
            self._trouble = f"this sound cannot be listened to: {error}"


def _ear(block: AudioBlock, channels: int, model: RotorModel) -> Ear:
    """With bearings where the places of several microphones are known; ValueError where sound and array do not fit."""
    if channels > MOST_CHANNELS:
        raise ValueError(f"{channels} channels are more than {MOST_CHANNELS}")
    looks, array = Looks(block.sample_rate_hz, channels), block.array
    if array is not None and len(array.positions_m) != channels:
        raise ValueError(f"it has {channels} channels, and {array.name} has {len(array.positions_m)} microphones")
    full_scale_db_spl = array.full_scale_db_spl if array else None
    if array is None or channels == 1:
        return Ear(looks, Single(looks.spectra), model, full_scale_db_spl)
    return Ear(looks, Directions(array, looks.spectra, block.temperature_c), model, full_scale_db_spl)


def _alike(one: AudioBlock, other: AudioBlock) -> bool:
    """Whether one ear hears both."""
    shape = one.sample_rate_hz == other.sample_rate_hz and one.samples.shape[1] == other.samples.shape[1]
    array = one.array is other.array or one.array == other.array
    known = (one.temperature_c is None) == (other.temperature_c is None)
    return shape and array and known and abs((one.temperature_c or 0.0) - (other.temperature_c or 0.0)) <= TEMPERATURE_STEP_C
