"""Samples of any receiver that SoapySDR has a module for, through its Python module (API 0.8)."""

from __future__ import annotations

import ctypes
import sys
import time
from importlib import import_module
from queue import Empty, Queue
from typing import Any

from drivers.iq_grabber import Put, Tuning
from drivers.iq_line import Request, Tuned
from drivers.source import LibraryMissing, SourceAbsent, SourceError, SourceLost, SourceMisconfigured

DEBIANS_PACKAGES = "/usr/lib/python3/dist-packages"
RX, CHANNEL = 1, 0
TIMEOUT, STREAM_ERROR, CORRUPTION, OVERFLOW, NOT_SUPPORTED, TIME_ERROR = -1, -2, -3, -4, -5, -6
DROPPED = (CORRUPTION, OVERFLOW)
HARMLESS = (TIMEOUT, TIME_ERROR)
READ_WITHIN_US = 100_000
TUNE_WITHIN_S = 5.0
OFF_BY = 1e-3
"""A rate that is wrong by more than this is another rate."""

MOST_OFF_HZ = 100e3
"""A synthesizer's steps are finer than this, so a centre that is farther off was not taken."""

INSTALL = "apt install python3-soapysdr and a soapysdr-module for the receiver, and use the system's own version of Python"


class SoapyGrabber:
    """Opened at once by its device string; raises SourceAbsent or SourceMisconfigured."""

    def __init__(self, request: Request) -> None:
        self._device_string: str = request["device"]
        try:
            self._device = _module().Device(self._device_string)
        except RuntimeError as error:
            raise SourceAbsent(f"SoapySDR does not open {self._device_string!r}: {error}") from None
        self._bytes_each: int = request["bytes_each"]
        self._rate_hz = 0.0
        self._stream: Any = None
        self._wishes: Queue[Tuning] = Queue()
        self._answers: Queue[Tuned | SourceError] = Queue()
        self._set_up(request)

    def words(self) -> str:
        """The device, as its module calls it."""
        return f"{self._device.getHardwareKey()} ({self._device_string})"

    def tune(self, tuning: Tuning) -> Tuned:
        """At once, or between two reads: not every module stands being tuned while it is read."""
        if self._stream is None:
            return self._apply(tuning)
        self._wishes.put(tuning)
        try:
            answer = self._answers.get(timeout=TUNE_WITHIN_S)
        except Empty:
            raise SourceLost(f"it was not tuned within {TUNE_WITHIN_S:.0f} s") from None
        if isinstance(answer, SourceError):
            raise answer
        return answer

    def run(self, put: Put) -> None:
        """Until the stream breaks, which is SourceLost."""
        stream = self._start()
        room = max(1_024, int(self._device.getStreamMTU(stream)))
        buffer = (ctypes.c_ubyte * (room * self._bytes_each))()
        data, address = memoryview(buffer).cast("B"), ctypes.addressof(buffer)
        overflowed = False
        while True:
            self._obey(stream)
            read = self._device.readStream(stream, [address], room, 0, READ_WITHIN_US).ret
            if read > 0:
                put(data[: read * self._bytes_each], time.monotonic_ns(), overflowed=overflowed)
                overflowed = False
            elif read in DROPPED:
                overflowed = True
            elif read < 0 and read not in HARMLESS:
                raise SourceLost(f"its stream broke: {_code(read)}")

    def _set_up(self, request: Request) -> None:
        """No gain control of any kind: it would hide how strong a link is, and break what is within a burst."""
        try:
            if request["antenna"] is not None:
                self._device.setAntenna(RX, CHANNEL, request["antenna"])
            if self._device.hasGainMode(RX, CHANNEL):
                self._device.setGainMode(RX, CHANNEL, False)
            for name, value in request["settings"].items():
                self._device.writeSetting(name, value)
            if request["ppm"]:
                self._device.setFrequencyCorrection(RX, CHANNEL, float(request["ppm"]))
            self._form = request["soapy_format"]
            formats = self._device.getStreamFormats(RX, CHANNEL)
        except RuntimeError as error:
            raise SourceMisconfigured(f"{self._device_string!r} does not take its options: {error}") from None
        if self._form not in formats:
            raise SourceMisconfigured(f"{self._device_string!r} gives no {self._form}; it gives {', '.join(formats)}")

    def _start(self) -> Any:
        try:
            self._stream = self._device.setupStream(RX, self._form, [CHANNEL])
            started = self._device.activateStream(self._stream)
        except RuntimeError as error:
            raise SourceLost(f"its stream does not start: {error}") from None
        if started < 0:
            raise SourceLost(f"its stream does not start: {_code(started)}")
        return self._stream

    def _obey(self, stream: Any) -> None:
        """Tune as was wished meanwhile; to another rate with the stream at rest."""
        if self._wishes.empty():
            return
        tuning = self._wishes.get()
        pause = tuning.rate_hz != self._rate_hz
        try:
            if pause:
                self._device.deactivateStream(stream)
            answer: Tuned | SourceError = self._apply(tuning)
        except SourceMisconfigured as error:
            answer = error
        if pause:
            self._device.activateStream(stream)
        self._answers.put(answer)

    def _apply(self, tuning: Tuning) -> Tuned:
        device = self._device
        try:
            if tuning.rate_hz != self._rate_hz:
                device.setSampleRate(RX, CHANNEL, tuning.rate_hz)
                self._rate_hz = tuning.rate_hz
            device.setFrequency(RX, CHANNEL, tuning.center_hz)
            device.setGain(RX, CHANNEL, tuning.gain_db)
            told = Tuned(device.getFrequency(RX, CHANNEL), device.getSampleRate(RX, CHANNEL), device.getGain(RX, CHANNEL))
        except RuntimeError as error:
            raise SourceMisconfigured(f"it cannot be tuned to {tuning.center_hz:g} Hz at {tuning.rate_hz:g} S/s: {error}") from None
        if abs(told.rate_hz / tuning.rate_hz - 1) > OFF_BY:
            raise SourceMisconfigured(f"it samples {told.rate_hz:g} S/s instead of {tuning.rate_hz:g}")
        if abs(told.center_hz - tuning.center_hz) > MOST_OFF_HZ:
            raise SourceMisconfigured(f"it stands at {told.center_hz:g} Hz instead of {tuning.center_hz:g}")
        return told


def _module() -> Any:
    """SoapySDR, which is on no package index: Debian's own is found from a virtual environment too; raises LibraryMissing."""
    try:
        return import_module("SoapySDR")
    except ImportError:
        sys.path.append(DEBIANS_PACKAGES)
    try:
        return import_module("SoapySDR")
    except ImportError as error:
        raise LibraryMissing(f"SoapySDR cannot be used ({error}): {INSTALL}") from None


def _code(number: int) -> str:
    names = {
        TIMEOUT: "TIMEOUT",
        STREAM_ERROR: "STREAM_ERROR",
        CORRUPTION: "CORRUPTION",
        OVERFLOW: "OVERFLOW",
        NOT_SUPPORTED: "NOT_SUPPORTED",
        TIME_ERROR: "TIME_ERROR",
    }
    return f"{names.get(number, 'error')} ({number})"
