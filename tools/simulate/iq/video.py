"""Analog video of FPV senders: PAL or NTSC composite (ITU-R BT.1700) with a moving picture and sound beside it, FM modulated."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from tools.simulate.iq.slots import Slots
from tools.simulate.iq.wave import Angle, Burst, Reals

PER_LINE = 1024
"""Samples of the picture a line: 16 MHz, four times what a camera shows. Colour and sound are functions of time and need none."""
SYNC_V, WHITE_V = -0.3, 0.7
PICTURES, TEXTURE_PX = 8, 40
GRAIN_V = 0.01
Numbers = NDArray[np.float32]


class Standard(Struct, frozen=True):
    """Lines, and times in microseconds from a line's start; the serrated and equalising pulses are so many half lines each."""

    lines: int
    line_hz: float
    colour_hz: float
    sync_us: float
    burst_us: tuple[float, float]
    picture_us: tuple[float, float]
    broad_us: float
    equalising_us: float
    pulses: int
    blanked: int
    burst_v: float


PAL = Standard(625, 15_625.0, 4_433_618.75, 4.7, (5.6, 7.85), (10.5, 62.4), 27.3, 2.35, 5, 23, 0.15)
NTSC = Standard(525, 4.5e6 / 286, 4.5e6 * 455 / 572, 4.7, (5.3, 7.8), (9.4, 62.0), 27.1, 2.3, 6, 20, 0.143)


class Sender(Struct, frozen=True):
    """How a transmitter modulates: frequency for one volt, without a broadcast's pre-emphasis, and one sound carrier beside."""

    hz_per_v: float = 7.5e6
    sound_hz: float | None = 6.5e6
    sound_index: float = 0.11
    bandwidth_hz: float = 8e6


class Fpv(Slots):
    """A sender that never stops; a slot is one frame, whose phase comes out whole, so that the next goes on where it ends."""

    def __init__(self, standard: Standard = PAL, center_hz: float = 5_800e6, seed: int = 1, sender: Sender = Sender()) -> None:  # noqa: B008 - frozen
        frame_s = standard.lines / standard.line_hz
        name = "pal" if standard is PAL else "ntsc"
        super().__init__(f"fpv_{name}_{center_hz / 1e6:.0f}", "analog_video", seed, frame_s, frame_s)
        self.first_s = 0.0
        self._standard, self._center_hz, self._sender = standard, center_hz, sender
        self._camera = _Camera(standard, default_rng([self.random("picture").getrandbits(32)]))

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """One frame."""

        def wave() -> Modulated:
            return Modulated(self._standard, self._sender, self._camera, k, t_s)

        yield Burst(t_s, self.slot_s, self._center_hz, self._sender.bandwidth_hz, wave, whole=False)


class Modulated(Angle):
    """One frame that begins at `begin_s`."""

    def __init__(self, standard: Standard, sender: Sender, camera: _Camera, k: int, begin_s: float) -> None:
        self.duration_s = standard.lines / standard.line_hz
        self._begin_s, self._standard, self._sender = begin_s, standard, sender
        self._rate_hz = PER_LINE * standard.line_hz
        luma, self._colour = camera.frame(k)
        luma -= luma.mean()
        phase = np.concatenate(([0.0], np.cumsum(luma, dtype=np.float64) * (sender.hz_per_v / self._rate_hz), [0.0, 0.0]))
        self._phase, self._step = phase[:-1], np.diff(phase)
        self._colour = np.pad(self._colour, (0, 2))
        self._index = sender.hz_per_v / (2 * np.pi * standard.colour_hz)

    def cycles(self, t_s: Reals) -> Reals:
        """The integrals of luminance, colour and sound."""
        place = t_s * self._rate_hz
        k = place.astype(np.int64)
        found = self._phase[k] + self._step[k] * (place - k)
        colour, turn = self._colour[k], _turn((self._begin_s + t_s) * self._standard.colour_hz)
        found += (colour.real * np.sin(turn) + colour.imag * np.cos(turn)) * np.float32(self._index)
        if self._sender.sound_hz is not None:
            found += np.sin(_turn((self._begin_s + t_s) * self._sender.sound_hz)) * np.float32(self._sender.sound_index / (2 * np.pi))
        return np.asarray(found)


def _turn(cycles: Reals) -> Numbers:
    return ((cycles - np.floor(cycles)) * (2 * np.pi)).astype(np.float32)


class _Camera:
    """Pictures of a ground that goes by: luminance in volts and colour as complex amplitude, (lines * PER_LINE,), of every frame."""

    def __init__(self, standard: Standard, rng: Generator) -> None:
        self._standard, self._rng_seed = standard, int(rng.integers(1 << 32))
        self._template, self._bursts = _template(standard)
        us = np.arange(PER_LINE) * 1e6 / standard.line_hz / PER_LINE
        self._shown = (us >= standard.picture_us[0]) & (us < standard.picture_us[1])
        self._width = int(self._shown.sum())
        wide = self._width + PICTURES * TEXTURE_PX
        grey = _texture(rng, standard.lines, wide)
        self._grey = (grey - grey.min()) / (grey.max() - grey.min()) * np.float32(WHITE_V)
        self._hue = (_texture(rng, standard.lines, wide) + 1j * _texture(rng, standard.lines, wide)).astype(np.complex64) * np.float32(0.04)
        self._rows = np.flatnonzero(_picture_lines(standard))

    def frame(self, k: int) -> tuple[Numbers, NDArray[np.complex64]]:
        """Of frame k."""
        shift = TEXTURE_PX * abs(PICTURES - k % (2 * PICTURES))
        rows, columns = np.ix_(self._rows, np.flatnonzero(self._shown))
        luma, colour = self._template.copy(), self._bursts.copy()
        luma[rows, columns] = self._grey[self._rows, shift : shift + self._width]
        noise = default_rng([self._rng_seed, k]).standard_normal((len(self._rows), self._width), dtype=np.float32)
        luma[rows, columns] += noise * np.float32(GRAIN_V)
        colour[rows, columns] = self._hue[self._rows, shift : shift + self._width]
        if self._standard is PAL:
            colour[1::2] = colour[1::2].conj()
        return luma.ravel(), colour.ravel()


def _texture(rng: Generator, rows: int, columns: int) -> Numbers:
    """Smooth patches with some hard edges."""
    rough = rng.standard_normal((rows // 16 + 2, columns // 24 + 2)).astype(np.float32)
    y, x = np.linspace(0, rough.shape[0] - 1.001, rows), np.linspace(0, rough.shape[1] - 1.001, columns)
    down, right = (y % 1)[:, None].astype(np.float32), (x % 1)[None].astype(np.float32)
    above, left = y.astype(int)[:, None], x.astype(int)[None]
    top = rough[above, left] * (1 - right) + rough[above, left + 1] * right
    low = rough[above + 1, left] * (1 - right) + rough[above + 1, left + 1] * right
    smooth = top * (1 - down) + low * down
    return np.asarray(smooth + (smooth > 0.5) * np.float32(0.8))


def _picture_lines(standard: Standard) -> NDArray[np.bool_]:
    """Lines that show something: neither field's first ones, nor those with a pulse of the vertical interval."""
    half = standard.lines // 2
    shown = np.ones(standard.lines, dtype=bool)
    shown[: standard.blanked] = False
    shown[half - 3 : half + standard.blanked] = False
    shown[-3:] = False
    return shown


def _template(standard: Standard) -> tuple[Numbers, NDArray[np.complex64]]:
    """Sync and blanking, and the colour bursts, (lines, PER_LINE)."""
    us = np.arange(PER_LINE // 2) * 1e6 / standard.line_hz / PER_LINE
    luma = np.zeros((2 * standard.lines, PER_LINE // 2), dtype=np.float32)
    luma[::2, us < standard.sync_us] = SYNC_V
    for first in (0, standard.lines):
        for width_us, begin in (
            (standard.broad_us, 0),
            (standard.equalising_us, standard.pulses),
            (standard.equalising_us, -standard.pulses),
        ):
            halves = (first + begin + np.arange(standard.pulses)) % (2 * standard.lines)
            luma[halves] = np.where(us < width_us, np.float32(SYNC_V), np.float32(0))
    luma = luma.reshape(standard.lines, PER_LINE)
    bursts = np.zeros((standard.lines, PER_LINE), dtype=np.complex64)
    us = np.arange(PER_LINE) * 1e6 / standard.line_hz / PER_LINE
    swing = np.exp(3j * np.pi / 4) if standard is PAL else -1.0
    shown = _picture_lines(standard)
    bursts[np.ix_(shown, (us >= standard.burst_us[0]) & (us < standard.burst_us[1]))] = standard.burst_v * swing
    return luma, bursts
