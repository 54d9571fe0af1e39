"""DJI DroneID as a drone sends it: a message to a coded frame, and the frame as IQ in memory, at any rate, offset and time."""

from __future__ import annotations

from struct import pack
from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.radio.droneid.crc import crc16, crc24a
from edge_node.radio.droneid.gold import gold
from edge_node.radio.droneid.rate_matching import order
from edge_node.radio.droneid.turbo_code import BITS, INTERLEAVER, NEXT, PARITY, STREAM, TAIL, TAIL_PARITY, TAIL_SYSTEMATIC
from edge_node.radio.droneid.waveform import (
    CODED_BITS,
    DATA_SYMBOLS,
    LONG_PREFIX,
    PREFIX,
    RATE_HZ,
    ROOTS,
    SCRAMBLER_SEED,
    SYMBOLS,
    SYNC_SYMBOLS,
    first_symbol,
    qpsk,
    to_time,
    zadoff_chu,
)

Bits = NDArray[np.uint8]
Complexes = NDArray[np.complex64]

BLOCK_BYTES, PAYLOAD_BYTES = 176, 173
TELEMETRY, LICENCE, VERSION = 0x10, 0x11, 2
RADIANS_1E7 = 174_532.925_199_433
ALL_VALID = 0x1FF7
GRAIN_S = 1 / 40_000
"""IQ is as long as a whole number of these, at least; any rate that is a multiple of 40 kHz then has whole samples in it."""


class Telemetry(Struct, frozen=True, kw_only=True):
    """What a message of type 0x10 says; places are latitude and longitude, speeds in cm/s, height as the field has it."""

    sequence: int = 1
    state: int = ALL_VALID
    serial: str = "1WNBH0000000T1"
    drone_deg: tuple[float, float] = (51.0, 7.0)
    altitude: int = 120
    height: int = 35
    north_cmps: int = 0
    east_cmps: int = 0
    up_cmps: int = 0
    yaw_cdeg: int = 0
    utc_ms: int = 1_650_542_026_258
    pilot_deg: tuple[float, float] = (51.001, 7.001)
    home_deg: tuple[float, float] = (51.0, 7.0)
    model: int = 58
    uuid: bytes = b"1143635532171531"


def telemetry(said: Telemetry) -> bytes:
    """The message, with its CRC16: the drone and its home longitude first, the pilot latitude first."""
    head = pack("<BBHH16s", TELEMETRY, VERSION, said.sequence & 0xFFFF, said.state, said.serial.encode()[:16])
    place = pack("<iihh", *map(_angle, reversed(said.drone_deg)), said.altitude, said.height)
    motion = pack("<hhhh", said.north_cmps, said.east_cmps, said.up_cmps, said.yaw_cdeg)
    others = pack("<Qiiii", said.utc_ms, *map(_angle, said.pilot_deg), *map(_angle, reversed(said.home_deg)))
    return message(head + place + motion + others + pack("<BB20s", said.model, len(said.uuid), said.uuid))


def message(body: bytes) -> bytes:
    """Its length before any body of at most 170 bytes, its CRC16 behind."""
    counted = bytes((len(body),)) + body
    return counted + crc16(counted).to_bytes(2, "little")


def encrypted(kind: Literal["CRYP", "INFP"], session_hash: bytes, secret: bytes = b"") -> bytes:
    """The shell of OcuSync 4: what can be read of it is its kind and four bytes of the session's hash."""
    size, number = {"CRYP": (0xAA, 0x13), "INFP": (0x87, 0x10)}[kind]
    body = bytes((number,)) + kind.encode() + session_hash[:4] + secret
    return message(body.ljust(size, b"\0")[:size])


def block(payload: bytes, filler: int = 0) -> bytes:
    """The 176 bytes that are coded: a message of at most 173, what fills up, CRC24A."""
    whole = payload.ljust(PAYLOAD_BYTES, bytes((filler,)))
    return whole + crc24a(whole).to_bytes(3, "big")


def coded(data: bytes) -> Bits:
    """Scrambled bits (7200,) of a block of 176 bytes."""
    streams = encode(np.unpackbits(np.frombuffer(data, np.uint8)))
    sent = np.resize(streams.reshape(-1)[order()], CODED_BITS)
    return sent ^ gold(SCRAMBLER_SEED, CODED_BITS)


def encode(bits: Bits) -> Bits:
    """Streams (3, 1412) of LTE's turbo code, tails included."""
    streams = np.zeros((3, STREAM), np.uint8)
    streams[0, :BITS] = bits
    for code, read in enumerate((bits, bits[INTERLEAVER])):
        state = 0
        for k in range(BITS):
            streams[1 + code, k] = PARITY[read[k], state]
            state = NEXT[read[k], state]
        for k in range(TAIL):
            closing = (state >> 1 ^ state) & 1
            streams[_tail_place(TAIL_SYSTEMATIC[code][k])] = closing
            streams[_tail_place(TAIL_PARITY[code][k])] = PARITY[closing, state]
            state = NEXT[closing, state]
    return streams


def frame(data: bytes, *, legacy: bool = False) -> Complexes:
    """A whole frame at 15.36 MS/s and of mean power 1; the legacy form lacks the first symbol."""
    carriers = dict(zip(DATA_SYMBOLS, np.split(qpsk(coded(data)), len(DATA_SYMBOLS)), strict=True))
    carriers |= {0: first_symbol()} | {k: zadoff_chu(root) for k, root in zip(SYNC_SYMBOLS, ROOTS, strict=True)}
    symbols = []
    for k in range(1 if legacy else 0, SYMBOLS):
        body = to_time(carriers[k])
        edge = k in {1 if legacy else 0, SYMBOLS - 1}
        symbols.append(np.concatenate([body[-(LONG_PREFIX if edge else PREFIX) :], body]))
    return np.concatenate(symbols)


def at_rate(
    samples: Complexes, rate_hz: float, *, offset_hz: float = 0.0, start_s: float = 0.0, length_s: float = 0.0, phase: float = 0.0
) -> Complexes:
    """A frame at a rate that holds its band: `offset_hz` from the centre, from `start_s` on, in at least `length_s` of silence."""
    lasting_s = len(samples) / RATE_HZ
    span_s = np.ceil(max(length_s, start_s + lasting_s + GRAIN_S) / GRAIN_S) * GRAIN_S
    spectrum = np.fft.fft(samples, round(span_s * RATE_HZ))
    bins = np.fft.fftfreq(len(spectrum), 1 / len(spectrum)).astype(np.int64)
    count = round(span_s * rate_hz)
    kept = 2 * np.abs(bins) < min(count, len(spectrum))
    placed = np.zeros(count, np.complex128)
    placed[bins[kept]] = spectrum[kept] * np.exp(-2j * np.pi * bins[kept] * start_s / span_s)
    turning = np.exp(1j * (2 * np.pi * offset_hz / rate_hz * np.arange(count) + phase))
    return np.asarray(np.fft.ifft(placed) * (count / len(spectrum)) * turning, np.complex64)


def noise(count: int, power: float, rng: np.random.Generator) -> Complexes:
    """White, complex, of so much mean power in all of the band."""
    return np.asarray(rng.standard_normal((count, 2), np.float32).view(np.complex64)[:, 0] * np.sqrt(power / 2), np.complex64)


def _angle(degrees: float) -> int:
    return round(degrees * RADIANS_1E7)


def _tail_place(where: tuple[int, int]) -> tuple[int, int]:
    return where[0], BITS + where[1]
