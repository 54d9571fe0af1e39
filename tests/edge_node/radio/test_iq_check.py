"""A receiver that is looked at for a moment: each fault by its name, and none where there is none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drivers.blocks import IqBlock
from edge_node.radio.iq_check import IqCheck

Iq = NDArray[np.complex64]


def noise(level_dbfs: float, count: int = 20_000) -> Iq:
    chance = np.random.default_rng(5)
    both = chance.normal(size=count) + 1j * chance.normal(size=count)
    return (both * 10 ** (level_dbfs / 20) / np.sqrt(2)).astype(np.complex64)


def in_steps(samples: Iq) -> Iq:
    """As an 8-bit receiver gives it."""
    return ((np.rint(samples.view(np.float32) * 128 + 127.4) - 127.4) / 128).astype(np.float32).view(np.complex64)


def checked(samples: Iq, clipped: float = 0.0, gain_db: float | None = 30.0) -> IqCheck:
    check = IqCheck()
    for number in range(3):
        check.take(IqBlock(number, number, 0, 2.4e6, 868e6, samples, gain_db, clipped))
    return check


def names(check: IqCheck) -> list[str]:
    return [finding.name for finding in check.findings("sdr")]


def test_a_receiver_that_is_well() -> None:
    check = checked(in_steps(noise(-25)))
    assert names(check) == []
    assert check.words() == "-25 dBFS at 30 dB gain"


def test_each_fault_by_its_name() -> None:
    assert names(checked(np.zeros(1000, np.complex64))) == ["sdr_silent"]
    assert names(checked(np.full(1000, 0.1 + 0.1j, np.complex64))) == ["sdr_silent"]
    assert names(checked(noise(-5), clipped=0.2)) == ["clipped"]
    assert names(checked(noise(-30) + np.complex64(0.2))) == ["sdr_dc"]
    assert names(checked(in_steps(noise(-55)))) == ["sdr_starved"]


def test_a_receiver_of_more_bits_may_be_quiet() -> None:
    assert names(checked(noise(-62))) == []


def test_what_to_touch_has_the_gain_that_is_set() -> None:
    [finding] = checked(noise(-5), clipped=0.2).findings("sdr")
    assert finding.touch.startswith("lower gain_db (now 30)")
    assert finding.words == "20% of its samples are clipped"


def test_several_places_are_told_as_a_range() -> None:
    check = checked(noise(-25))
    check.take(IqBlock(9, 9, 0, 2.4e6, 2.44e9, noise(-45), 30.0))
    assert check.words() == "-45 to -25 dBFS at 2 places at 30 dB gain"


def test_nothing_taken_is_nothing_found() -> None:
    check = IqCheck()
    check.take(IqBlock(0, 0, 0, 2.4e6, 868e6, np.empty(0, np.complex64)))
    assert (names(check), check.words()) == ([], "")
