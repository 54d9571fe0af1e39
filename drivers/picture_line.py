"""Between a camera's reader and who asked for it: slots of shared memory for pictures, and small packets that say which holds what.

The memory is an anonymous file (memfd), which goes with the last process that has it, so that nothing is left behind by a kill.
A packet is one message of a SOCK_SEQPACKET pair: from the reader an `Opened`, `Handed` or `Ended`, to it a Request once and then a byte
for each picture that is wanted. A slot that was handed over stays as it is until the next picture is asked for.
"""

from __future__ import annotations

import msgspec
import numpy as np
from msgspec import Struct

from drivers.grabbed import Picture

SLOTS = 3
"""One that is being read, one that waits, one that is being written."""

MOST_PACKET_BYTES = 65_536
WANTED = b"+"


class Opened(Struct, frozen=True, tag="opened"):
    """The device is open."""

    words: str


class Handed(Struct, frozen=True, tag="handed"):
    """A picture lies in a slot; `sequence` counts those that the device took, with those it dropped; `damaged` are those that broke."""

    slot: int
    width: int
    height: int
    bytes_each: int
    sequence: int
    t_mono_ns: int
    damaged: int
    shutter: bool
    kelvin_per_count: float | None


class Ended(Struct, frozen=True, tag="ended"):
    """The device cannot be used: by the name of what of drivers.source says it, in words."""

    kind: str
    words: str


Packet = Opened | Handed | Ended
encode = msgspec.msgpack.Encoder().encode
_DECODER: msgspec.msgpack.Decoder[Packet] = msgspec.msgpack.Decoder(Packet)


def decode(data: bytes) -> Packet:
    """What the reader said; raises msgspec.MsgspecError."""
    return _DECODER.decode(data)


def slot_view(memory: memoryview, told: Handed) -> Picture:
    """The picture (rows, columns) in the memory itself."""
    pixels = told.width * told.height
    start, shape = told.slot * pixels * told.bytes_each, (told.height, told.width)
    if told.bytes_each == 2:
        return np.frombuffer(memory, np.uint16, pixels, start).reshape(shape)
    return np.frombuffer(memory, np.uint8, pixels, start).reshape(shape)
