"""Between a radio's reader and who asked for it: slots of shared memory for samples, and small packets that say which holds what.

The memory is an anonymous file (memfd), which goes with the last process that has it. A packet is one message of a SOCK_SEQPACKET pair
and begins with a letter. The reader copies bytes and needs neither numpy nor msgspec, so a request is JSON.
"""

from __future__ import annotations

import json
import struct
from typing import Any, NamedTuple

from drivers.sample_clock import block_samples

MOST_PACKET_BYTES = 65_536
MOST_MEMORY_BYTES = 64 * 1024 * 1024
WAITING_S = 1.5
"""So much may wait for a detector that is busy with a find; whatever more comes is dropped and counted."""

LEAST_SLOTS, MOST_SLOTS = 8, 256


class Opened(NamedTuple):
    """The device is open."""

    words: str


class Tuned(NamedTuple):
    """What comes from here on is of this centre, rate and gain (None where the device does not tell)."""

    center_hz: float
    rate_hz: float
    gain_db: float | None


class Refused(NamedTuple):
    """The device cannot be tuned so, in words; nothing comes until it is tuned otherwise."""

    words: str


class Ended(NamedTuple):
    """The device cannot be used: by the name of what of drivers.source says it, in words."""

    kind: str
    words: str


class Filled(NamedTuple):
    """Samples lie in a slot until it is given back; `lost` are those dropped just before them, `ppm` how fast the device's clock is."""

    slot: int
    size: int
    sequence: int
    lost: int
    t_mono_ns: int
    ppm: float


class Shape(NamedTuple):
    """Of the memory: so many slots of so many bytes, samples of `bytes_each`; and how the device is counted (see IqExchange)."""

    slots: int
    slot_bytes: int
    bytes_each: int
    settle_s: float
    late_s: float
    burst: int


Packet = Opened | Tuned | Refused | Ended | Filled
Request = dict[str, Any]
_KINDS: dict[bytes, type[Opened] | type[Tuned] | type[Refused] | type[Ended]] = {b"O": Opened, b"T": Tuned, b"R": Refused, b"E": Ended}
_FILLED = struct.Struct("<cxHIQQQd")
_BACK = struct.Struct("<cxH")


def encode(packet: Packet) -> bytes:
    """One message from the reader."""
    if isinstance(packet, Filled):
        return _FILLED.pack(b"F", *packet)
    return type(packet).__name__[:1].encode() + json.dumps(packet).encode()


def decode(data: bytes) -> Packet:
    """What the reader said; raises ValueError."""
    try:
        if data[:1] == b"F":
            return Filled(*_FILLED.unpack(data)[1:])
        return _KINDS[data[:1]](*json.loads(data[1:]))
    except (struct.error, KeyError, TypeError) as error:
        raise ValueError(f"no packet begins with {data[:8]!r}") from error


def give_back(slot: int) -> bytes:
    """The message that a slot was read."""
    return _BACK.pack(b"B", slot)


def tune(request: Request) -> bytes:
    """The message that the device be tuned."""
    return b"T" + json.dumps(request).encode()


def asked(data: bytes) -> int | Request:
    """The slot that is given back, or how to tune; raises ValueError."""
    if data[:1] == b"B":
        return int(_BACK.unpack(data)[1])
    request: Request = json.loads(data[1:])
    return request


def shape_for(rate_hz: float, bytes_each: int, settle_s: float, late_s: float, burst: int = 0) -> Shape:
    """Room for what may wait of a device that gives at most so many samples a second."""
    block_bytes = block_samples(rate_hz) * bytes_each
    wanted = round(WAITING_S * rate_hz * bytes_each / block_bytes)
    slots = max(LEAST_SLOTS, min(wanted, MOST_SLOTS, MOST_MEMORY_BYTES // block_bytes))
    return Shape(slots, block_bytes, bytes_each, settle_s, late_s, burst)
