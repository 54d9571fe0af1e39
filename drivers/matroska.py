"""Matroska (RFC 9559) with uncompressed grey pictures of 8 or 16 bits, written from front to back: each picture a cluster of its own.

A file that breaks off is read up to its last whole picture; ffmpeg, VLC and OpenCV read it, each picture's bytes as they were.
"""

from __future__ import annotations

from struct import Struct

GREY8, GREY16 = b"Y800", b"Y1\x00\x10"
"""Four letters by which FFMPEG knows the pixel formats gray and gray16le."""
UNIT_NS = 1_000
UNKNOWN_SIZE = b"\x01\xff\xff\xff\xff\xff\xff\xff"

_EBML, _SEGMENT, _INFO, _TRACKS, _TRACK, _VIDEO = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0xE0
_CLUSTER, _TIMESTAMP, _SIMPLE_BLOCK = 0x1F43B675, 0xE7, 0xA3
_SIZE = Struct(">Q")
_OF_TRACK_1 = b"\x81\x00\x00\x80"
"""Track 1, at the cluster's own time, a key frame."""


def head(writer: str, width: int, height: int, bits: int) -> bytes:
    """What stands before the pictures; `writer` names the program."""
    said = _numbers((0x4286, 1), (0x42F7, 1), (0x42F2, 4), (0x42F3, 8)) + _element(0x4282, b"matroska")
    ebml = _element(_EBML, said + _numbers((0x4287, 4), (0x4285, 2)))
    info = _element(_INFO, _numbers((0x2AD7B1, UNIT_NS)) + _element(0x4D80, writer.encode()) + _element(0x5741, writer.encode()))
    video = _numbers((0xB0, width), (0xBA, height)) + _element(0x2EB524, GREY16 if bits == 16 else GREY8)
    track = _numbers((0xD7, 1), (0x73C5, 1), (0x83, 1), (0x9C, 0)) + _element(0x86, b"V_UNCOMPRESSED") + _element(_VIDEO, video)
    return ebml + _id(_SEGMENT) + UNKNOWN_SIZE + info + _element(_TRACKS, _element(_TRACK, track))


def before_picture(t_ns: int, size: int) -> bytes:
    """What stands before the `size` bytes of a picture `t_ns` after the first."""
    block = _id(_SIMPLE_BLOCK) + _length(len(_OF_TRACK_1) + size) + _OF_TRACK_1
    stamp = _numbers((_TIMESTAMP, max(0, t_ns) // UNIT_NS))
    return _id(_CLUSTER) + _length(len(stamp) + len(block) + size) + stamp + block


def _element(number: int, content: bytes) -> bytes:
    return _id(number) + _length(len(content)) + content


def _numbers(*told: tuple[int, int]) -> bytes:
    return b"".join(_element(number, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")) for number, value in told)


def _id(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _length(size: int) -> bytes:
    return _SIZE.pack(size | 1 << 56)
