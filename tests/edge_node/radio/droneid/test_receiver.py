"""IQ to what DroneID says: a recording, simulated frames at the edge of what can be read, and all that is no DroneID."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from edge_node.messages import RemoteIdDetection, UasId
from edge_node.radio.droneid.receiver import DroneIdReceiver
from edge_node.radio.droneid.waveform import BEFORE, DATA_SYMBOLS, FRAME, RATE_HZ, STARTS, SYMBOL
from tests.edge_node.radio.droneid.waves import air, block, heard, noise_power, recording
from tools.simulate.iq import droneid as sender

MAVIC = "dji_droneid_mavic_air_2_50MSps.cf32"
# The recordings whose rate holds a frame, and others as if theirs did.
NEGATIVES = {
    "neg_cv2x_5920MHz_15.36MSps.cf32": 15.36e6,
    "neg_lte20_1815.3MHz_19.2MSps.cs8": 19.2e6,
    "neg_wifi_dot11n_radiated_20MSps.cs16": 20e6,
    "neg_wmbus_868.950M_1M6.cu8": 16e6,
    "adsb_1090_2MSps.cu8": 20e6,
    "urh_esaver.cs8": 15.36e6,
    "urh_fsk.cf32": 15.36e6,
    "urh_homematic.cs16": 15.36e6,
    "urh_two_participants.cs8": 15.36e6,
}


@pytest.mark.parametrize("cut", [0, 65_536, 20_000])
def test_all_four_frames_of_a_recording_are_read(shared_data: Path, cut: int) -> None:
    samples = recording(shared_data / "radio" / MAVIC)
    receiver = DroneIdReceiver()
    found = heard(receiver, samples, 50e6, list(range(cut, len(samples), cut)) if cut else None)
    assert [(one.message_type, one.sequence) for one in found] == [("0x11", None), ("0x10", 589), ("0x10", 591), ("0x10", 592)]
    assert all(one.crc24_ok and one.crc16_ok for one in found)
    assert all(one.ids == (UasId("serial_number", "1WNBH3900201N1"),) for one in found)
    third = found[2]
    assert (third.latitude_deg, third.longitude_deg) == (pytest.approx(51.446334, abs=2e-6), pytest.approx(7.267216, abs=2e-6))
    assert (third.operator_latitude_deg, third.operator_longitude_deg) == (
        pytest.approx(51.446208, abs=2e-6),
        pytest.approx(7.267101, abs=2e-6),
    )
    assert (third.take_off_latitude_deg, third.take_off_longitude_deg) == (
        pytest.approx(51.446259, abs=2e-6),
        pytest.approx(7.267353, abs=2e-6),
    )
    assert (third.model, third.yaw_deg, third.vertical_speed_mps) == ("Mavic Air 2", -132.95, 0.26)
    assert (receiver.frames, receiver.failed) == (4, 0)


def test_a_known_centre_gives_the_frame_its_own(shared_data: Path) -> None:
    samples = recording(shared_data / "radio" / MAVIC)
    found = DroneIdReceiver().step(samples, 50e6, 2_427_000_000.0, 7_000_000_000)
    assert [one.center_hz and round(one.center_hz / 1e4) for one in found] == [242_901, 242_901, 241_453, 241_453]
    assert [round((one.t_mono_ns - 7e9) / 1e3) for one in found] == [1859, 2572, 3309, 4021]


@pytest.mark.parametrize("snr_db", [-4, -3, 20])
@pytest.mark.parametrize("legacy", [False, True])
def test_faint_frames_are_read_wherever_they_are(snr_db: int, legacy: bool) -> None:
    rng, receiver, found, starts = np.random.default_rng(100 - snr_db), DroneIdReceiver(), [], []
    for k in range(20):
        samples, start_s = air(rng, k, snr_db, legacy=legacy)
        found += receiver.step(samples, RATE_HZ, None, k * 4_000_000)
        starts.append(k * 4_000_000 + start_s * 1e9)
    assert [one.sequence for one in found] == list(range(20))
    assert all(("legacy form of 8 symbols" in one.notes) == legacy for one in found)
    assert np.abs([one.t_mono_ns - start for one, start in zip(found, starts, strict=True)]).max() < 300


@pytest.mark.parametrize(
    ("rate_hz", "offset_hz"), [(15e6, 2e6), (16e6, -2e6), (19.2e6, -4e6), (20e6, 4.5e6), (25e6, 0.0), (50e6, 20e6), (61.44e6, -24e6)]
)
def test_any_rate_and_any_place_in_the_band(rate_hz: float, offset_hz: float) -> None:
    rng, receiver = np.random.default_rng(7), DroneIdReceiver()
    found = [one for k in range(3) for one in receiver.step(air(rng, k, -3, rate_hz, offset_hz=offset_hz)[0], rate_hz, 5e9, k * 4_000_000)]
    found += receiver.finish()
    assert [one.sequence for one in found] == [0, 1, 2]
    assert all(abs(one.center_hz - 5e9 - offset_hz) < 21e3 for one in found if one.center_hz)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 122_880), max_size=8))
def test_blocks_may_be_cut_anywhere(cuts: list[int]) -> None:
    rng = np.random.default_rng(8)
    samples = np.concatenate([air(rng, k, 3)[0] for k in range(2)])
    assert [one.sequence for one in heard(DroneIdReceiver(), samples, RATE_HZ, sorted(cuts))] == [0, 1]


def test_two_at_the_same_time_are_both_read() -> None:
    rng = np.random.default_rng(9)
    frames = [sender.at_rate(sender.frame(block(k)), 50e6, offset_hz=hz, start_s=0.001, length_s=0.004) for k, hz in ((1, -7e6), (2, 8e6))]
    samples = frames[0] + 3 * frames[1] + sender.noise(len(frames[0]), 0.1, rng)
    assert sorted(one.sequence or 0 for one in heard(DroneIdReceiver(), samples, 50e6)) == [1, 2]


def test_a_narrow_link_in_its_band_and_thirty_times_stronger_does_not_hide_a_frame() -> None:
    rng, receiver = np.random.default_rng(17), DroneIdReceiver()
    spectrum = np.fft.fft(sender.noise(80_000, 1.0, rng))
    spectrum[np.abs(np.fft.fftfreq(80_000, 1 / 20e6) - 2e6) > 0.6e6] = 0
    hop = np.fft.ifft(spectrum)
    hop *= np.sqrt(30 / np.mean(np.abs(hop) ** 2))
    found = [one for k in range(3) for one in receiver.step(air(rng, k, 10, 20e6)[0] + hop, 20e6, None, k * 4_000_000)]
    assert [one.sequence for one in found + receiver.finish()] == [0, 1, 2]


def test_a_burst_over_two_symbols_of_data_does_not_hide_a_frame() -> None:
    rng = np.random.default_rng(18)
    samples, start_s = air(rng, 4, 10)
    first = round(start_s * RATE_HZ) + BEFORE + STARTS[6]
    samples[first : first + 2 * SYMBOL] += sender.noise(2 * SYMBOL, 30.0, rng)
    assert [one.sequence for one in heard(DroneIdReceiver(), samples, RATE_HZ)] == [4]


@pytest.mark.parametrize("kind", ["CRYP", "INFP"])
def test_ocusync_4_is_named_with_the_hash_of_its_session(kind: str) -> None:
    data = sender.block(sender.encrypted("CRYP" if kind == "CRYP" else "INFP", b"\xde\xad\xbe\xef"))
    samples = sender.at_rate(sender.frame(data), RATE_HZ, start_s=0.001, length_s=0.004)
    (found,) = heard(DroneIdReceiver(), samples + sender.noise(len(samples), 1.0, np.random.default_rng(10)), RATE_HZ)
    assert (found.message_type, found.session_hash, found.crc24_ok, found.latitude_deg) == (kind, "deadbeef", True, None)


def test_a_frame_that_is_cut_by_the_end_is_read() -> None:
    samples = sender.at_rate(sender.frame(block()), RATE_HZ, start_s=0.002, length_s=0.004)
    samples = samples + sender.noise(len(samples), 0.1, np.random.default_rng(11))
    whole = round(0.002 * RATE_HZ) + FRAME
    assert len(heard(DroneIdReceiver(), samples[: whole - 2300], RATE_HZ)) == 1
    assert heard(DroneIdReceiver(), samples[: whole - 7000], RATE_HZ) == []


def test_a_frame_whose_check_fails_is_counted_and_not_told() -> None:
    receiver, rng = DroneIdReceiver(), np.random.default_rng(12)
    frame = sender.frame(block())
    for k in DATA_SYMBOLS[1:]:
        frame[BEFORE + STARTS[k] :][:SYMBOL] = sender.noise(SYMBOL, 1.0, rng)
    samples = sender.at_rate(frame, RATE_HZ, start_s=0.001, length_s=0.004)
    assert heard(receiver, samples + sender.noise(len(samples), 0.01, rng), RATE_HZ) == []
    assert (receiver.frames, receiver.failed) == (0, 1)


def test_what_does_not_follow_is_no_frame() -> None:
    rng = np.random.default_rng(13)
    samples = sender.at_rate(sender.frame(block()), RATE_HZ, start_s=0.002, length_s=0.004)
    samples = samples + sender.noise(len(samples), noise_power(10, RATE_HZ), rng)
    middle = round(0.00225 * RATE_HZ)
    receiver = DroneIdReceiver()
    assert receiver.step(samples[:middle], RATE_HZ, None, 0) == []
    assert receiver.step(samples[middle:], RATE_HZ, None, 0, broken=True) == []
    assert receiver.finish() == []
    assert len(heard(receiver, samples, RATE_HZ)) == 1


def test_a_rate_that_holds_no_frame_gives_none() -> None:
    receiver = DroneIdReceiver()
    for rate_hz in (0.0, 2.4e6, 14.9e6, 1e12, float("nan"), float("inf")):
        assert receiver.step(np.ones(100_000, np.complex64), rate_hz, None, 0) == []
    assert receiver.finish() == []


@pytest.mark.parametrize("name", NEGATIVES)
def test_what_is_no_droneid_gives_none(shared_data: Path, name: str) -> None:
    receiver = DroneIdReceiver()
    assert heard(receiver, recording(shared_data / "radio" / name), NEGATIVES[name]) == []
    assert receiver.failed == 0


def test_noise_gives_none_and_costs_no_search() -> None:
    receiver, rng = DroneIdReceiver(), np.random.default_rng(14)
    for _ in range(4):
        assert receiver.step(sender.noise(1 << 20, 0.01, rng), RATE_HZ, None, 0) == []
    assert (receiver.failed, receiver.searches) == (0, 0)


SAMPLES = hnp.arrays(np.complex64, st.integers(0, 3000), elements=st.complex_numbers(width=64, allow_nan=True, allow_infinity=True))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
@given(SAMPLES, st.integers(1, 60), st.sampled_from([15e6, 20e6, 50e6]), st.integers(1, 9999))
def test_no_samples_raise(samples: np.ndarray, repeats: int, rate_hz: float, cut: int) -> None:
    receiver = DroneIdReceiver()
    stream = np.tile(samples, repeats)
    found: list[RemoteIdDetection] = []
    for part in (stream[:cut], stream[cut:]):
        found += receiver.step(part, rate_hz, None, 0)
    assert found + receiver.finish() == []


def test_samples_that_are_no_numbers_hide_no_later_frame() -> None:
    receiver, rng = DroneIdReceiver(), np.random.default_rng(15)
    with np.errstate(all="ignore"):
        bad = sender.noise(100_000, 1.0, rng)
        bad[::1000] = np.nan
        bad[5::1000] = np.inf
    receiver.step(bad, RATE_HZ, None, 0)
    receiver.step(np.concatenate([sender.noise(200_000, 1.0, rng) for _ in range(4)]), RATE_HZ, None, 0)
    assert [one.sequence for one in receiver.step(air(rng, 5, 0)[0], RATE_HZ, None, 0)] == [5]


def test_little_is_kept_of_a_long_stream() -> None:
    receiver, rng = DroneIdReceiver(), np.random.default_rng(16)
    for _ in range(3):
        receiver.step(sender.noise(400_000, 1.0, rng), RATE_HZ, None, 0)
        held = receiver._watch.held
        assert held.stop - held.start < 0.004 * RATE_HZ
