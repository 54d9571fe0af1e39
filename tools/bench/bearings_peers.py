"""Other people's bearings on the same sound: pyroomacoustics' SRP, MUSIC and NormMUSIC over a grid, and ODAS's potential sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyroomacoustics

from edge_node.acoustic.microphones import speed_of_sound_mps
from tools.bench import odas
from tools.bench.bearings_scenes import BAND_HZ, BLOCK, RATE_HZ, TEMPERATURE_C, Scene
from tools.simulate.propagation import Numbers, Sound

METHODS = ("SRP", "MUSIC", "NormMUSIC")
NFFT = 1024
# Half of the sphere is looked at, so about as many directions as the locator's coarse grid has.
SPHERE_POINTS = 1_300
ODAS_HOP = 128


class Pyroomacoustics:
    """One of its methods for one array, looking for one source over a sphere of which the lower half mirrors the upper."""

    def __init__(self, method: str, positions_m: Numbers) -> None:
        self._doa: Any = pyroomacoustics.doa.algorithms[method](
            positions_m.T, RATE_HZ, NFFT, c=speed_of_sound_mps(TEMPERATURE_C), num_src=1, dim=3, n_grid=SPHERE_POINTS
        )
        self._points = np.stack([self._doa.grid.x, self._doa.grid.y, self._doa.grid.z], axis=1)
        self._upper = self._points[:, 2] >= 0

    def bearing(self, block: Sound) -> Numbers:
        """A unit vector."""
        frames = np.lib.stride_tricks.sliding_window_view(block, NFFT, axis=0)[:: NFFT // 2] * np.hanning(NFFT)
        self._doa.locate_sources(np.fft.rfft(frames).transpose(1, 2, 0), freq_range=list(BAND_HZ))
        values = np.where(self._upper, self._doa.grid.values, -np.inf)
        return np.asarray(self._points[int(np.argmax(values))])


def odas_bearings(odaslive: Path, scene: Scene) -> list[Numbers]:
    """For each block the potential source of the highest energy within it, at ODAS's usual 125 looks a second."""
    speed_mps = speed_of_sound_mps(TEMPERATURE_C)
    heard = odas.listen(odaslive, scene.array, scene.samples, RATE_HZ, hop=ODAS_HOP, speed_mps=speed_mps)
    found = []
    for start in scene.starts:
        hops = slice(int(start / RATE_HZ / heard.hop_s), int((start + BLOCK) / RATE_HZ / heard.hop_s))
        loudest = np.unravel_index(int(np.argmax(heard.energies[hops])), heard.energies[hops].shape)
        found.append(np.asarray(heard.potentials[hops][loudest]))
    return found
