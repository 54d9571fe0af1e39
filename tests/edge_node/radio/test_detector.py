"""IQ in, links out: of simulated transmitters, of recordings, of noise, and of what makes no sense."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from drivers.blocks import AudioBlock, IqBlock
from edge_node.messages import LinkDetection, RemoteIdDetection
from edge_node.node.pipeline import Pipeline
from edge_node.radio.detector import RadioDetector
from tests.edge_node.radio.waves import CENTER_HZ, RATE_HZ, add_burst, blocks, noise
from tools.simulate.iq.catalogue import CATALOGUE
from tools.simulate.iq.everyday import CHIRPING
from tools.simulate.iq.radiosonde import Radiosonde
from tools.simulate.radio import heard

RECORDINGS: dict[str, tuple[type, float, float, float]] = {
    "neg_wmbus_868.950M_1M6.cu8": (np.uint8, 1.6e6, 868.95e6, 127.5),
    "adsb_1090_2MSps.cu8": (np.uint8, 2e6, 1090e6, 127.5),
    "neg_lte20_1815.3MHz_19.2MSps.cs8": (np.int8, 19.2e6, 1815.3e6, 128),
    "neg_wifi_dot11n_radiated_20MSps.cs16": (np.int16, 20e6, 2437e6, 32768),
    "neg_cv2x_5920MHz_15.36MSps.cf32": (np.float32, 15.36e6, 5920e6, 1),
    "urh_fsk.cf32": (np.float32, 1e6, 868.3e6, 1),
    "urh_homematic.cs16": (np.int16, 1e6, 868.3e6, 32768),
    "urh_two_participants.cs8": (np.int8, 1e6, 433.92e6, 128),
    "urh_esaver.cs8": (np.int8, 1e6, 868.3e6, 128),
}
Found = LinkDetection | RemoteIdDetection


def found_in(stream: Iterable[IqBlock], detector: RadioDetector | None = None) -> list[Found]:
    detector = detector or RadioDetector()
    found = [one for block in stream for one in detector.step(block)]
    return found + list(detector.finish())


def links_in(stream: Iterable[IqBlock]) -> list[LinkDetection]:
    return [one for one in found_in(stream) if isinstance(one, LinkDetection)]


def simulated(name: str, seconds: float, snr_db: float = 10.0, rate_hz: float = RATE_HZ) -> Iterable[IqBlock]:
    return heard([name], CATALOGUE[name].listen_hz, rate_hz, seconds, 7, snr_db=snr_db)


@pytest.mark.parametrize(
    ("name", "link", "rate_hz"),
    [
        ("elrs_eu868_200", "elrs_900", 200),
        ("elrs_eu868_50", "elrs_900", 50),
        ("crossfire_eu_150", "crossfire", 149.85),
        ("r9_868", "frsky_r9", 50),
        ("sik_433_64", "sik", None),
    ],
)
def test_a_drones_link_is_named(name: str, link: str, rate_hz: float | None) -> None:
    found = [one for one in links_in(simulated(name, 3.0)) if one.alarm]
    assert {one.link for one in found} == {link}
    last = max(found, key=lambda one: one.bursts)
    assert last.probability > 0.5
    assert len(last.channels_hz) >= 3
    if rate_hz is not None:
        assert last.packet_rate_hz == pytest.approx(rate_hz, rel=2e-3)


@pytest.mark.parametrize(
    ("name", "link", "rate_hz", "snr_db", "seconds"),
    [
        ("elrs_eu868_25", "elrs_900", 25, -9.0, 3.5),
        ("elrs_eu868_50", "elrs_900", 50, -6.0, 3.5),
        ("elrs_eu868_100", "elrs_900", 100, -4.0, 2.0),
        ("elrs_eu868_100_8ch", "elrs_900", 100, -2.0, 2.0),
        ("elrs_eu868_d50", "elrs_900", 200, -2.0, 2.0),
        ("r9_868", "frsky_r9", 50, -2.0, 2.5),
        ("crossfire_eu_50", "crossfire", 50, -2.0, 2.5),
    ],
)
def test_chirps_in_the_noise_are_one_link_of_the_right_rate(name: str, link: str, rate_hz: float, snr_db: float, seconds: float) -> None:
    last = {one.track: one for one in links_in(simulated(name, seconds, snr_db))}
    (found,) = (one for one in last.values() if one.alarm)
    assert found.link == link
    assert found.packet_rate_hz == pytest.approx(rate_hz, rel=5e-3)


@pytest.mark.parametrize("name", ["lorawan", "wmbus_t", "thermometer", "gate_remote", *CHIRPING, "sensor_by_clock", "tire", "gsm", "dab"])
def test_what_is_no_drones_raises_no_alarm(name: str) -> None:
    assert not any(one.alarm for one in links_in(simulated(name, 3.0)))


def test_gateways_on_a_remote_controls_channels_are_named() -> None:
    last = {one.track: one for one in links_in(simulated("gateway", 6.0))}
    assert "lorawan" in {one.link for one in last.values()}
    assert not any(one.alarm for one in last.values())


def test_a_balloon_says_who_it_is() -> None:
    told = links_in(heard([Radiosonde(3, serial="V1234567")], 402.8e6, RATE_HZ, 4.0, 7, snr_db=15.0))
    assert {one.link for one in told} == {"radiosonde"}
    assert told[-1].parameters["serial"] == "V1234567"
    assert told[-1].parameters["latitude_deg"] == pytest.approx(50.9, abs=1e-5)
    assert told[-1].notes[0].startswith("weather balloon V1234567 at 50.90000, 4.40000, 30")


@pytest.mark.parametrize("name", RECORDINGS)
def test_recordings_of_what_is_no_drones_raise_no_alarm(shared_data: Path, name: str) -> None:
    dtype, rate_hz, center_hz, full = RECORDINGS[name]
    parts = np.fromfile(shared_data / "radio" / name, dtype).astype(np.float32)
    parts = (parts - (127.5 if dtype is np.uint8 else 0)) / np.float32(full)
    found = found_in(blocks(parts.view(np.complex64), 262_144, center_hz, rate_hz))
    assert not any(isinstance(one, RemoteIdDetection) or one.alarm for one in found)


def test_drone_id_and_its_control_hops(shared_data: Path) -> None:
    samples = np.fromfile(shared_data / "radio" / "dji_droneid_mavic_air_2_50MSps.cf32", np.complex64)
    found = found_in(blocks(samples, 50_000, None, 50e6))
    frames = [one for one in found if isinstance(one, RemoteIdDetection)]
    assert [one.sequence for one in frames if one.sequence is not None][-3:] == [589, 591, 592]
    assert len(frames) == 4
    assert any(isinstance(one, LinkDetection) and one.link == "dji_ocusync" and one.alarm for one in found)


def test_noise_holds_no_link() -> None:
    detector = RadioDetector()
    assert found_in(blocks(noise(4.0)), detector) == []
    assert detector.words().startswith("no link heard")


def test_a_link_is_told_about_twice_a_second() -> None:
    told = [one for one in links_in(simulated("elrs_eu868_200", 3.0)) if one.alarm]
    assert 3 <= len(told) <= 8
    assert all(one.first_mono_ns <= one.t_mono_ns <= 3_000_000_000 for one in told)


def test_words_name_what_is_heard_and_what_is_wrong() -> None:
    detector = RadioDetector()
    stream = [replace(block, clipped=0.05) for block in simulated("elrs_eu868_200", 1.5)]
    stream[10:] = [replace(block, sequence=block.sequence + 5_000, lost=5_000 if k == 0 else 0) for k, block in enumerate(stream[10:])]
    found_in(stream, detector)
    words = detector.words()
    assert "elrs_900" in words
    assert "5000 samples lost" in words
    assert "of samples clipped: lower the gain" in words


def test_a_receiver_that_looks_elsewhere_and_back_knows_the_link_again() -> None:
    link = list(simulated("elrs_eu868_200", 3.0))
    elsewhere = [replace(block, center_hz=CENTER_HZ - 5e6, samples=noise(len(block.samples) / RATE_HZ)) for block in link]
    plan = [*link[:60], *elsewhere[60:90], *link[90:]]
    stream = [replace(block, tuned_anew=k in (0, 60, 90)) for k, block in enumerate(plan)]
    found = [one for one in found_in(stream) if isinstance(one, LinkDetection) and one.alarm]
    assert len({one.track for one in found}) == 1
    assert found[-1].t_mono_ns > 90 * found[0].t_mono_ns // 60


def test_nothing_goes_on_across_lost_samples() -> None:
    samples = noise(0.4)
    add_burst(samples, 0.05, 0.3, 300e3, 15)
    stream = list(blocks(samples, 48_000))
    stream[10:] = [replace(block, sequence=block.sequence + 48_000, lost=48_000 if k == 0 else 0) for k, block in enumerate(stream[10:])]
    assert all(one.t_mono_ns >= 0 for one in found_in(stream))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1.0, 0.0, 1e30])
def test_samples_that_make_no_sense_raise_nothing(value: float) -> None:
    samples = noise(0.3)
    samples[100_000:400_000] = value
    assert not any(isinstance(one, RemoteIdDetection) for one in found_in(blocks(samples)))


@pytest.mark.parametrize("rate_hz", [0.0, 10.0, float("nan"), 1e15])
def test_a_rate_that_cannot_be_is_said(rate_hz: float) -> None:
    detector = RadioDetector()
    assert list(detector.step(IqBlock(0, 0, 0, rate_hz, None, noise(0.01)))) == []
    assert "cannot be listened to" in detector.words()


def test_other_blocks_and_empty_ones_are_passed_over() -> None:
    detector = RadioDetector()
    assert detector.step(IqBlock(0, 0, 0, RATE_HZ, None, np.zeros(0, np.complex64))) == ()
    assert detector.step(AudioBlock(0, 0, 0, 48_000, np.zeros((10, 1), np.float32))) == ()


def test_the_pipeline_gives_iq_to_it_and_asks_it_at_the_end() -> None:
    pipeline, found = Pipeline("radio"), []
    for block in simulated("crossfire_eu_150", 0.9):
        found += pipeline.step(block)
    found += pipeline.finish()
    assert found
    assert {one.sensor for one in found} == {"radio"}
    assert "link heard" not in pipeline.words()
