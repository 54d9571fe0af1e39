"""Recorded IQ to blocks: where the receiver stood, and when each piece was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import isfinite
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from drivers import sigmf
from drivers.blocks import IqBlock
from drivers.byte_stream import RecordingCut
from drivers.iq_formats import FORMATS, SAMPLE_BYTES, IqFormat, unpack
from drivers.iq_names import LEAST_RATE_HZ, MOST_RATE_HZ, named
from drivers.sample_clock import block_samples
from drivers.sigmf import Capture
from drivers.source import SourceLost, SourceMisconfigured

NS_PER_S = 1_000_000_000
MOST_GAP_SAMPLES = 2**40
"""A gap that would be days long is a counter that broke."""

Stamp = Callable[[int], int]


class Setting(Struct, frozen=True):
    """How it is written, how fast it was sampled, and where the receiver stood; `live` says that it is heard as it is read."""

    form: IqFormat
    rate_hz: float
    captures: tuple[Capture, ...] = (Capture(),)
    live: bool = False


def setting(path: Path, form: str | None, rate_hz: float | None, center_hz: float | None, *, live: bool = False) -> Setting:
    """What a recording's own words say, where its user does not say otherwise; raises SourceMisconfigured for what nobody says."""
    if form not in (None, *FORMATS):
        raise SourceMisconfigured(f"format {form!r} is not read; {', '.join(FORMATS)} are")
    if sigmf.is_named(path) and (form is None or path.with_suffix(sigmf.META).exists()):
        told = sigmf.read(path)
        own_rate_hz, captures = told.rate_hz, told.captures
        own_form: IqFormat | None = told.form
    else:
        own_form, own_rate_hz, own_center_hz = named(path)
        captures = (Capture(center_hz=own_center_hz),)
    found = next((known for known in FORMATS if known == form), own_form)
    if found is None:
        raise SourceMisconfigured(f"nobody says how {path} is written: say format ({', '.join(FORMATS)})")
    return Setting(found, _rate(path, own_rate_hz if rate_hz is None else rate_hz), _stood(captures, center_hz), live)


def blocks(chunks: Iterator[bytes | None], stamp: Stamp, sequence: int, setting: Setting) -> Iterator[IqBlock | None]:
    """IQ in blocks of 25 to 50 ms, and None where the bytes pause; raises RecordingCut where they break off in a sample."""
    made = Blocks(setting, stamp, sequence)
    try:
        for chunk in chunks:
            if chunk is None:
                yield None
            else:
                yield from made.feed(chunk)
    except SourceLost:
        yield from made.rest()
        raise
    yield from made.rest()
    if made.waiting:
        raise RecordingCut(f"cut short in the midst of a sample, after {made.samples} samples")


class Blocks:
    """One recording, cut where the receiver was tuned anew."""

    def __init__(self, setting: Setting, stamp: Stamp, sequence: int) -> None:
        self.samples = 0
        self.waiting = bytearray()
        self._setting, self._stamp = setting, stamp
        self._each = block_samples(setting.rate_hz)
        self._bytes_each = SAMPLE_BYTES[setting.form]
        self._sequence = sequence
        self._number = 0
        self._skip = setting.captures[0].header_bytes
        self._lost, self._anew = 0, sequence > 0

    def feed(self, chunk: bytes) -> Iterator[IqBlock]:
        """What is whole with these bytes."""
        self.waiting += chunk
        while True:
            self._enter()
            if self._skip:
                dropped = min(self._skip, len(self.waiting))
                del self.waiting[:dropped]
                self._skip -= dropped
            wanted = min(self._each, self._end - self.samples)
            if self._skip or len(self.waiting) < wanted * self._bytes_each:
                return
            yield self._block(wanted)

    def rest(self) -> Iterator[IqBlock]:
        """What is left in the end, less than a block."""
        if not self._skip and (whole := len(self.waiting) // self._bytes_each):
            yield self._block(whole)

    @property
    def _end(self) -> int:
        captures = self._setting.captures
        return captures[self._number + 1].sample_start if self._number + 1 < len(captures) else sigmf.MOST_SAMPLE

    def _enter(self) -> None:
        """Go on to the capture that the next sample is of."""
        while self.samples >= self._end:
            before, now = self._setting.captures[self._number : self._number + 2]
            self._number += 1
            self._skip += now.header_bytes
            gap = _gap(before, now)
            self._anew |= gap is None or before.center_hz != now.center_hz
            self._lost += gap or 0

    def _block(self, count: int) -> IqBlock:
        size = count * self._bytes_each
        samples, clipped = unpack(self.waiting[:size], self._setting.form)
        del self.waiting[:size]
        rate_hz = self._setting.rate_hz
        self._sequence += self._lost
        t_ns = self._stamp(self._t_ns())
        block = IqBlock(
            t_mono_ns=t_ns - round(count * NS_PER_S / rate_hz) if self._setting.live else t_ns,
            sequence=self._sequence,
            lost=self._lost,
            sample_rate_hz=rate_hz,
            center_hz=self._setting.captures[self._number].center_hz,
            samples=samples,
            clipped=clipped,
            tuned_anew=self._anew,
        )
        self._sequence += count
        self.samples += count
        self._lost, self._anew = 0, False
        return block

    def _t_ns(self) -> int:
        """When the next sample was taken, by the recording's own clock; from its start on where it has none."""
        capture = self._setting.captures[self._number]
        utc_ns = capture.t_utc_ns
        since = self.samples if utc_ns is None else self.samples - capture.sample_start
        return (utc_ns or 0) + round(since * NS_PER_S / self._setting.rate_hz)


def _gap(before: Capture, now: Capture) -> int | None:
    """How many samples the receiver lost between two captures; None where nobody counted."""
    if before.global_index is None or now.global_index is None:
        return None
    gap = now.global_index - before.global_index - (now.sample_start - before.sample_start)
    return gap if 0 <= gap <= MOST_GAP_SAMPLES else None


def _stood(captures: tuple[Capture, ...], center_hz: float | None) -> tuple[Capture, ...]:
    """The captures, with what the user says of the centre; raises SourceMisconfigured where there are several."""
    if center_hz is None:
        return captures
    if len(captures) > 1:
        raise SourceMisconfigured(f"the recording has {len(captures)} captures, each with its own centre: leave center_hz away")
    return (replace(captures[0], center_hz=center_hz),)


def _rate(path: Path, rate_hz: float | None) -> float:
    if rate_hz is None:
        raise SourceMisconfigured(f"nobody says how fast {path} was sampled: say rate_hz (on the command line --rate, such as --rate 2.4M)")
    if not (isfinite(rate_hz) and LEAST_RATE_HZ <= rate_hz <= MOST_RATE_HZ):
        raise SourceMisconfigured(f"{path}: a sample rate of {rate_hz:g} Hz is not read; {LEAST_RATE_HZ:g} to {MOST_RATE_HZ:g} is")
    return rate_hz
