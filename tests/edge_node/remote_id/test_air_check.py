"""What a receiver of frames is told of itself after a moment."""

from __future__ import annotations

from drivers.blocks import RadioFrame
from edge_node.remote_id.air_check import AirCheck


def checked(count: int, damaged: int = 0) -> AirCheck:
    check = AirCheck()
    for number in range(count):
        check.take(RadioFrame(number, number, 0, "wifi", b"\x80", -60 + number, 2_437_000_000, number >= damaged))
    return check


def test_frames_are_counted() -> None:
    check = checked(3)
    assert check.words() == "3 frames on 1 channel, the strongest -58 dBm"
    assert check.findings("wifi") == ()
    assert AirCheck().words() == "0 frames"


def test_damaged_frames_are_named_once_there_are_enough() -> None:
    assert checked(10, damaged=10).findings("wifi") == ()
    [finding] = checked(30, damaged=20).findings("wifi")
    assert (finding.name, finding.words) == ("frames_damaged", "20 of 30 frames are damaged")
