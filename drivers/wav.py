"""WAV (RIFF, RF64 of EBU Tech 3306, WAVE_FORMAT_EXTENSIBLE), read as it comes: a file of any size, or a pipe that is being written."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drivers.blocks import AudioBlock
from drivers.byte_stream import RecordingCut
from drivers.pcm import from_bytes
from drivers.sound_blocks import Blocks, Setting, Stamp
from drivers.source import SourceLost, SourceMisconfigured

PCM, IEEE_FLOAT, EXTENSIBLE = 0x0001, 0x0003, 0xFFFE
READ = {(PCM, 16), (PCM, 24), (PCM, 32), (IEEE_FLOAT, 32)}
MOST_HEADER_BYTES = 1_024
UNKNOWN = 0xFFFFFFFF
ENDLESS = range(0x7FFF0000, 0x80000001)
"""Sizes near 2 GiB, by which sox and arecord say that they do not know."""

_RIFF, _CHUNK, _FORM, _SUBFORMAT, _SIZES = Struct("<4sI4s"), Struct("<4sI"), Struct("<HHIIHH"), Struct("<H"), Struct("<QQ")


class Form(NamedTuple):
    """How the sound is written."""

    channels: int
    rate_hz: int
    bits: int
    is_float: bool

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of each channel."""
        return self.channels * self.bits // 8


def blocks(chunks: Iterator[bytes | None], stamp: Stamp, sequence: int, setting: Setting) -> Iterator[AudioBlock | None]:
    """Sound in twentieths of a second, and None where the bytes pause.

    Raises RecordingCut where they break off, SourceMisconfigured for what is no sound that is read here.
    """
    walk = Walk()
    made: Blocks | None = None
    try:
        for chunk in chunks:
            if chunk is None:
                yield None
                continue
            walk.feed(chunk)
            if walk.form is not None and made is None:
                made = Blocks(setting, walk.form.rate_hz, walk.form.channels, stamp, sequence)
            while made is not None and (samples := walk.take(made.frames_each)) is not None:
                yield made.block(samples)
            if walk.done:
                return
    except SourceLost:
        if made is not None and (samples := walk.rest()) is not None:
            yield made.block(samples)
        raise
    if made is not None and (samples := walk.rest()) is not None:
        yield made.block(samples)
    if not walk.ended_well:
        raise RecordingCut(f"cut short after {made.frames} frames" if made else "cut short before any sound")


class Walk:
    """One file, walked as its bytes come; `form` is known when its sound begins."""

    def __init__(self) -> None:
        self.form: Form | None = None
        self._told: Form | None = None
        self._buffer = bytearray()
        self._skip = self._position = 0
        self._riff_bytes: int | None = None
        self._data_bytes: int | None = None
        self._left: int | None = None

    def feed(self, chunk: bytes) -> None:
        """More bytes; raises SourceMisconfigured."""
        self._buffer += chunk
        while self.form is None and self._step():
            pass

    def take(self, frames: int) -> NDArray[np.float32] | None:
        """The next `frames`, fewer at the end of the sound, (frames, channels); None until they have come."""
        if self.form is None:
            return None
        wanted = frames * self.form.frame_bytes
        if self._left is not None:
            wanted = min(wanted, self._left - self._left % self.form.frame_bytes)
        return self._samples(wanted) if 0 < wanted <= len(self._buffer) else None

    def rest(self) -> NDArray[np.float32] | None:
        """The whole frames that came before the bytes broke off, None for none."""
        if self.form is None or self.done:
            return None
        whole = len(self._buffer) - len(self._buffer) % self.form.frame_bytes
        return self._samples(whole) if whole else None

    @property
    def done(self) -> bool:
        """Whether the sound has been taken whole; what follows is none."""
        return self.form is not None and self._left is not None and self._left < self.form.frame_bytes

    @property
    def ended_well(self) -> bool:
        """Whether the bytes may end here."""
        return self.done or (self.form is not None and self._left is None and not self._buffer)

    def _samples(self, count: int) -> NDArray[np.float32]:
        form = self.form or Form(1, 1, 16, is_float=False)
        samples = from_bytes(self._buffer[:count], form.bits, form.channels, is_float=form.is_float)
        del self._buffer[:count]
        if self._left is not None:
            self._left -= count
        return samples

    def _step(self) -> bool:
        """One part of what stands before the sound; False when it has not come whole."""
        if self._skip:
            return self._drop(min(self._skip, len(self._buffer)), skipped=True)
        if self._riff_bytes is None:
            return self._begin()
        return len(self._buffer) >= _CHUNK.size and self._part(*_CHUNK.unpack_from(self._buffer))

    def _part(self, name: bytes, size: int) -> bool:
        if name == b"data":
            return self._sound(size)
        if name not in (b"fmt ", b"ds64"):
            self._skip = size + (size & 1)
            return self._drop(_CHUNK.size)
        whole = _CHUNK.size + size + (size & 1)
        if size > MOST_HEADER_BYTES:
            raise SourceMisconfigured(f"the WAV's header has a part of {size} bytes, which no recorder writes")
        if len(self._buffer) < whole:
            return False
        self._read(name, bytes(self._buffer[_CHUNK.size : _CHUNK.size + size]))
        return self._drop(whole)

    def _drop(self, count: int, *, skipped: bool = False) -> bool:
        del self._buffer[:count]
        self._position += count
        self._skip -= count if skipped else 0
        return count > 0

    def _begin(self) -> bool:
        if len(self._buffer) < _RIFF.size:
            return False
        _, size, kind = _RIFF.unpack_from(self._buffer)
        if kind != b"WAVE":
            raise SourceMisconfigured(f"a RIFF file of kind {kind!r} is no sound; WAVE is")
        self._riff_bytes = size
        return self._drop(_RIFF.size)

    def _read(self, name: bytes, body: bytes) -> None:
        if name == b"fmt ":
            self._told = _form(body)
        elif len(body) >= _SIZES.size:
            self._data_bytes = _SIZES.unpack_from(body)[1]

    def _sound(self, size: int) -> bool:
        if self._told is None:
            raise SourceMisconfigured("the WAV's sound comes before it says how it is written")
        self._drop(_CHUNK.size)
        self._left = self._length(size)
        self.form = self._told
        return False

    def _length(self, size: int) -> int | None:
        """Bytes of the sound, None where its writer did not know: it then goes on to the end."""
        if size == UNKNOWN and self._data_bytes:
            return self._data_bytes
        if size == UNKNOWN or size in ENDLESS:
            return None
        # A recorder that was killed leaves 0, and a RIFF size that ends there too; a file of no sound may have more parts behind.
        return None if size == 0 and (self._riff_bytes or 0) <= self._position - 8 else size


def _form(body: bytes) -> Form:
    if len(body) < _FORM.size:
        raise SourceMisconfigured(f"the WAV says how it is written in {len(body)} bytes, which is too short")
    tag, channels, rate_hz, _, frame_bytes, bits = _FORM.unpack_from(body)
    if tag == EXTENSIBLE and len(body) >= 26:
        tag = _SUBFORMAT.unpack_from(body, 24)[0]
    if (tag, bits) not in READ:
        raise SourceMisconfigured(f"WAV of format {tag} with {bits} bits is not read; PCM of 16, 24 or 32 bits and float of 32 are")
    if channels == 0 or frame_bytes != channels * bits // 8:
        raise SourceMisconfigured(f"WAV frames of {frame_bytes} bytes do not hold {channels} channels of {bits} bits")
    return Form(channels, rate_hz, bits, is_float=tag == IEEE_FLOAT)
