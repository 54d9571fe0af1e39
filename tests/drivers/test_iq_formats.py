"""Bytes of IQ to complex numbers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.iq_formats import AT_ONCE, FORMATS, MOST_FULL_SCALES, SAMPLE_BYTES, IqFormat, Unpacker, unpack


@pytest.mark.parametrize(
    ("form", "data", "expected"),
    [
        ("cu8", bytes([0, 255, 127, 128]), [(-127.4 + 127.6j) / 128, (-0.4 + 0.6j) / 128]),
        ("cs8", np.array([-128, 127, 0, 64], np.int8).tobytes(), [-1 + 127j / 128, 0.5j]),
        ("cs16", np.array([-32_768, 16_384, 1, -1], "<i2").tobytes(), [-1 + 0.5j, (1 - 1j) / 32_768]),
        ("cf32", np.array([-0.25, 0.5, 1.5, 0], "<f4").tobytes(), [-0.25 + 0.5j, 1.5]),
    ],
)
def test_each_format_has_full_scale_one(form: IqFormat, data: bytes, expected: list[complex]) -> None:
    samples, clipped = unpack(data, form)
    assert samples.dtype == np.complex64
    np.testing.assert_allclose(samples, expected, atol=1e-6)
    assert clipped == 0.5


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_longer_than_one_piece_is_converted_as_its_pieces_are(form: IqFormat) -> None:
    rng = np.random.default_rng(7)
    raw = rng.integers(0, 256, (AT_ONCE * 2 + 6) * SAMPLE_BYTES[form] // 2, dtype=np.uint8)
    data = raw.tobytes() if form != "cf32" else rng.standard_normal(len(raw) // 4).astype("<f4").tobytes()
    whole = unpack(data, form)
    middle = len(data) // 2 - len(data) // 2 % SAMPLE_BYTES[form]
    parts = [unpack(data[:middle], form), unpack(data[middle:], form)]
    np.testing.assert_array_equal(whole.samples, np.concatenate([part.samples for part in parts]))
    assert whole.clipped == pytest.approx(sum(part.clipped * len(part.samples) for part in parts) / len(whole.samples))


def test_samples_do_not_change_with_their_bytes() -> None:
    data = bytearray(np.array([0.5, 0.25], "<f4").tobytes())
    samples = unpack(data, "cf32").samples
    data[:] = bytes(8)
    assert samples[0] == 0.5 + 0.25j


def test_floats_that_are_no_numbers_or_beyond_reason_become_harmless() -> None:
    data = np.array([np.nan, 1.0, np.inf, -np.inf, 3e38, -3e38, 0.5, 0.5], "<f4").tobytes()
    samples, clipped = unpack(data, "cf32")
    assert samples.tolist() == [1j, 0, complex(MOST_FULL_SCALES, -MOST_FULL_SCALES), 0.5 + 0.5j]
    assert clipped == 0.5


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_makes_nothing_and_a_part_of_a_sample_is_refused(form: IqFormat) -> None:
    samples, clipped = unpack(b"", form)
    assert (len(samples), clipped) == (0, 0.0)
    with pytest.raises(ValueError, match=f"no whole number of {form} samples"):
        unpack(b"\x00", form)


@given(st.sampled_from(FORMATS), st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=6))
def test_bytes_may_be_cut_anywhere(form: IqFormat, data: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    unpacker = Unpacker(form)
    parts = [unpacker.unpack(data[start:end]).samples for start, end in pairwise(edges)]
    whole = len(data) - len(data) % SAMPLE_BYTES[form]
    np.testing.assert_array_equal(np.concatenate(parts), unpack(data[:whole], form).samples)
    assert unpacker.waiting == data[whole:]
