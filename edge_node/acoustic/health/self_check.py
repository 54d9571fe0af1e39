"""Which channels of an array are dead, clipped, noisy, swapped, mirrored, upside down, late or off in level, from ambient sound alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from drivers.blocks import MicrophoneArray
from edge_node.acoustic.health import faults
from edge_node.acoustic.health.channel_statistics import ChannelStatistics, Real
from edge_node.acoustic.health.faults import Fault
from edge_node.acoustic.health.hush import DEAD_DB, Hush
from edge_node.acoustic.health.sound_field import Complex, Vector
from edge_node.acoustic.health.swap_watch import SwapWatch
from edge_node.acoustic.health.wiring_check import WiringCheck
from edge_node.acoustic.microphones import corrections, speed_of_sound_mps
from edge_node.mounting import Mounting

JUDGE_EVERY_S = 20.0
PIECES_A_LOOK = 2
"""Of the sound that is kept, for what shows at once: one and a half seconds go by meanwhile."""
ORDERS = frozenset({"swapped", "mirrored"})
KEPT = 0.5
# Three microphones in a plane agree with any delays and signs: there is no second way round.
FEWEST_TO_COMPARE = 4
WEAK_DB, GAIN_DB = -10.0, 6.0
LOUD_DB, NOISY_DB = 4.0, 6.0
SILENT = 1e-12
OCTAVES_HZ = (300.0, 600.0, 1_200.0, 2_400.0, 4_800.0, 9_600.0)
HEARD_TOGETHER_HZ = (300.0, 1_500.0)
TOGETHER, ALONE = 0.5, 0.4
CLIPPED_SHARE = 0.03


class SelfCheck:
    """Judges an array every 20 s of its sound; wind or silence leave what only coherence shows as it was judged before.

    Channels that fall silent or change places are known within 3 s, and so is that they are well again.
    """

    def __init__(self, array: MicrophoneArray, sample_rate_hz: int, *, temperature_c: float | None = None) -> None:
        self.array, self.sample_rate_hz = array, sample_rate_hz
        positions = np.asarray(array.positions_m, np.float64).reshape(-1, 3)
        self._statistics = ChannelStatistics(len(positions), sample_rate_hz)
        self._corrections = corrections(array, self._statistics.freqs_hz)
        speed_mps = speed_of_sound_mps(temperature_c)
        up = Mounting(array.azimuth_deg, array.tilt_deg, array.roll_deg).up
        self._wiring = WiringCheck(positions, up, self._statistics.freqs_hz, sample_rate_hz, speed_mps)
        self._hush = Hush(len(positions), sample_rate_hz)
        self._swaps = SwapWatch(positions, up, self._statistics.freqs_hz, sample_rate_hz, speed_mps)
        self._judged_s = 0.0
        self._level_faults: tuple[Fault, ...] = ()
        self._wiring_faults: tuple[Fault, ...] = ()

    def push(self, samples: Real) -> None:
        """Take samples float32 (n, channels) that follow the last ones."""
        self._statistics.push(samples)
        if self._hush.push(samples):
            self._begin_anew()
        if self._statistics.recent_pieces >= PIECES_A_LOOK:
            self._look()
        if self._statistics.heard_s - self._judged_s >= JUDGE_EVERY_S:
            self._judged_s = self._statistics.heard_s
            self._judge()
            self._statistics.fade(KEPT)

    def faults(self) -> tuple[Fault, ...]:
        """What shows at once, and what was wrong when it was last judged."""
        silent = self._hush.dead_db
        dead = tuple(faults.dead(channel, level_db) for channel, level_db in silent.items())
        level = tuple(fault for fault in self._level_faults if fault.channels[0] not in silent)
        swapped = () if any(fault.kind in ORDERS for fault in self._wiring_faults) else self._swaps.faults
        return dead + level + self._wiring_faults + swapped

    def _begin_anew(self) -> None:
        """A channel has fallen silent or is back: what it said before would be taken for what it says now."""
        self._statistics.reset()
        self._judged_s = 0.0
        self._level_faults = tuple(fault for fault in self._level_faults if fault.kind != "dead")

    def _look(self) -> None:
        """At what shows at once."""
        recent, frames = self._statistics.take_recent()
        doubted = any(fault.kind in ORDERS for fault in self._wiring_faults)
        self._swaps.look(self._corrected(recent), frames, self._live, doubted=doubted)
        if self._swaps.clear:
            self._wiring_faults = tuple(fault for fault in self._wiring_faults if fault.kind not in ORDERS)

    @property
    def _live(self) -> tuple[int, ...]:
        """Channels that hear something of what the others hear."""
        deaf = {fault.channels[0] for fault in self._level_faults if fault.kind in ("dead", "noisy")} | self._hush.dead_db.keys()
        return tuple(channel for channel in range(self._statistics.channels) if channel not in deaf)

    def _corrected(self, cross: Complex) -> Complex:
        return np.asarray(cross * self._corrections.T[:, :, None] * self._corrections.conj().T[:, None, :])

    def _judge(self) -> None:
        cross = self._corrected(self._statistics.cross)
        together = self._together(cross)
        silent = np.einsum("fcc->c", cross).real <= SILENT
        self._level_faults = tuple(self._by_level(np.where(silent, -np.inf, self._excess_db(cross)), together))
        live = self._live
        if len(live) >= FEWEST_TO_COMPARE and np.median(together) >= TOGETHER:
            self._wiring_faults = self._wiring.faults(cross, self._statistics.frames, live)

    def _excess_db(self, cross: Complex) -> Vector:
        """(octaves, channels): levels against the middle channel's."""
        own = np.maximum(np.einsum("fcc->fc", cross).real, 1e-20)
        edges = np.searchsorted(self._statistics.freqs_hz, OCTAVES_HZ)
        levels = np.array([own[low:high].mean(axis=0) for low, high in pairwise(edges) if high > low])
        levels_db = 10 * np.log10(levels)
        return np.asarray(levels_db - np.median(levels_db, axis=1, keepdims=True), np.float64)

    def _together(self, cross: Complex) -> Vector:
        """(channels,): coherence with the two that each hears most in common with, at frequencies where neighbours hear the same."""
        freqs = self._statistics.freqs_hz
        part = cross[(freqs >= HEARD_TOGETHER_HZ[0]) & (freqs < HEARD_TOGETHER_HZ[1])]
        own = np.sqrt(np.maximum(np.einsum("fcc->fc", part).real, 1e-15))
        coherence = np.mean(np.abs(part) / (own[:, :, None] * own[:, None, :]), axis=0)
        np.fill_diagonal(coherence, 0.0)
        return np.asarray(np.sort(coherence, axis=1)[:, -2:].mean(axis=1), np.float64)

    def _by_level(self, excess_db: Vector, together: Vector) -> Iterator[Fault]:
        heard = float(np.median(together))
        alone = (together < ALONE * heard) & (heard >= TOGETHER)
        for channel, excess in enumerate(excess_db.T):
            level_db, share = float(np.median(excess)), float(self._statistics.clipped_share[channel])
            if level_db < DEAD_DB or (alone[channel] and level_db < WEAK_DB):
                yield faults.dead(channel, level_db)
            elif share > CLIPPED_SHARE:
                yield faults.clipped(channel, share)
            elif alone[channel] or (excess.max() > LOUD_DB and np.ptp(excess) > NOISY_DB):
                yield faults.noisy(channel, float(excess.max()))
            elif abs(level_db) > GAIN_DB:
                yield faults.gain(channel, level_db)
