"""When silence after frames is more than chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from drivers.blocks import RadioFrame
from drivers.hush import FORGOTTEN_NS, REMEMBERED, Hush, box_of

NS = 1_000_000_000


def heard(times_s: np.ndarray) -> Hush:
    hush = Hush()
    for t_s in times_s:
        hush.hear(round(t_s * NS))
    return hush


def test_frames_that_came_steadily_and_fail_to_come_are_missed_within_four_seconds() -> None:
    hush = heard(np.arange(0, 10, 0.25))
    assert hush.lasts_s(12 * NS) is None
    assert hush.lasts_s(14 * NS) == 4.25
    hush.hear(14 * NS)
    assert hush.lasts_s(16 * NS) is None


def test_frames_that_come_at_random_are_not_missed_by_chance() -> None:
    rng = np.random.default_rng(4)
    for rate_hz in (0.5, 3.0, 20.0):
        hush, t_s = Hush(), 0.0
        for gap_s in rng.exponential(1 / rate_hz, 4000):
            t_s += gap_s
            assert hush.lasts_s(round(t_s * NS)) is None
            hush.hear(round(t_s * NS))


def test_a_receiver_that_hops_hears_in_bursts_and_misses_nothing_between() -> None:
    bursts = np.concatenate([cycle * 4.0 + np.arange(0, 0.25, 0.02) for cycle in range(8)])
    hush = Hush()
    for t_s in bursts:
        assert hush.lasts_s(round(t_s * NS)) is None
        hush.hear(round(t_s * NS))
    assert hush.lasts_s(round((bursts[-1] + 14) * NS)) is not None


def test_few_frames_tell_nothing_and_what_is_long_ago_is_no_news() -> None:
    assert heard(np.arange(REMEMBERED - 1) * 0.1).lasts_s(30 * NS) is None
    hush = heard(np.arange(REMEMBERED) * 0.1)
    assert hush.lasts_s(30 * NS) is not None
    assert hush.lasts_s(round(3.1 * NS) + FORGOTTEN_NS + 1) is None
    hush.forget()
    assert hush.lasts_s(30 * NS) is None


def deaf_after_s(rates_hz: Sequence[float], seed: int, seconds: float = 200.0) -> float | None:
    """How long the silence is until it is deafness, of boxes that send at random; None where that is never within ten minutes."""
    rng, hush = np.random.default_rng(seed), Hush()
    times = [(t_s, who) for who, rate_hz in enumerate(rates_hz) for t_s in np.cumsum(rng.exponential(1 / rate_hz, int(seconds * rate_hz)))]
    times = [(t_s, who) for t_s, who in times if t_s < 0.8 * seconds]
    for t_s, who in sorted(times):
        assert not hush.is_deaf(round(t_s * NS))
        hush.hear(round(t_s * NS), bytes([who]) * 4)
    last_s = max(times)[0]
    return next((after_s for after_s in np.arange(0.5, 600, 0.5) if hush.is_deaf(round((last_s + after_s) * NS))), None)


def test_all_who_stayed_and_fell_silent_in_one_moment_are_deafness_and_two_are_not() -> None:
    many = [deaf_after_s((8.0,) * 6, seed) for seed in range(3)]
    assert all(after_s is not None and after_s <= 4.0 for after_s in many)
    assert [deaf_after_s(rates_hz, 4) for rates_hz in ((50.0,), (30.0, 30.0))] == [None, None]


def test_a_box_is_known_by_its_address_on_every_medium() -> None:
    address = bytes(range(1, 7))
    legacy, extended = bytes([0x42, 20]) + address + bytes(10), bytes([0x47, 20, 0x0A, 0x09, *address]) + bytes(10)
    frames = [
        RadioFrame(0, 0, 0, "wifi", bytes(10) + address + bytes(20)),
        RadioFrame(0, 0, 0, "ble", legacy),
        RadioFrame(0, 0, 0, "ble", extended),
        RadioFrame(0, 0, 0, "ble_report", address + b"data"),
    ]
    assert {box_of(frame) for frame in frames} == {address[1:5]}
    nobody = (
        RadioFrame(0, 0, 0, "wifi", b"\x80"),
        RadioFrame(0, 0, 0, "ble", b"\x47\x03\x01\x00"),
        RadioFrame(0, 0, 0, "mavlink", bytes(40)),
    )
    assert [box_of(frame) for frame in nobody] == [None, None, None]


def test_a_flood_of_made_up_addresses_pushes_out_no_one_who_stayed() -> None:
    rng, hush = np.random.default_rng(5), Hush()
    for k in range(30_000):
        hush.hear(k * NS // 500, bytes([k // 10 % 5]) * 4 if k % 10 == 0 else rng.bytes(4))
    assert hush.is_deaf(64 * NS)
