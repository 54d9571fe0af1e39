"""WAV written from front to back: 16-bit PCM or float32, of any number of channels, and RF64 (EBU Tech 3306) beyond 4 GiB."""

from __future__ import annotations

from struct import Struct

PCM, IEEE_FLOAT, EXTENSIBLE = 0x0001, 0x0003, 0xFFFE
UNKNOWN = 0xFFFFFFFF
MOST_RIFF_BYTES = 0xFFFFFFFF
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")

_RIFF, _CHUNK = Struct("<4sI4s"), Struct("<4sI")
_FORM = Struct("<HHIIHHHHIH14s")
_SIZES = Struct("<QQQI")
_FACT = Struct("<I")
HEADER_BYTES = _RIFF.size + _CHUNK.size + _SIZES.size + _CHUNK.size + _FORM.size + _CHUNK.size + _FACT.size + _CHUNK.size


def head(rate_hz: int, channels: int, *, is_float: bool, data_bytes: int | None = None) -> bytes:
    """HEADER_BYTES that stand before the sound; without `data_bytes` it is sound of unknown length, as while it is written."""
    bits = 32 if is_float else 16
    frame_bytes = channels * bits // 8
    tag = IEEE_FLOAT if is_float else PCM
    form = _FORM.pack(EXTENSIBLE, channels, rate_hz, rate_hz * frame_bytes, frame_bytes, bits, 22, bits, 0, tag, _GUID_TAIL)
    riff, room, size, frames = _sizes(data_bytes, frame_bytes)
    fact = _CHUNK.pack(b"fact", _FACT.size) + _FACT.pack(frames)
    return riff + room + _CHUNK.pack(b"fmt ", len(form)) + form + fact + _CHUNK.pack(b"data", size)


def _sizes(data_bytes: int | None, frame_bytes: int) -> tuple[bytes, bytes, int, int]:
    """The RIFF header, the chunk that holds long sizes or room for them, and the sizes of the sound in bytes and frames."""
    room = _CHUNK.pack(b"JUNK", _SIZES.size) + bytes(_SIZES.size)
    if data_bytes is None:
        return _RIFF.pack(b"RIFF", UNKNOWN, b"WAVE"), room, UNKNOWN, 0
    whole, frames = HEADER_BYTES - 8 + data_bytes, data_bytes // frame_bytes
    if whole <= MOST_RIFF_BYTES - 1:
        return _RIFF.pack(b"RIFF", whole, b"WAVE"), room, data_bytes, frames
    long = _CHUNK.pack(b"ds64", _SIZES.size) + _SIZES.pack(whole, data_bytes, frames, 0)
    return _RIFF.pack(b"RF64", UNKNOWN, b"WAVE"), long, UNKNOWN, min(frames, UNKNOWN)


def closed(begun: bytes, file_bytes: int) -> bytes:
    """The header of a file of sound whose length was not known when `begun` was written, now that it is; raises ValueError."""
    at = _RIFF.size + _CHUNK.size + _SIZES.size + _CHUNK.size
    if len(begun) < HEADER_BYTES or file_bytes < HEADER_BYTES or not begun.startswith((b"RIFF", b"RF64")):
        raise ValueError("it does not begin as it was written")
    _, channels, rate_hz, _, frame_bytes, _, _, _, _, tag, _ = _FORM.unpack_from(begun, at)
    if channels == 0 or frame_bytes == 0:
        raise ValueError("it does not begin as it was written")
    data_bytes = file_bytes - HEADER_BYTES
    return head(rate_hz, channels, is_float=tag == IEEE_FLOAT, data_bytes=data_bytes - data_bytes % frame_bytes)
