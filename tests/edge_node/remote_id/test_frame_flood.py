"""A flood of frames is named within seconds and until it is over; a busy site is none, whenever it began."""

from __future__ import annotations

from itertools import count

from drivers.blocks import RadioFrame
from edge_node.remote_id.detector import RemoteIdDetector
from edge_node.remote_id.frame_flood import LASTS_S, MOST_SENDERS, SECOND_NS, FrameFlood
from tests.edge_node.remote_id.frames import basic_id, heard_pack
from tools.simulate.beacon import beacon

_sequence = count()


def frames(second: float, rate: int, *, senders: int = 20, lost: int = 0) -> list[RadioFrame]:
    """Beacons of access points, evenly over a second."""
    return [_frame(round((second + k / rate) * SECOND_NS), k % senders, lost) for k in range(rate)]


def _frame(t_ns: int, sender: int, lost: int) -> RadioFrame:
    mac = b"\x02\x00\x00\x00" + sender.to_bytes(2)
    data = beacon(mac=mac, sequence=0, tsf_us=t_ns // 1_000, interval_tu=100, channel=6, ssid="here", vendor=b"\x00\x50\xf2\x02\x01\x01")
    return RadioFrame(t_ns, next(_sequence), lost, "wifi", data, -45, 2_437_000_000, True)


def hear(flood: FrameFlood, seconds: range, rate: int, **more: int) -> list[str]:
    """What it said after each second."""
    said = []
    for second in seconds:
        for frame in frames(second, rate, **more):
            flood.hear(frame)
        flood.look((second + 1) * SECOND_NS)
        said.append(flood.words)
    return said


def test_a_flood_is_named_after_a_second_and_until_it_was_calm_for_a_few() -> None:
    flood = FrameFlood()
    assert set(hear(flood, range(10), 40)) == {""}
    named = hear(flood, range(10, 15), 1_500, senders=1_400)
    assert named[0] == "Wi-Fi flood: 1500 frames/s from 1400 senders, usually 40/s"
    assert all(named)
    calm = hear(flood, range(15, 20), 40)
    assert [bool(words) for words in calm] == [True] * (LASTS_S - 1) + [False] * (5 - LASTS_S + 1)


def test_what_it_drowned_is_said_and_many_senders_are_bounded() -> None:
    flood = FrameFlood()
    hear(flood, range(3), 10)
    (said,) = hear(flood, range(3, 4), 2_500, senders=2_500, lost=2)
    assert said == f"Wi-Fi flood: 2500 frames/s from {MOST_SENDERS} or more senders, usually 10/s, 5000 were lost"


def test_after_a_flood_silence_is_calm_though_no_frame_comes() -> None:
    flood = FrameFlood()
    hear(flood, range(3), 10)
    assert any(hear(flood, range(3, 5), 1_500))
    flood.look((5 + LASTS_S) * SECOND_NS)
    assert flood.words == ""
    flood.look(10**6 * SECOND_NS)
    assert set(hear(flood, range(10**6, 10**6 + 3), 400)) == {""}


def test_a_busy_site_is_no_flood_even_when_it_is_there_from_the_first_second() -> None:
    assert set(hear(FrameFlood(), range(5), 900)) == {""}
    grown = FrameFlood()
    assert [hear(grown, range(second, second + 1), rate) for second, rate in enumerate((100, 290, 480, 900, 1_400))] == [[""]] * 5


def test_a_flood_is_still_named_after_minutes() -> None:
    flood = FrameFlood()
    hear(flood, range(2), 5)
    flood_of = frames(0, 600)
    for second in range(2, 182):
        for frame in flood_of:
            flood.hear(RadioFrame(frame.t_mono_ns + second * SECOND_NS, 0, 0, "wifi", frame.data, None, None, True))
        flood.look((second + 1) * SECOND_NS)
        assert flood.words.startswith("Wi-Fi flood: 600 frames/s from 20 senders, usually ")


def test_a_clock_that_goes_back_harms_nothing() -> None:
    flood = FrameFlood()
    hear(flood, range(100, 102), 10)
    assert set(hear(flood, range(3), 10)) == {""}


def test_a_detector_says_it_and_hears_its_drone_through_it() -> None:
    detector, found = RemoteIdDetector(), 0
    for second in range(5):
        for frame in frames(second, 1_500 if second >= 2 else 5, senders=1_500):
            detector.step(frame)
        pack = heard_pack(basic_id())
        found += len(detector.step(RadioFrame(round((second + 0.999) * SECOND_NS), 0, 0, "wifi", pack.data, -60, None, True)))
    assert detector.coverage(5 * SECOND_NS) is not None
    assert detector.problem.startswith("Wi-Fi flood: 1501 frames/s from 1501 senders, usually 6/s; Remote ID")
    assert detector.words().startswith("Wi-Fi flood: ")
    assert found == 5
    detector.coverage((5 + LASTS_S) * SECOND_NS)
    assert (detector.problem, "flood" in detector.words()) == ("", False)
