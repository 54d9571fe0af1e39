"""The IMU driver on real pseudo-terminals, and its telegrams as the data sheet gives them."""

from __future__ import annotations

import os
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from struct import pack

import pytest

from drivers.blocks import Attitude
from drivers.bno08x import HEADER, Telegrams
from drivers.imu import FROZEN_AFTER, Imu
from drivers.source import SourceStalled

DATA_SHEET = bytes.fromhex("AAAADE010092FF25088DFEECFFD103000000E7")


def telegram(index: int, yaw_deg: float = 0.0, pitch_deg: float = 0.0, roll_deg: float = 0.0, x_mg: int = 0) -> bytes:
    """Nineteen bytes with their checksum."""
    body = pack("<B6h3x", index % 256, round(yaw_deg * 100), round(pitch_deg * 100), round(roll_deg * 100), x_mg, 0, 1000)
    return HEADER + body + bytes([sum(body) & 0xFF])


@contextmanager
def port() -> Iterator[tuple[int, str]]:
    near, far = os.openpty()
    tty.setraw(far)
    try:
        yield near, os.ttyname(far)
    finally:
        os.close(near)
        os.close(far)


def attitudes(imu: Imu, count: int) -> list[Attitude]:
    """The next few, within a deadline."""
    found: list[Attitude] = []
    until_s = time.monotonic() + 5.0
    for block in imu.blocks():
        found += [block] if block else []
        if len(found) >= count:
            return found
        assert time.monotonic() < until_s, "no attitude came"
    raise AssertionError("the source ended")


def test_the_data_sheet_s_example() -> None:
    read = Telegrams().feed(DATA_SHEET)[0]
    assert (read.index, read.yaw_deg, read.pitch_deg, read.roll_deg) == (0xDE, 0.01, -1.10, 20.85)
    assert read.accelerations_mg == (-371, -20, 977)


def test_telegrams_are_found_in_any_pieces_and_between_garbage() -> None:
    telegrams = Telegrams()
    data = b"\xaa\x01\xaa\xaa\x07" + DATA_SHEET + telegram(1, 10.0)[:-1] + b"\x00" + telegram(2, 20.0) * 2
    found = [one.index for place in range(0, len(data), 7) for one in telegrams.feed(data[place : place + 7])]
    assert found == [0xDE, 2, 2]
    assert telegrams.bad >= 2


def test_a_vehicle_turns_right_and_tilts() -> None:
    with port() as (near, name), Imu(name, pitch_deg=0.5) as imu:
        assert "waiting" in imu.words()
        os.write(near, b"".join(telegram(index, -30.0, -4.0, 2.0, index) for index in range(5)))
        told = attitudes(imu, 1)[0]
        assert (told.heading_deg, told.heading_kind, told.pitch_deg, told.roll_deg) == (30.0, "gyro", 3.5, 2.0)
        assert imu.words() == "nose +4°, right side -2°"


def test_the_other_way_round() -> None:
    with port() as (near, name), Imu(name, turns="clockwise") as imu:
        os.write(near, b"".join(telegram(index, -30.0, x_mg=index) for index in range(5)))
        assert attitudes(imu, 1)[0].heading_deg == 330.0


def test_what_is_lost_is_counted() -> None:
    with port() as (near, name), Imu(name) as imu:
        os.write(near, b"".join(telegram(index) for index in (0, 1, 5, 6, 7)))
        assert attitudes(imu, 1)[0].lost == 3


def test_a_frozen_chip_is_named_and_heals() -> None:
    with port() as (near, name), Imu(name) as imu:
        blocks = imu.blocks()
        for index in range(FROZEN_AFTER // 5 + 2):
            os.write(near, b"".join(telegram(index * 5 + k, 5.0) for k in range(5)))
            block = next(one for one in blocks if one)
        assert (block.heading_deg, block.trouble) == (None, "the IMU is frozen: power it off and on")
        assert "frozen" in imu.words()
        os.write(near, b"".join(telegram(k, 5.0, x_mg=k) for k in range(5)))
        assert next(one for one in blocks if one).heading_deg == 355.0


def test_what_is_no_telegram_stalls_with_words() -> None:
    with port() as (near, name), Imu(name, silent_after_s=0.3) as imu:
        os.write(near, b"$GPHDT,30.0,T*00\r\n" * 4)
        with pytest.raises(SourceStalled, match="PS0"):
            attitudes(imu, 1)


def test_silence_stalls_with_words() -> None:
    with port() as (_, name), Imu(name, silent_after_s=0.3) as imu, pytest.raises(SourceStalled, match="said nothing"):
        attitudes(imu, 1)
