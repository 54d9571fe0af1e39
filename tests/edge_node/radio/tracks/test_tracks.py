"""Bursts to transmitters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pytest

from edge_node.messages import LinkDetection, LinkKind
from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.finding import Finding
from edge_node.radio.tracks.heard import Heard, alike
from edge_node.radio.tracks.tracks import MOST, Tracks

LORA: Mapping[str, float | str] = {"spreading_factor": 6, "chirp_bandwidth_hz": 500e3, "chirps": "rising"}
NOTHING = np.zeros(0, np.complex64)


def heard(
    t_s: float,
    center_hz: float | None,
    *,
    level: float = -40.0,
    air_s: float = 4.38e-3,
    link: LinkKind = "lora",
    parameters: Mapping[str, float | str] = LORA,
    score: float = 0.9,
) -> Heard:
    burst = Burst(round(t_s * 2.4e6), 2.4e6, air_s, False, 1e5, center_hz, 500e3, 10.0, level, NOTHING, 1.2e6, 0.0)
    return Heard.of(burst, Finding(link, score, 0.0, dict(parameters)), t_s, round(t_s * 1e9))


def hops(seconds: float, first_s: float = 0.1, first: int = 0, off_hz: float = 0.0) -> Iterator[tuple[float, float]]:
    """When and where of an ExpressLRS link of 200 Hz, of whose 13 channels four are heard."""
    random = np.random.default_rng(3)
    order = [int(channel) for channel in random.permutation(13)]
    for k in range(round(seconds / 5e-3)):
        channel = order[(first + k // 4) % 13]
        if 4 <= channel <= 7:
            yield first_s + k * 5e-3, 863.275e6 + channel * 525e3 + off_hz


def told(tracks: Tracks, all_heard: list[Heard]) -> list[LinkDetection]:
    found: list[LinkDetection] = []
    for one in sorted(all_heard, key=lambda one: one.t_mono_ns):
        tracks.hear(one)
        found += tracks.tell(one.t_mono_ns)
    return found


def test_a_hopping_link_is_one_transmitter_with_its_rate_and_channels() -> None:
    found = told(Tracks(), [heard(t_s, hz) for t_s, hz in hops(3.0)])
    last = found[-1]
    assert {one.track for one in found} == {1}
    assert (last.link, last.alarm) == ("elrs_900", True)
    assert last.packet_rate_hz == pytest.approx(200, rel=1e-3)
    assert len(last.channels_hz) == 4
    assert last.parameters["mode"] == "200"
    assert last.first_mono_ns < last.t_mono_ns
    assert last.bursts > 100
    assert 4 <= len(found) <= 8


def test_its_crystal_is_told_by_its_grid() -> None:
    last = told(Tracks(), [heard(t_s, hz) for t_s, hz in hops(2.0, off_hz=2_300)])[-1]
    assert last.carrier_offset_hz == pytest.approx(2_300, abs=50)


def test_two_of_a_kind_are_two() -> None:
    near = [heard(t_s, hz, level=-30) for t_s, hz in hops(3.0)]
    far = [heard(t_s, hz, level=-58) for t_s, hz in hops(3.0, first_s=0.1023, first=5, off_hz=-9e3)]
    last = {one.track: one for one in told(Tracks(), near + far)}
    loud = [one for one in last.values() if one.alarm]
    assert len(loud) == 2
    assert {round(one.level_dbfs) for one in loud} == {-30, -58}


def test_how_its_level_changes() -> None:
    last = told(Tracks(), [heard(t_s, hz, level=-60 + 3 * t_s) for t_s, hz in hops(6.0)])[-1]
    assert last.level_rate_db_s is None or last.level_rate_db_s == pytest.approx(3, abs=0.5)


def test_sensors_that_send_now_and_then_raise_no_alarm() -> None:
    random = np.random.default_rng(1)
    parameters = {"spreading_factor": 7, "chirp_bandwidth_hz": 125e3}
    all_heard = [heard(t_s, 868.1e6, link="lorawan", parameters=parameters, air_s=0.05) for t_s in np.cumsum(random.exponential(2.0, 50))]
    assert not any(one.alarm for one in told(Tracks(), all_heard))


def test_chirps_of_no_known_clock_stay_chirps() -> None:
    random = np.random.default_rng(2)
    found = told(Tracks(), [heard(t_s, 866.0e6) for t_s in np.cumsum(random.exponential(0.2, 60))])
    assert {one.link for one in found} == {"lora"}
    assert not any(one.alarm for one in found)


def test_where_nobody_knows_the_centre() -> None:
    last = told(Tracks(), [heard(t_s, None) for t_s, _ in hops(2.0)])[-1]
    assert (last.center_hz, last.channels_hz) == (None, ())
    assert last.notes == ("+0.100 MHz from the middle of the band",)


def test_a_table_of_so_many_at_most() -> None:
    tracks = Tracks()
    for k in range(3 * MOST):
        tracks.hear(heard(k * 1e-2, 800e6 + k * 5e6, link="wifi", parameters={}))
    assert tracks.left_out == 2 * MOST
    assert len(list(tracks.tell(10**12))) <= MOST


def test_a_single_faint_burst_is_not_told() -> None:
    assert told(Tracks(), [heard(1.0, 866e6, score=0.3)]) == []
    assert len(told(Tracks(), [heard(1.0, 866e6, score=0.95)])) == 1


def test_time_that_runs_backwards_raises_nothing() -> None:
    tracks = Tracks()
    for t_s in (5.0, 1.0, 3.0, 3.0, 0.0):
        tracks.hear(heard(t_s, 866e6))
        list(tracks.tell(round(t_s * 1e9)))


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"spreading_factor": 6, "chirp_bandwidth_hz": 500e3, "chirps": "rising", "explained": 0.2}, True),
        ({"spreading_factor": 7, "chirp_bandwidth_hz": 500e3, "chirps": "rising"}, False),
        ({"spreading_factor": 6, "chirp_bandwidth_hz": 500e3, "chirps": "falling"}, False),
        ({"spreading_factor": 6}, True),
    ],
)
def test_what_one_transmitter_may_have_sent(other: dict[str, float | str], same: bool) -> None:
    assert alike(Finding("lora", 1.0, None, dict(LORA)), Finding("lora", 1.0, None, other)) is same


def test_what_nobody_knows_in_step_with_a_known_link_is_its_own() -> None:
    link = [heard(t_s, hz) for t_s, hz in hops(2.0)]
    of_it = [heard(0.1 + k * 5e-3, 867.05e6, link="unknown", parameters={}) for k in range(300, 340)]
    others = [heard(0.1 + k * 7.3e-3, 867.05e6, link="unknown", parameters={}) for k in range(210, 240)]
    assert {one.link for one in told(Tracks(), link + of_it)} & {"unknown"} == set()
    assert "unknown" in {one.link for one in told(Tracks(), link + others)}


def test_a_gateway_on_a_remote_controls_grid_is_none() -> None:
    random = np.random.default_rng(4)
    packets = [
        heard(0.1 + 0.2 * k + 0.1 * random.random(), 923.3e6 + 0.6e6 * (k % 4), air_s=9e-3 + 4e-3 * random.random()) for k in range(40)
    ]
    assert not any(one.alarm for one in told(Tracks(), packets))


def test_one_burst_that_was_measured_badly_renames_nothing() -> None:
    good = {"symbol_rate_bd": 19_000.0, "deviation_hz": 18_750.0}
    centers_hz = [433.207e6 + 145e3 * (k * 3 % 10) for k in range(60)]
    packets = [heard(0.1 + 0.073 * k, hz, link="fsk", parameters=good, score=0.6) for k, hz in enumerate(centers_hz)]
    packets.append(heard(5.0, centers_hz[0], link="fsk", parameters=good | {"deviation_hz": 15_700.0}, score=0.99))
    assert told(Tracks(), packets)[-1].link == "sik"
