"""Scrambler, checks, rate matching and turbo code, each beside the plainest way to do it, or a published value."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.radio.droneid import frame, rate_matching, turbo
from edge_node.radio.droneid.crc import CRC16_POLYNOMIAL, CRC16_START, crc16, crc24a
from edge_node.radio.droneid.gold import gold
from edge_node.radio.droneid.turbo_code import BITS, DEINTERLEAVER, INTERLEAVER, STREAM
from edge_node.radio.droneid.waveform import CODED_BITS, SCRAMBLER_SEED
from tools.simulate.iq import droneid as sender

BLOCK = sender.block(sender.telemetry(sender.Telemetry()), filler=0x5A)


def slow_gold(seed: int, count: int) -> list[int]:
    first, second = [1] + [0] * 30, [seed >> k & 1 for k in range(31)]
    for n in range(1600 + count):
        first.append(first[n + 3] ^ first[n])
        second.append(second[n + 3] ^ second[n + 2] ^ second[n + 1] ^ second[n])
    return [a ^ b for a, b in zip(first[1600 : 1600 + count], second[1600 : 1600 + count], strict=True)]


def soft(bits: np.ndarray, rng: np.random.Generator, noise: float) -> np.ndarray:
    """Received as sent, in noise of so much power on each."""
    return (1 - 2 * bits.astype(np.float32) + noise**0.5 * rng.standard_normal(bits.shape)).astype(np.float32)


@pytest.mark.parametrize("count", [1, 28, 29, 500])
def test_the_scrambler_is_that_of_the_standard(count: int) -> None:
    assert gold(SCRAMBLER_SEED, count).tolist() == slow_gold(SCRAMBLER_SEED, count)


def test_crc24a_has_its_published_value_and_is_0_over_itself() -> None:
    assert crc24a(b"123456789") == 0xCDE703
    assert crc24a(BLOCK) == 0


def test_crc16_is_that_of_its_polynomial() -> None:
    value = CRC16_START
    for byte in b"123456789":
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (CRC16_POLYNOMIAL if value & 1 else 0)
    assert crc16(b"123456789") == value


def test_every_bit_is_sent_once_in_a_round_and_the_second_round_goes_to_the_same_bits() -> None:
    order = rate_matching.order()
    assert sorted(order) == list(range(3 * STREAM))
    sent = np.arange(CODED_BITS, dtype=np.float32)
    streams = rate_matching.combine(sent).reshape(-1)
    assert streams[order[0]] == 0 + rate_matching.SENT
    assert streams[order[CODED_BITS - rate_matching.SENT]] == CODED_BITS - rate_matching.SENT


def test_the_interleaver_is_undone() -> None:
    assert INTERLEAVER[:3].tolist() == [0, 131, 438]
    assert (np.arange(BITS)[INTERLEAVER][DEINTERLEAVER] == np.arange(BITS)).all()


def test_what_was_received_well_needs_no_iteration() -> None:
    streams = soft(sender.encode(np.unpackbits(np.frombuffer(BLOCK, np.uint8))), np.random.default_rng(1), 0.01)
    decoded = turbo.decode(streams, lambda data: data == BLOCK)
    assert decoded is not None
    assert decoded.iterations == 0


def test_noise_as_loud_as_the_bits_is_no_trouble() -> None:
    rng, bits = np.random.default_rng(2), sender.encode(np.unpackbits(np.frombuffer(BLOCK, np.uint8)))
    for _ in range(10):
        decoded = turbo.decode(soft(bits, rng, 1.0), lambda data: crc24a(data) == 0)
        assert decoded is not None
        assert decoded.data == BLOCK
        assert decoded.iterations > 0


def test_a_third_of_a_frame_that_was_not_heard_is_no_trouble() -> None:
    bits = soft(sender.coded(BLOCK), np.random.default_rng(3), 0.2)
    bits[: CODED_BITS // 3] = 0
    assert frame.decode(bits) == BLOCK


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf, 1e30, 1.0])
def test_what_is_no_frame_is_none(value: float) -> None:
    with np.errstate(all="ignore"):
        assert frame.decode(np.full(CODED_BITS, value, np.float32)) is None


def test_noise_is_none() -> None:
    rng = np.random.default_rng(4)
    assert [frame.decode(rng.standard_normal(CODED_BITS, np.float32)) for _ in range(5)] == [None] * 5
