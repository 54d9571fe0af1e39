"""A microphone array on a sound card, through PortAudio."""

from __future__ import annotations

import time
from collections.abc import Iterator
from math import log2
from pathlib import Path

import numpy as np

from drivers import respeaker
from drivers.blocks import AudioBlock
from drivers.microphone_arrays import Mounting, mounted, read_array
from drivers.pcm import full_scale
from drivers.sample_clock import NS_PER_S, SampleClock
from drivers.sound_devices import Wanted, choose, inputs
from drivers.sound_stream import Heard, SoundStream
from drivers.source import Source, SourceLost, SourceMisconfigured, SourceStalled
from drivers.thermometer import Thermometer
from drivers.usb import sound_cards

MOST_BLOCK_S = 0.05
QUIET_S = 0.5
HANGS_NS = 3 * NS_PER_S
"""A device that runs hands over sound all the time, silence too."""
FASTER_THAN_TIME_S = 2.0
FLOAT_SYSTEMS = ("JACK Audio Connection Kit",)
"""Sound systems that work in float32 themselves; all others have the integers of the converter."""


class MicArray(Source):
    """All channels of an array that hw/arrays or a TOML file describes; found by `serial`, `port_path`, `device` (its name) or its kind.

    The same value again and again in all channels counts as silence, for no microphone is so still: a muted or dead device must not
    pass for a quiet night, and what helps most often is to open it again.
    """

    def __init__(
        self,
        array: str,
        *,
        device: str | None = None,
        serial: str | None = None,
        port_path: str | None = None,
        rate_hz: int | None = None,
        calibration: Path | str | None = None,
        azimuth_deg: float = 0.0,
        tilt_deg: float = 0.0,
        roll_deg: float = 0.0,
        temperature_c: float | None = None,
        temperature_file: Path | str | None = None,
        silent_after_s: float = 10.0,
    ) -> None:
        if temperature_c is not None and temperature_file is not None:
            raise SourceMisconfigured("give either temperature_c or temperature_file")
        self._kind = read_array(array)
        path = None if calibration is None else Path(calibration)
        self._array = mounted(self._kind, Mounting(array, path, azimuth_deg, tilt_deg, roll_deg))
        self._wanted = Wanted(device, serial, port_path, self._kind.device_names, self._kind.usb)
        if not any((device, serial, port_path, self._kind.device_names, self._kind.usb)):
            raise SourceMisconfigured(f"{self._kind.name} has no name of its own: say device, serial or port_path")
        self.rate_hz = rate_hz or self._kind.rates_hz[0]
        if self.rate_hz not in self._kind.rates_hz:
            raise SourceMisconfigured(f"{self._kind.name} does not do {rate_hz} Hz; it does {', '.join(map(str, self._kind.rates_hz))}")
        self._temperature_c, self._temperature_file = temperature_c, temperature_file
        self._silent_after_ns = round(silent_after_s * NS_PER_S)
        self._hangs_after_ns = min(HANGS_NS, self._silent_after_ns)
        self._order = np.array(self._kind.channel_order)
        self._clock = SampleClock(self.rate_hz)
        self._stream: SoundStream | None = None
        self._thermometer: Thermometer | None = None
        self._name, self._tuning = "", ""

    def open(self) -> None:
        """Find the device, switch its own processing off where it has some, and start it."""
        device = choose(inputs(), sound_cards(), self._wanted)
        if device.channels < self._kind.channels:
            raise SourceMisconfigured(
                f"{device.name} has {device.channels} channels, and {self._kind.name} needs {self._kind.channels}: has it the raw firmware?"
            )
        self._tuning = respeaker.tune(self._kind.usb, self._wanted.serial) if self._kind.tuning else ""
        sample_type = "float32" if device.system in FLOAT_SYSTEMS else "int16" if self._kind.bits == 16 else "int32"
        self._stream = SoundStream(device, self._kind.channels, self.rate_hz, block_frames(self.rate_hz), sample_type)
        self._clock, self._name = SampleClock(self.rate_hz), device.name
        if self._temperature_file is not None:
            self._thermometer = Thermometer(Path(self._temperature_file))

    def blocks(self) -> Iterator[AudioBlock | None]:
        """Sound as it comes, in blocks of 20 to 50 ms."""
        came_ns = heard_ns = time.monotonic_ns()
        while (stream := self._stream) is not None:
            heard = stream.read(QUIET_S)
            now_ns = time.monotonic_ns()
            came_ns = came_ns if heard is None else now_ns
            if heard is not None and (heard.samples != heard.samples[0]).any():
                heard_ns = now_ns
            elif now_ns - heard_ns > self._silent_after_ns or now_ns - came_ns > self._hangs_after_ns:
                raise SourceStalled(self._silence(heard))
            yield None if heard is None else self._block(heard)

    def close(self) -> None:
        """Give the device back; may be called twice."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()
        if self._thermometer is not None:
            self._thermometer.close()

    @property
    def rate_ppm(self) -> float | None:
        """How much too fast the device's clock runs; None until ten seconds tell."""
        return self._clock.rate_ppm

    def words(self) -> str:
        """Say the device, its rate, how its clock drifts, what was lost, and what troubles it."""
        if not self._name:
            return ""
        drift = "" if self.rate_ppm is None else f", clock {self.rate_ppm:+.0f} ppm"
        many = self._clock.gaps
        gaps = f", {many} gap{'s'[: many - 1]} ({self._clock.lost} frames lost)" if many else ""
        thermometer = self._thermometer.words() if self._thermometer else ""
        return "; ".join(filter(None, (f"{self._name} at {self.rate_hz} Hz{drift}{gaps}", self._tuning, thermometer)))

    def _block(self, heard: Heard) -> AudioBlock:
        frames = len(heard.samples)
        lost = self._clock.add(frames, heard.t_mono_ns, overflowed=heard.overflowed)
        if self._clock.ahead_s > FASTER_THAN_TIME_S:
            raise SourceLost(f"{self._name} gives sound faster than time goes by: it is gone, or no device")
        sequence = self._clock.frames - frames
        return AudioBlock(
            t_mono_ns=self._clock.t_mono_ns(sequence),
            sequence=sequence,
            lost=lost,
            sample_rate_hz=self.rate_hz,
            samples=full_scale(heard.samples.take(self._order, axis=1)),
            array=self._array,
            temperature_c=self._thermometer.temperature_c if self._thermometer else self._temperature_c,
        )

    def _silence(self, heard: Heard | None) -> str:
        if heard is None:
            return f"{self._name} gave no sound for {self._hangs_after_ns / NS_PER_S:.0f} s: its driver hangs, or it is unplugged"
        seconds = self._silent_after_ns / NS_PER_S
        return f"{self._name} gave the same value for {seconds:.0f} s in all channels: is it muted (alsamixer), or dead?"


def block_frames(rate_hz: int) -> int:
    """The power of two of frames that lasts 25 to 50 ms."""
    return int(2 ** int(log2(rate_hz * MOST_BLOCK_S)))
