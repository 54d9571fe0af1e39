"""Windows to train rotor detection on: CC0 recordings and simulated sound, mixed and sent through random channels."""

from __future__ import annotations

import csv
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from edge_node.acoustic.rotor.features import RATE_HZ, WINDOW, features
from tools.simulate import channel
from tools.simulate.machines import MACHINES
from tools.simulate.rotorcraft import Rotorcraft, random_rotorcraft, source_signal
from tools.simulate.sounds import Floats, Random, coloured, log_uniform

LICENCE = "CC0-1.0"
LABELS = ("multirotor", "fixed_wing", "helicopter", "machine", "none")
SOUND_SECONDS = 3
STEADY = 0.3  # of the backgrounds: noise without events, about pink
UNALTERED = 0.25  # of what is recorded, as it is
FIXED_WINGS = 0.03  # of the simulated drones: in a second a single propeller is mostly taken for the single shaft of a machine
PIECE, AUDIBLE = 2 * WINDOW, 2.0
MORE = (
    *2 * ("single_motor", "revving", "buzz", "swarm", "chainsaw"),
    *3 * ("chainsaw",),
    "aeroplane",
    "washing",
    "train",
    *2 * ("vacuum", "power_tool"),
)  # what is most like a drone comes more often
OVERLAPPING = (
    ("drone_004", "drone_008"),
    ("drone_009", "drone_010", "drone_011"),
    ("helicopter_001", "helicopter_007"),
    ("helicopter_003", "helicopter_009"),
    ("background_001", "background_006", "background_018", "background_022", "background_026"),
    ("background_005", "background_027"),
    ("background_008", "background_016"),
    ("background_010", "background_019"),
)
"""Recordings of the svan family that share sound, found by cross-correlation: a split must not part them."""


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


def audible(known: list[Clip]) -> list[Clip]:
    """The same, of drones only the pieces of two seconds in which lines make a comb: parts of some recordings hold only wind."""
    heard = []
    for clip in known:
        if clip.kind != "drone":
            heard.append(clip)
            continue
        for start in range(0, len(clip.sound) - PIECE + 1, PIECE // 2):
            piece = clip.sound[start : start + PIECE]
            if min(features(piece[:WINDOW]).comb.score, features(piece).comb.score) >= AUDIBLE:
                heard.append(replace(clip, sound=piece))
    return heard


def recordings(known: list[Clip]) -> NDArray[np.intp]:
    """Which independent recording each clip is of, (clips,): clips that share sound have the same."""
    alike = {f"svan_{name}": names[0] for names in OVERLAPPING for name in names}
    stems = [Path(clip.path).stem for clip in known]
    return np.unique([alike.get(stem, stem) for stem in stems], return_inverse=True)[1]


def _wav(path: Path) -> Floats:
    with wave.open(str(path)) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE_HZ, 1, 2):
            raise ValueError(f"{path.name} is not 16 kHz mono of 16 bits")
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / np.float32(32768)


def multirotor(rng: Random) -> Rotorcraft:
    """Any multirotor: the presets' kinds, half of them over a range of rates far wider than theirs."""
    craft = random_rotorcraft(rng, "multirotor")
    if rng.uniform() < 0.5:
        return craft
    return replace(
        craft,
        blade_pass_hz=log_uniform(rng, 75, 700),
        rotors=int(rng.choice([3, 4, 4, 4, 6, 8])),
        spread=rng.uniform(0.01, 0.08),
        wander=log_uniform(rng, 0.006, 0.05),
        wander_s=log_uniform(rng, 0.3, 4),
        jitter=log_uniform(rng, 0.0005, 0.005),
        roll_off_db=rng.uniform(1, 8),
        imbalance_db=rng.uniform(-3, 25),
        broadband_db=rng.uniform(-15, 5),
        broadband_hz=log_uniform(rng, 800, 6000),
        modulation=rng.uniform(0, 1),
    )


class Example(Struct, frozen=True):
    """A window (WINDOW,) to learn from; `clip` is its recording's index, -1 when simulated.

    `snr_db` is the level of what the label says over the background, `noise_db` that of both over steady noise.
    """

    window: Floats
    label: str
    name: str
    clip: int
    snr_db: float
    noise_db: float = 60.0


def _simulated(rng: Random, drone: bool) -> tuple[str, str, Floats, int]:
    """Name, class and some seconds (n,) of something."""
    if drone:
        craft = random_rotorcraft(rng, "fixed_wing") if rng.uniform() < FIXED_WINGS else multirotor(rng)
        return f"simulated {craft.label}", craft.label, source_signal(craft, SOUND_SECONDS, RATE_HZ, rng), -1
    names = [*MACHINES, *MORE, "rotorcraft"]
    name = names[int(rng.integers(len(names)))]
    if name == "rotorcraft":
        return "simulated helicopter", "helicopter", source_signal(random_rotorcraft(rng, "helicopter"), SOUND_SECONDS, RATE_HZ, rng), -1
    label, make = MACHINES[name]
    return f"simulated {name}", label, make(rng, SOUND_SECONDS * RATE_HZ), -1


def _recorded(rng: Random, known: list[Clip], drone: bool) -> tuple[str, str, Floats, int]:
    """Some recording, each as often as others of its sort however many pieces there are of it."""
    paths = sorted({clip.path for clip in known if (clip.kind == "drone") == drone})
    path = paths[int(rng.integers(len(paths)))]
    pieces = [k for k, clip in enumerate(known) if clip.path == path]
    k = pieces[int(rng.integers(len(pieces)))]
    return known[k].kind, known[k].label, known[k].sound, k


def examples(known: list[Clip], rng: Random, recorded: float = 0.4, drones: float = 0.45) -> Iterator[Example]:
    """Endless examples, a share of them of recordings, a share of them drones; three of each pair of foreground and background."""

    def some(drone: bool) -> tuple[str, str, Floats, int]:
        there = any((clip.kind == "drone") == drone for clip in known)
        return _recorded(rng, known, drone) if there and rng.uniform() < recorded else _simulated(rng, drone)

    while True:
        drone = bool(rng.uniform() < drones)
        name, label, sound, clip = some(drone)
        steady = rng.uniform() < STEADY
        background = coloured(rng, SOUND_SECONDS * RATE_HZ, rng.uniform(-6, 0), 1.0) if steady else some(False)[2]
        for _ in range(3):
            if clip >= 0 and rng.uniform() < UNALTERED:
                start = int(rng.integers(len(sound) - WINDOW + 1))
                yield Example(sound[start : start + WINDOW], label, name, clip, 60.0)
                continue
            snr_db = float(rng.uniform(-15, 30)) if rng.uniform() < 0.88 else 60.0
            near = channel.warped(rng, sound, WINDOW, 0.25, log_uniform(rng, 0.003, 0.12))
            near = channel.scintillated(rng, near) if rng.uniform() < 0.3 else near
            near = channel.ground(rng, near) if rng.uniform() < 0.3 else near
            heard = channel.mixed(near, channel.warped(rng, background, WINDOW, 0.1, 0.005), snr_db)
            yield Example(channel.received(rng, heard), label, name, clip, snr_db)
