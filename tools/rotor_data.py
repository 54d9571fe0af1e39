"""Windows to train rotor detection on: CC0 recordings and simulated sound, mixed and sent through random channels."""

from __future__ import annotations

import csv
import wave
from pathlib import Path

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from edge_node.acoustic.rotor_features import RATE_HZ, WINDOW
from tools.simulate import channel
from tools.simulate.machines import MACHINES
from tools.simulate.rotorcraft import PRESETS, Rotorcraft, random_rotorcraft, source_signal
from tools.simulate.sounds import Floats, Random, log_uniform

LICENCE = "CC0-1.0"
LABELS = ("multirotor", "fixed_wing", "helicopter", "machine", "none")
SOUND_SECONDS = 3


class Clip(Struct, frozen=True):
    """A recording (n,) at 16 kHz, of which family and of what."""

    path: str
    family: str
    kind: str
    licence: str
    sound: Floats

    @property
    def label(self) -> str:
        """The class that a listener should give it."""
        classes = {"drone": "multirotor", "helicopter": "helicopter"}
        machine = ("airplane", "engine", "chainsaw", "train", "vacuum", "washing", "siren", "clockalarm", "handsaw")
        return classes.get(self.kind, "machine" if self.kind in machine else "none")


def clips(folder: Path, licence: str | None = None) -> list[Clip]:
    """The recordings that a folder's manifest.csv lists, those under one licence when given; others than 16 kHz are a ValueError."""
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if licence in (None, row["licence"])]
    return [
        Clip(row["path"], Path(row["path"]).name.split("_")[0], row["label"], row["licence"], _wav(folder / row["path"])) for row in rows
    ]


def _wav(path: Path) -> Floats:
    with wave.open(str(path)) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE_HZ, 1, 2):
            raise ValueError(f"{path.name} is not 16 kHz mono of 16 bits")
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768


def multirotor(rng: Random) -> Rotorcraft:
    """Any multirotor: the presets' kinds, half of them over a range of rates far wider than theirs."""
    craft = random_rotorcraft(rng, "multirotor")
    if rng.uniform() < 0.5:
        return craft
    return replace(
        craft,
        blade_pass_hz=log_uniform(rng, 75, 450),
        rotors=int(rng.choice([3, 4, 4, 4, 6, 8])),
        spread=rng.uniform(0.0, 0.08),
        roll_off_db=rng.uniform(1, 8),
        imbalance_db=rng.uniform(0, 25),
        broadband_db=rng.uniform(-15, 8),
        broadband_hz=log_uniform(rng, 800, 6000),
        modulation=rng.uniform(0, 1),
    )


def simulated_drone(rng: Random, label: str) -> Floats:
    """Some seconds of a drone at its place, (n,)."""
    craft = multirotor(rng) if label == "multirotor" else random_rotorcraft(rng, "fixed_wing")
    return source_signal(craft, SOUND_SECONDS, RATE_HZ, rng)


def simulated_other(rng: Random) -> tuple[str, str, Floats]:
    """Name, class and some seconds (n,) of what is no drone."""
    names = [*MACHINES, "preset_helicopter"]
    name = names[int(rng.integers(len(names)))]
    if name == "preset_helicopter":
        return name, "helicopter", source_signal(random_rotorcraft(rng, "helicopter"), SOUND_SECONDS, RATE_HZ, rng)
    label, make = MACHINES[name]
    return name, label, make(rng, SOUND_SECONDS * RATE_HZ)
