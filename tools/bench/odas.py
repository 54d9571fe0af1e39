"""ODAS (introlab/odas) as a peer: its configuration from an array's facts, a run over sound in a file, and what it found.

`EDGE_NODE_ODAS` names either the program `odaslive` or a folder of ODAS's source, which is then built with cmake.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from drivers.blocks import MicrophoneArray

VARIABLE = "EDGE_NODE_ODAS"
ABSENT = f"ODAS is not measured: {VARIABLE} names neither odaslive nor a folder of its source"
RATE_HZ = 16_000
BUILD_S, RUN_S = 900, 900
# The activity prior that this field's sound needs; the one that ODAS comes with (0.4, 0.0025; 0.25, 0.0025) is for speech nearby.
ACTIVE, INACTIVE = (0.3, 0.01), (0.05, 0.0025)
# So loud that 16 bits hold a diffuse field without clipping.
LOUDEST_RMS = 0.1

Directions = NDArray[np.float64]


class Heard(Struct, frozen=True):
    """What ODAS said of each hop: potential sources (hops, 4, 3) with energies (hops, 4), and tracks (hops, 4, 3), zeros for none."""

    hop_s: float
    potentials: Directions
    energies: Directions
    tracks: Directions


def program(folder: Path) -> Path | None:
    """`odaslive` as the environment names it, built in a folder where only its source is there; None without it."""
    named = Path(os.environ.get(VARIABLE, ""))
    if not os.environ.get(VARIABLE) or not named.exists():
        return None
    if named.is_file():
        return named
    built = [path for path in (named / "build" / "bin" / "odaslive", named / "bin" / "odaslive") if path.is_file()]
    return built[0] if built else _build(named, folder)


def _build(source: Path, folder: Path) -> Path:
    for step in (["cmake", "-DCMAKE_BUILD_TYPE=Release", "-S", source, "-B", folder], ["cmake", "--build", folder, "--target", "odaslive"]):
        subprocess.run([str(part) for part in step], check=True, capture_output=True, timeout=BUILD_S)
    return next(path for path in (folder / "bin" / "odaslive", source / "bin" / "odaslive") if path.is_file())


def listen(odaslive: Path, array: MicrophoneArray, samples: NDArray[np.float32], rate_hz: int, *, hop: int, speed_mps: float) -> Heard:
    """What it finds in sound (n, channels) when it looks every `hop` samples of 16 kHz."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_sound(folder / "sound.raw", samples)
        files = outputs(folder)
        text = configuration(array, folder / "sound.raw", rate_hz, hop=hop, speed_mps=speed_mps, outputs=files)
        (folder / "odas.cfg").write_text(text, encoding="ascii")
        subprocess.run([odaslive, "-c", folder / "odas.cfg"], check=True, capture_output=True, timeout=RUN_S)
        potential = [_rows(one, "E") for one in _objects(files["potential"])]
        tracked = [_rows(one, "activity") for one in _objects(files["tracked"])]
    both = np.array(potential).reshape(-1, 4, 4)
    return Heard(hop / RATE_HZ, both[..., :3], both[..., 3], np.array(tracked).reshape(-1, 4, 4)[..., :3])


def outputs(folder: Path) -> dict[str, Path]:
    """Where it writes what it finds; what is not written ODAS does not look for either."""
    return {"potential": folder / "potential.json", "tracked": folder / "tracked.json"}


def write_sound(path: Path, samples: NDArray[np.float32]) -> None:
    """Sound as 16-bit numbers, all channels of a frame together."""
    loudness = LOUDEST_RMS / max(float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))), 1e-12)
    path.write_bytes(np.clip(samples * (loudness * 32767), -32768, 32767).astype("<i2").tobytes())


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    """The JSON objects that stand one after the other in a file."""
    text, decoder, at = path.read_text(encoding="ascii"), json.JSONDecoder(), 0
    while (start := text.find("{", at)) >= 0:
        try:
            one, at = decoder.raw_decode(text, start)
        except json.JSONDecodeError:
            return
        yield one


def _rows(one: dict[str, Any], weight: str) -> list[list[float]]:
    return [[source["x"], source["y"], source["z"], source[weight]] for source in one["src"]]


def configuration(array: MicrophoneArray, sound: Path, rate_hz: int, *, hop: int, speed_mps: float, outputs: dict[str, Path]) -> str:
    """A whole configuration: the defaults of ODAS's own files, the array's places, half the sphere, and the tuned activity prior."""
    channels = len(array.positions_m)
    still = {"weight": 1.0}
    parts = {
        "version": "2.1",
        "raw": {
            "fS": rate_hz,
            "hopSize": hop * rate_hz // RATE_HZ,
            "nBits": 16,
            "nChannels": channels,
            "interface": {"type": "file", "path": str(sound)},
        },
        "mapping": {"map": list(range(1, channels + 1))},
        "general": {
            "epsilon": 1e-20,
            "size": {"hopSize": hop, "frameSize": 2 * hop},
            "samplerate": {"mu": RATE_HZ, "sigma2": 0.01},
            "speedofsound": {"mu": speed_mps, "sigma2": 25.0},
            "mics": [_microphone(place) for place in array.positions_m],
            "spatialfilters": [{"direction": [0.0, 0.0, 1.0], "angle": [80.0, 100.0]}],
            "nThetas": 181,
            "gainMin": 0.25,
        },
        "sne": {"b": 3, "alphaS": 0.1, "L": 150, "delta": 3.0, "alphaD": 0.1},
        "ssl": {
            "nPots": 4,
            "nMatches": 10,
            "probMin": 0.5,
            "nRefinedLevels": 1,
            "interpRate": 4,
            "scans": [{"level": 2, "delta": -1}, {"level": 4, "delta": -1}],
            "potential": _output(outputs["potential"]),
        },
        "sst": {
            "mode": "kalman",
            "add": "dynamic",
            "active": [still | {"mu": ACTIVE[0], "sigma2": ACTIVE[1]}],
            "inactive": [still | {"mu": INACTIVE[0], "sigma2": INACTIVE[1]}],
            "sigmaR2_prob": 0.0025,
            "sigmaR2_active": 0.0225,
            "sigmaR2_target": 0.0025,
            "Pfalse": 0.1,
            "Pnew": 0.1,
            "Ptrack": 0.8,
            "theta_new": 0.9,
            "N_prob": 5,
            "theta_prob": 0.8,
            "N_inactive": [250] * 4,
            "theta_inactive": 0.9,
            "kalman": {"sigmaQ": 0.001},
            "particle": _PARTICLE,
            "target": [],
            "tracked": _output(outputs["tracked"]),
        },
        "sss": _SEPARATION,
        "classify": _CLASSES,
    }
    return "".join(f"{name} = {_text(value)};\n" for name, value in parts.items())


def _microphone(place: tuple[float, float, float]) -> dict[str, Any]:
    return {"mu": list(map(float, place)), "sigma2": [0.0] * 9, "direction": [0.0, 0.0, 1.0], "angle": [80.0, 100.0]}


def _output(path: Path) -> dict[str, Any]:
    return {"format": "json", "interface": {"type": "file", "path": str(path)}}


_PARTICLE = {"nParticles": 1000, "Nmin": 0.7} | {
    f"{state}_{what}": value
    for state, values in {"st": (2.0, 0.04, 0.5), "ve": (0.05, 0.2, 0.3), "ac": (0.5, 0.2, 0.2)}.items()
    for what, value in zip(("alpha", "beta", "ratio"), values, strict=True)
}
_SILENT = {"fS": RATE_HZ, "hopSize": 128, "nBits": 16, "interface": {"type": "blackhole"}}
_SEPARATION = {
    "mode_sep": "dds",
    "mode_pf": "ms",
    "gain_sep": 1.0,
    "gain_pf": 10.0,
    "dds": {},
    "dgss": {"mu": 0.01, "lambda": 0.5},
    "dmvdr": {},
    "ms": {"alphaPmin": 0.07, "eta": 0.5, "alphaZ": 0.8, "thetaWin": 0.3, "alphaWin": 0.3, "maxAbsenceProb": 0.9, "Gmin": 0.01}
    | {"winSizeLocal": 3, "winSizeGlobal": 23, "winSizeFrame": 256},
    "ss": {"Gmin": 0.01, "Gmid": 0.9, "Gslope": 10.0},
    "separated": _SILENT,
    "postfiltered": _SILENT | {"gain": 10.0},
}
_CLASSES = {
    "frameSize": 1024,
    "winSize": 3,
    "tauMin": 32,
    "tauMax": 200,
    "deltaTauMax": 7,
    "alpha": 0.3,
    "gamma": 0.05,
    "phiMin": 0.15,
    "r0": 0.2,
    "category": {"format": "undefined", "interface": {"type": "blackhole"}},
}


def _text(value: object) -> str:
    """A value as libconfig writes it."""
    if isinstance(value, dict):
        return "{ " + " ".join(f"{name} = {_text(part)};" for name, part in value.items()) + " }"
    if isinstance(value, list):
        return "( " + ", ".join(_text(part) for part in value) + " )"
    if isinstance(value, float):
        return f"{value:.9f}" if abs(value) >= 1e-9 or not value else f"{value:.1e}"
    return f'"{value}"' if isinstance(value, str) else str(value)
