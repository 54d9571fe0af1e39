"""What each sensor of a recording had, as strips over one time: made as its blocks pass, and bounded whatever its length."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from drivers.blocks import AnyBlock, AudioBlock, Frame, IqBlock
from edge_node.messages import (
    AcousticDetection,
    BearingDetection,
    CameraDetection,
    Detection,
    LinkDetection,
    RemoteIdDetection,
)
from edge_node.picture.page import Thinned
from edge_node.picture.spectrogram import Spectrogram
from edge_node.picture.waterfall import Waterfall

Coloured = NDArray[np.uint8]
Sense = Literal["sound", "radio", "sight", "remote_id", "other"]
MOST_STRIPS, MOST_TUNINGS = 32, 4
MOST_PICTURES = 8
PICTURE_PX, STRIP_PX, MOST_WIDE_PX = 240, 160, 1_200
QUIETEST, LOUDEST, MOST_SPAN_DB, LEAST_SPAN_DB = 8.0, 99.8, 60.0, 20.0
"""Percentiles of a strip's levels that become dark and bright, and how far those may be apart."""


class Band(Struct, frozen=True):
    """A spectrogram or waterfall: (rows, columns, blue green red), the highest frequency first, and what it reaches over."""

    name: str
    picture: Coloured
    begin_s: float
    end_s: float
    low_hz: float
    high_hz: float


class Seen(Struct, frozen=True):
    """One picture of a camera, small, with boxes, and how sure the surest thing in it is a drone."""

    t_s: float
    picture: Coloured
    probability: float


class Strip(Struct, frozen=True):
    """One sensor: its bands, its pictures, and points in time with a value: a level in dBm of Remote ID, else an azimuth in degrees."""

    sensor: str
    sense: Sense
    bands: tuple[Band, ...] = ()
    seen: tuple[Seen, ...] = ()
    points: tuple[tuple[float, float | None], ...] = ()


class Strips:
    """`t_mono_ns` is where the time line begins, `seconds` how long it is."""

    def __init__(self, t_mono_ns: int, seconds: float) -> None:
        self._begin_ns, self._seconds = t_mono_ns, max(seconds, 1e-3)
        self._of: dict[str, _Sensor] = {}

    def see(self, sensor: str, block: AnyBlock | None, said: Sequence[Detection] = (), boxed: Sequence[CameraDetection] = ()) -> None:
        """Note a block of a sensor, or None; what was found is a point each, what is `boxed` is drawn in the picture."""
        one = self._of.get(sensor)
        if one is None:
            if len(self._of) >= MOST_STRIPS:
                return
            one = self._of[sensor] = _Sensor(self._begin_ns, self._seconds)
        one.see(block, said, boxed)

    def made(self) -> list[Strip]:
        """All sensors that had anything to draw."""
        strips = (one.strip(name) for name, one in self._of.items())
        return [strip for strip in strips if strip.bands or strip.seen or strip.points]


class _Sensor:
    """What is kept of one sensor."""

    def __init__(self, begin_ns: int, seconds: float) -> None:
        self._begin_ns, self._seconds = begin_ns, seconds
        self._sense: Sense = "other"
        self._sound: tuple[float, int, Spectrogram] | None = None
        self._radio: dict[tuple[float, float | None], tuple[float, Waterfall]] = {}
        self._seen: dict[int, tuple[float, float, Frame, Sequence[CameraDetection]]] = {}
        self._points = Thinned()

    def see(self, block: AnyBlock | None, said: Sequence[Detection], boxed: Sequence[CameraDetection]) -> None:
        """Note one block."""
        if isinstance(block, AudioBlock):
            self._hear(block)
        elif isinstance(block, IqBlock):
            self._receive(block)
        elif isinstance(block, Frame):
            self._look(block, boxed)
        for one in said:
            self._sense = _sense_of(one)
            self._points.add(self._s(one.t_mono_ns), _value(one))

    def _s(self, t_mono_ns: int) -> float:
        return (t_mono_ns - self._begin_ns) / 1e9

    def _hear(self, block: AudioBlock) -> None:
        if self._sound is None:
            level = np.square(block.samples).mean(axis=0)
            channel = int(np.argsort(level)[block.samples.shape[1] // 2])
            self._sound = self._s(block.t_mono_ns), channel, Spectrogram(block.sample_rate_hz)
        self._sound[2].add(block.samples[:, self._sound[1]])

    def _receive(self, block: IqBlock) -> None:
        tuning = block.sample_rate_hz, block.center_hz
        if tuning not in self._radio:
            if len(self._radio) >= MOST_TUNINGS:
                return
            self._radio[tuning] = self._s(block.t_mono_ns), Waterfall(block.sample_rate_hz)
        begin_s, waterfall = self._radio[tuning]
        waterfall.add(block.samples, round((self._s(block.t_mono_ns) - begin_s) * block.sample_rate_hz))

    def _look(self, block: Frame, said: Sequence[CameraDetection]) -> None:
        """Of each part of the time the picture with the surest drone."""
        t_s = self._s(block.t_mono_ns)
        part = min(max(int(MOST_PICTURES * t_s / self._seconds), 0), MOST_PICTURES - 1)
        sure = max((one.probability for one in said), default=-1.0)
        if part not in self._seen or sure > self._seen[part][1]:
            self._seen[part] = t_s, sure, block, said

    def strip(self, name: str) -> Strip:
        """As it is drawn."""
        bands = [*([_sound_band(*self._sound)] if self._sound and self._sound[2].columns else [])]
        bands += [_radio_band(begin_s, *tuning, waterfall) for tuning, (begin_s, waterfall) in self._radio.items() if waterfall.seconds]
        seen = tuple(_small(*one) for _, one in sorted(self._seen.items()))
        sense: Sense = "sound" if self._sound else "radio" if self._radio else "sight" if seen else self._sense
        return Strip(name, sense, tuple(bands), seen, tuple(self._points.points))


def _sense_of(said: Detection) -> Sense:
    if isinstance(said, RemoteIdDetection):
        return "remote_id"
    if isinstance(said, LinkDetection):
        return "radio"
    return "sound" if isinstance(said, AcousticDetection) else "sight" if isinstance(said, CameraDetection) else "other"


def _value(said: Detection) -> float | None:
    value: float | None = said.rssi_dbm if isinstance(said, RemoteIdDetection) else None
    if isinstance(said, AcousticDetection | CameraDetection | BearingDetection):
        value = said.azimuth_deg
    return float(value) if value is not None and isfinite(value) else None


def _sound_band(begin_s: float, channel: int, spectrogram: Spectrogram) -> Band:
    edges_s, level_db = spectrogram.decibels()
    low_hz, high_hz = float(spectrogram.edges_hz[0]), float(spectrogram.edges_hz[-1])
    name = f"channel {channel + 1}, {low_hz:.0f} Hz to {high_hz / 1e3:.1f} kHz in octaves"
    return Band(name, _coloured(level_db), begin_s, begin_s + float(edges_s[-1]), low_hz, high_hz)


def _radio_band(begin_s: float, rate_hz: float, center_hz: float | None, waterfall: Waterfall) -> Band:
    middle_hz = center_hz or 0.0
    about = "an unknown frequency" if center_hz is None else f"{middle_hz / 1e6:.3f} MHz"
    name = f"{rate_hz / 1e6:.2f} MHz about {about}"
    picture = _coloured(waterfall.decibels())
    return Band(name, picture, begin_s, begin_s + waterfall.seconds, middle_hz - rate_hz / 2, middle_hz + rate_hz / 2)


def _coloured(level_db: NDArray[np.float32]) -> Coloured:
    """Levels by (row from the lowest, column) as a picture that is no larger than it is shown."""
    import cv2  # noqa: PLC0415 -- whoever draws nothing does without

    upright = level_db[::-1]
    quietest, loudest = map(float, np.percentile(upright, (QUIETEST, LOUDEST)))
    span_db = min(max(loudest - quietest, LEAST_SPAN_DB), MOST_SPAN_DB)
    grey = np.clip((upright - (loudest - span_db)) * (255 / span_db), 0, 255).astype(np.uint8)
    wide, tall = min(grey.shape[1], MOST_WIDE_PX), min(grey.shape[0], STRIP_PX)
    return np.asarray(cv2.applyColorMap(cv2.resize(grey, (wide, tall), interpolation=cv2.INTER_AREA), cv2.COLORMAP_BONE), np.uint8)


def _small(t_s: float, sure: float, frame: Frame, said: Sequence[CameraDetection]) -> Seen:
    """Small enough for a page, with what was found in boxes."""
    import cv2  # noqa: PLC0415 -- as above

    from edge_node.picture.sight_brush import Brush  # noqa: PLC0415 -- as above

    painted = Brush().paint(frame, said, t_s)
    height = round(PICTURE_PX * painted.shape[0] / painted.shape[1])
    return Seen(t_s, np.asarray(cv2.resize(painted, (PICTURE_PX, height), interpolation=cv2.INTER_AREA), np.uint8), max(sure, 0.0))
