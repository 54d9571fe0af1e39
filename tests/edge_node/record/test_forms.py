from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from drivers.iq_formats import IqFormat, unpack
from drivers.pcm import full_scale
from edge_node.record.forms import NUMBER_BYTES, floats, iq, sound, write_as


def there_and_back(form: str, samples: Any) -> bytes | None:
    numbers = floats(samples)
    out = bytearray(len(numbers) * NUMBER_BYTES[form])
    return bytes(out) if write_as(form, numbers, memoryview(out)) else None


def every(form: IqFormat) -> bytes:
    """Each number that a device can give, as I and as Q."""
    kind = {"cu8": np.uint8, "cs8": np.int8, "cs16": "<i2"}[form]
    info = np.iinfo(kind)
    return np.repeat(np.arange(info.min, info.max + 1), 2).astype(kind).tobytes()


@pytest.mark.parametrize("form", ["cu8", "cs8", "cs16"])
def test_every_number_of_every_receiver_comes_back(form: IqFormat) -> None:
    raw = every(form)
    samples = unpack(raw, form).samples
    assert there_and_back(form, samples) == raw
    assert iq(raw, form).tobytes() == samples.tobytes()


def test_every_number_of_16_bit_sound_comes_back() -> None:
    raw = np.arange(-(2**15), 2**15).astype(np.int16).reshape(-1, 4)
    samples = full_scale(raw)
    assert there_and_back("int16", samples) == raw.tobytes()
    assert sound(raw.tobytes(), "int16", 4).tobytes() == samples.tobytes()


@pytest.mark.parametrize("form", ["cu8", "cs8", "cs16", "int16"])
@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf, 1e30, -0.0, 1e-9, 1.5, 0.1])
def test_a_number_that_no_device_gives_is_not_forced_into_its_form(form: str, odd: float) -> None:
    given = every("cu8") if form == "cu8" else every("cs8")
    samples = unpack(given, "cu8" if form == "cu8" else "cs8").samples.view(np.float32).copy()
    assert there_and_back(form, samples) is not None
    samples[len(samples) // 2] = odd
    assert there_and_back(form, samples) is None
    whole = there_and_back("cf32", samples)
    assert whole == samples.tobytes()
    assert iq(whole, "cf32").view(np.float32).tobytes() == samples.tobytes()


def test_sound_of_32_bits_stays_as_the_driver_made_it() -> None:
    samples = full_scale(np.random.default_rng(1).integers(-(2**31), 2**31, (999, 3)).astype(np.int32))
    assert there_and_back("int16", samples) is None
    whole = there_and_back("float32", samples)
    assert whole is not None
    assert sound(whole, "float32", 3).tobytes() == samples.tobytes()
