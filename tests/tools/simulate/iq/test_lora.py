from __future__ import annotations

import numpy as np
import pytest

from tests.tools.simulate.iq.listening import dechirped, occupied_hz, sampled
from tools.simulate.iq.lora import PUBLIC, Lora
from tools.simulate.iq.lora_coding import encode, hamming, payload_crc


@pytest.mark.parametrize("sf", range(5, 13))
@pytest.mark.parametrize("sx127x", [True, False])
def test_a_naive_dechirp_reads_every_symbol(sf: int, sx127x: bool) -> None:
    lora = Lora(sf, 250e3, explicit=False, sx127x=sx127x)
    symbols = [int(k) for k in np.random.default_rng(sf).integers(0, 1 << sf, 40)]
    air = sampled(lora.frame(symbols), lora.bandwidth_hz)
    air += np.float32(0.1) * np.random.default_rng(1).standard_normal((len(air), 2)).astype(np.float32).view(np.complex64)[:, 0]
    chips = 1 << sf
    assert dechirped(air, sf)[:10] == [0] * 8 + [8, 16]
    assert dechirped(air[10 * chips : 12 * chips].conj(), sf) == [0, 0]
    data = air[round(lora.before_symbols * chips) :]
    assert dechirped(data, sf)[: len(symbols)] == symbols


def test_inverted_chirps_fall() -> None:
    lora = Lora(7, 125e3, inverted=True)
    air = sampled(lora.frame([17] * 4), lora.bandwidth_hz)
    assert dechirped(air[round(lora.before_symbols * 128) :].conj(), 7)[:4] == [17] * 4


@pytest.mark.parametrize("bandwidth_hz", [125e3, 250e3, 500e3, 812.5e3])
def test_occupied_bandwidth_is_the_chirps(bandwidth_hz: float) -> None:
    lora = Lora(8, bandwidth_hz)
    air = sampled(lora.frame(lora.symbols(bytes(range(40)))), 4 * bandwidth_hz)
    assert occupied_hz(air, 4 * bandwidth_hz) == pytest.approx(bandwidth_hz, rel=0.08)


@pytest.mark.parametrize(
    ("sf", "coding_rate", "preamble", "length", "expected_ms"),
    [(9, 3, 10, 8, 29.95), (8, 3, 10, 8, 18.56), (7, 3, 8, 8, 8.77), (6, 4, 8, 13, 6.69), (6, 3, 8, 8, 4.38)],
)
def test_time_on_air_is_as_measured(sf: int, coding_rate: int, preamble: int, length: int, expected_ms: float) -> None:
    lora = Lora(sf, 500e3, preamble, coding_rate, explicit=False, crc=False)
    assert lora.frame(lora.symbols(bytes(length))).duration_s * 1e3 == pytest.approx(expected_ms, abs=0.01)


def test_lorawan_takes_as_long_as_its_data_sheet_says() -> None:
    """SX1276 data sheet 4.1.1.7: 13 bytes, CR 4/5, header, CRC: 8 + 5 * 5 symbols at SF 7, 8 + 3 * 5 at SF 12."""
    fast, slow = Lora(7, 125e3, sync_word=PUBLIC), Lora(12, 125e3, sync_word=PUBLIC)
    assert len(fast.symbols(bytes(13))) == 33
    assert len(slow.symbols(bytes(13))) == 23


def test_words_differ_in_as_many_bits_as_hamming_says() -> None:
    for coding_rate, distance in ((1, 2), (2, 2), (3, 3), (4, 4)):
        words = [hamming(nibble, coding_rate) for nibble in range(16)]
        assert min((a ^ b).bit_count() for a in words for b in words if a != b) == distance


def test_neighbours_in_frequency_differ_by_one_bit_and_payloads_by_many() -> None:
    assert payload_crc(b"123456789ab") ^ int.from_bytes(b"ab", "big") == 0x31C3, "CRC-16/XMODEM of 123456789"
    first, second = (encode(bytes([k, 2, 3, 4]), sf=7, coding_rate=4) for k in (0, 1))
    assert len(first) == len(second)
    assert first != second
    assert all(0 <= symbol < 128 for symbol in first)
