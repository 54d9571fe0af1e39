"""Samples of an RTL2832U dongle through pyrtlsdr, as bytes: its read_samples makes complex numbers of 16 bytes and halves the speed.

Its synchronous read blocks for ever when a dongle stalls and loses samples between two calls, so the asynchronous one is used. That
swallows whatever its callback raises, so the callback raises nothing; and it crashes now and then when it is cancelled, so it never is.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from importlib import import_module
from typing import Any, NamedTuple

from drivers.iq_grabber import Put, Tuning
from drivers.iq_line import Request, Tuned
from drivers.source import LibraryMissing, SourceAbsent, SourceError, SourceLost, SourceMisconfigured

READ_BYTES, READS = 32_768, 64
"""7 ms of samples at 2.4 MS/s to each call, and 0.4 s of them in the kernel while this process has to wait."""

NO_ACCESS, NO_DEVICE, BUSY = -3, -4, -6
TUNERS = {0: "unknown tuner", 1: "E4000", 2: "FC0012", 3: "FC0013", 4: "FC2580", 5: "R820T", 6: "R828D"}
INSTALL = "pip install 'pyrtlsdr[lib]', whose library has all that pyrtlsdr asks for; Debian's has not"


class RtlSdrGrabber:
    """Opened at once, by its serial number where one is told; raises SourceAbsent or SourceMisconfigured."""

    def __init__(self, request: Request) -> None:
        self._library = _library()
        self._raw = self._library.raw
        serial = self._chosen(request["serial"])
        try:
            self._device = self._library.device(serial_number=serial)
        except OSError as error:
            raise SourceAbsent(f"RTL-SDR {serial} cannot be opened: {_why(error)}") from None
        self.serial = serial
        self._put: Put | None = None
        self._failed: SourceError | None = None
        self._rate_hz = 0
        self._set_up(request["ppm"], bias_tee=request["bias_tee"])

    def words(self) -> str:
        """The dongle, and the tuner in it."""
        tuner = self._raw.rtlsdr_get_tuner_type(self._device.dev_p)
        return f"RTL-SDR {self.serial} ({TUNERS.get(tuner, TUNERS[0])})"

    def tune(self, tuning: Tuning) -> Tuned:
        """Rate, centre and the nearest gain that there is; the library's own words are asked, for pyrtlsdr closes what it cannot tune."""
        device, center_hz, rate_hz = self._device.dev_p, round(tuning.center_hz), round(tuning.rate_hz)
        if rate_hz != self._rate_hz:
            self._must(self._raw.rtlsdr_set_sample_rate(device, rate_hz), f"sample at {rate_hz} S/s")
            self._rate_hz = rate_hz
        self._must(self._raw.rtlsdr_set_center_freq(device, center_hz), f"be tuned to {center_hz} Hz")
        tenth_db = min(self._device.gain_values, key=lambda gain: abs(gain - tuning.gain_db * 10))
        self._must(self._raw.rtlsdr_set_tuner_gain(device, tenth_db), f"have a gain of {tenth_db / 10:g} dB")
        return Tuned(center_hz, rate_hz, tenth_db / 10)

    def run(self, put: Put) -> None:
        """Until the dongle is unplugged; the library then returns, with no word of why."""
        self._put = put
        callback = self._library.callback(self._take)
        self._must(self._raw.rtlsdr_reset_buffer(self._device.dev_p), "be started")
        self._raw.rtlsdr_read_async(self._device.dev_p, callback, ctypes.py_object(None), READS, READ_BYTES)
        raise self._failed or SourceLost("it is unplugged, or its line fails")

    def _take(self, buffer: Any, count: int, _: object) -> None:
        """What the library hands over, to be copied before it returns."""
        if self._put is None or self._failed is not None:
            return
        arrival_ns = time.monotonic_ns()
        try:
            data = memoryview((ctypes.c_ubyte * count).from_address(ctypes.addressof(buffer.contents))).cast("B")
            self._put(data[: count & ~1], arrival_ns)
        except SourceError as error:
            self._stop(error)
        except Exception as error:  # noqa: BLE001 -- ctypes would print it and go on
            self._stop(SourceLost(f"its reader failed: {type(error).__name__}"))

    def _stop(self, error: SourceError) -> None:
        """Have the read return; that this may crash does no harm, for the process ends with it."""
        self._failed = error
        self._raw.rtlsdr_cancel_async(self._device.dev_p)

    def _chosen(self, wanted: str | None) -> str:
        """The serial number of the dongle that is meant, or of the only one; raises SourceAbsent."""
        try:
            there = self._library.device.get_device_serial_addresses()
        except OSError as error:
            raise SourceAbsent(f"the dongles cannot be listed: {_why(error)}") from None
        shown = ", ".join(there) or "none"
        if wanted is None and len(there) > 1:
            raise SourceMisconfigured(f"there are {len(there)} dongles: say the serial of the one that is meant (there are {shown})")
        if not there or (wanted is not None and wanted not in there):
            raise SourceAbsent(f"there is no RTL-SDR{f' with serial {wanted}' if wanted else ''}; there is {shown}")
        return there[0] if wanted is None else wanted

    def _set_up(self, ppm: int, *, bias_tee: bool) -> None:
        """No gain control of any kind: it would hide how strong a link is, and break what is within a burst."""
        device = self._device.dev_p
        self._must(self._raw.rtlsdr_set_tuner_gain_mode(device, 1), "have a gain of its own")
        self._must(self._raw.rtlsdr_set_agc_mode(device, 0), "do without gain control")
        if ppm:  # the library takes the correction that already holds, which is 0, for an error
            self._must(self._raw.rtlsdr_set_freq_correction(device, ppm), f"be corrected by {ppm} ppm")
        if self._raw.rtlsdr_set_bias_tee(device, int(bias_tee)) < 0 and bias_tee:
            raise SourceMisconfigured("it has no bias tee: leave bias_tee away")

    def _must(self, result: int, what: str) -> None:
        if result < 0:
            raise SourceLost("it is unplugged") if result == NO_DEVICE else SourceMisconfigured(f"it cannot {what} (error {result})")


class _Library(NamedTuple):
    """What of pyrtlsdr is used: its class of a dongle, the library's own words, and how a callback is made."""

    device: Any
    raw: Any
    callback: Any


def _library() -> _Library:
    """Raises LibraryMissing that says how to install it: ImportError of no library, AttributeError of one that lacks symbols."""
    # Importing numpy would double this process, which only copies bytes; pyrtlsdr does without it where there is none.
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]  # None is how Python is told that there is no such module
    try:
        package = import_module("rtlsdr")
        return _Library(package.RtlSdr, package.librtlsdr, sys.modules["rtlsdr.librtlsdr"].rtlsdr_read_async_cb_t)
    except (ImportError, OSError, AttributeError) as error:
        raise LibraryMissing(f"pyrtlsdr cannot be used ({error}): {INSTALL}") from None


def _why(error: OSError) -> str:
    match error.errno:
        case int(number) if number == NO_ACCESS:
            return f"user {os.getuid()} may not: is hw/udev/74-edge-node-sdrs.rules installed?"
        case int(number) if number == BUSY:
            return "another program, or a kernel driver for television, holds it (is dvb_usb_rtl28xxu loaded?)"
        case _:
            return str(error)
