"""A scene's sound: seamless, as loud and from where the world says, in a file and in a pipe."""

from __future__ import annotations

import csv
import os
from itertools import islice
from pathlib import Path
from struct import unpack
from threading import Event, Thread
from typing import get_args

import msgspec
import numpy as np
import pytest
import soundfile

from tools.simulate import passes, propagation, scene, sound, soundscape
from tools.simulate.acoustics import enu_m
from tools.simulate.rotorcraft import PRESETS, REFERENCE_PA, source_blocks
from tools.simulate.scene import Circle, Drone, DroneSound, Hover, Microphones, NodePose, Operator, Scene, SceneError, Weather
from tools.simulate.wav_pipe import WavPipe, header, samples
from tools.simulate.world import World

RATE_HZ = 16_000
NODE = NodePose(50.85, 4.35, 65.0, mast_m=6.0)
CIRCLE = Drone("round", Circle(0.0, 40.0, 40.0, radius_m=25.0, speed_mps=6.0), Operator(0.0, 0.0), sound=DroneSound())
STILL = Weather(wind_mps=0.0, ambience_db_spl=-60.0)
QUIET = Microphones("square_4", azimuth_deg=30.0, tilt_deg=20.0, rate_hz=RATE_HZ, self_noise_db_spl=-60.0)

ONE = """
name = "one"
[node]
latitude_deg = 1.0
longitude_deg = 2.0
ground_wgs84_m = 3.0
mast_m = 6.0
[microphones]
array = "square_4"
rate_hz = 16000
[[drone]]
name = "a"
path = { kind = "hover", east_m = 30.0, north_m = 30.0, height_m = 20.0 }
operator = { east_m = 0.0, north_m = 0.0 }
sound = { aircraft = "hexa", blade_pass_hz = 90.0 }
"""


def world(*drones: Drone, weather: Weather = STILL, seed: int = 1) -> World:
    return World(Scene("test", NODE, drones, microphones=QUIET, weather=weather), seed)


def heard(of: World, seconds: int) -> np.ndarray:
    return np.concatenate(list(islice(soundscape.blocks(of), seconds)))


def test_seconds_join_to_what_is_made_in_one_piece() -> None:
    here = world(CIRCLE)
    source = source_blocks(PRESETS["mid_quad"], RATE_HZ, passes.seeded(here, "round/sound"))
    t_s = np.arange(-160, 160) / 20
    truths = [here.truth_of(CIRCLE, float(at_s)) for at_s in t_s]
    whole = propagation.at_microphones(
        np.concatenate(list(islice(source, soundscape.REMEMBERED_S + 3))),
        propagation.smooth_path(t_s, np.array([(at.east_m, at.north_m, at.up_m) for at in truths])),
        enu_m(soundscape.mounted(here)),
        RATE_HZ,
        ground=propagation.Ground(-6.0),
        lead_s=soundscape.REMEMBERED_S,
    )
    in_pieces = heard(here, 3) * REFERENCE_PA * np.sqrt(2) * 10 ** (QUIET.full_scale_db_spl / 20)
    assert in_pieces.shape == (3 * RATE_HZ, 4)
    inner = slice(0, -1000)
    assert np.max(np.abs(in_pieces[inner] - whole[inner])) < 1e-3 * np.max(np.abs(whole))


def test_the_same_seed_makes_the_same_sound_and_another_another() -> None:
    one, two, other = (heard(world(CIRCLE, weather=Weather(), seed=seed), 1) for seed in (1, 1, 2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_a_scene_sounds_the_same_wherever_one_begins() -> None:
    here = world(CIRCLE, weather=Weather())
    assert np.array_equal(next(soundscape.blocks(here, 2)), heard(here, 3)[2 * RATE_HZ :])


def test_a_drone_is_silent_before_and_after_its_flight_and_beyond_two_kilometres() -> None:
    short = msgspec.structs.replace(CIRCLE, from_s=1.0, until_s=2.5, gust_m=0.0)
    far = msgspec.structs.replace(CIRCLE, name="far", path=Hover(2500.0, 0.0, 60.0))
    level = np.std(heard(world(short, far), 4).reshape(-1, RATE_HZ // 10, 4), axis=(1, 2))
    assert np.max(level[:11]) < 1e-3 * np.max(level)
    assert np.min(level[18:24]) > 0.1 * np.max(level)
    assert np.max(level[29:]) < 1e-3 * np.max(level)
    rows = list(soundscape.truth(world(short), 4.0))
    assert (rows[0].t_s, rows[-1].t_s) == pytest.approx((1.2, 2.7), abs=0.11)


def test_the_truth_is_where_the_drone_was_when_it_sounded() -> None:
    here = world(CIRCLE)
    for row in list(soundscape.truth(here, 3.0))[::7]:
        was = here.truth_of(CIRCLE, row.t_s - row.range_m / propagation.speed_of_sound_mps(15.0))
        assert row.range_m == pytest.approx(was.range_m, abs=0.01)
        assert row.azimuth_deg == pytest.approx(np.degrees(np.arctan2(was.east_m, was.north_m)) % 360, abs=0.02)
        assert row.elevation_deg == pytest.approx(np.degrees(np.arcsin(was.up_m / was.range_m)), abs=0.02)


def test_noise_is_as_loud_as_the_weather_says() -> None:
    full_scale = QUIET.full_scale_db_spl + 20 * np.log10(np.sqrt(2))
    calm = heard(world(weather=Weather(wind_mps=0.0, ambience_db_spl=50.0)), 3)
    assert propagation.level_db_spl(calm * np.float32(REFERENCE_PA)) + full_scale == pytest.approx(50.0, abs=1.0)
    storm = heard(world(weather=Weather(wind_mps=25.0)), 2)
    assert np.mean(np.abs(storm) == 1.0) > 0.01, "a storm clips"


def test_a_wav_has_its_truth_beside_it(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text(ONE)
    assert sound.main([str(tmp_path / "one.toml"), "--seconds", "1.5", "--seed", "3", "--out", str(tmp_path / "one.wav")]) == 0
    samples_read, rate_hz = soundfile.read(tmp_path / "one.wav", dtype="float32")
    made = heard(World.load(tmp_path / "one.toml", 3), 2)[: 3 * RATE_HZ // 2]
    assert rate_hz == RATE_HZ
    assert np.max(np.abs(samples_read - made)) < 2**-22
    rows = list(csv.DictReader((tmp_path / "one.csv").read_text().splitlines()))
    assert list(rows[0]) == ["t_s", "name", "azimuth_deg", "elevation_deg", "range_m"]
    assert len(rows) == 15
    assert float(rows[3]["azimuth_deg"]) == pytest.approx(45.0, abs=3.0)


def test_no_scene_is_said_and_not_raised(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sound.main([str(tmp_path / "none.toml"), "--out", str(tmp_path / "none.wav")]) == 1
    assert "none.toml" in capsys.readouterr().err


def test_a_pipe_carries_a_wav_of_the_scene_as_time_passes(tmp_path: Path) -> None:
    pipe, stop, read = tmp_path / "sound", Event(), bytearray()
    os.mkfifo(pipe)
    here = world(CIRCLE)
    player = Thread(target=sound.play, args=(here, pipe, 30.0, stop))
    player.start()
    with pipe.open("rb") as file:
        while len(read) < 44 + RATE_HZ * 4 * 2 // 2:
            read += file.read1(8192)
        stop.set()
        while chunk := file.read1(65_536):
            read += chunk
    player.join()
    assert bytes(read[:44]) == header(4, RATE_HZ)
    assert unpack("<HHI", read[20:28]) == (1, 4, RATE_HZ)
    piece = 4 * 2 * RATE_HZ // sound.PIECES
    pieces = [bytes(read[at : at + piece]) for at in range(44, len(read) - piece + 1, piece)]
    second = samples(heard(here, 8))
    known = [second[at : at + piece] for at in range(0, len(second), piece)]
    first = known.index(pieces[0])
    assert pieces == known[first : first + len(pieces)]


def test_what_nobody_reads_is_left_out_in_whole_pieces(tmp_path: Path) -> None:
    path, piece = tmp_path / "sound", np.zeros((60_000, 4), dtype=np.float32)
    os.mkfifo(path)
    pipe = WavPipe(path, 4, RATE_HZ)
    assert not pipe.write(piece)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    sent = [pipe.write(piece + np.float32(k / 8)) for k in range(4)]
    assert sent == [True, True, True, False]
    data = b""
    while len(data) < 44 + 2 * 480_000:
        data += os.read(reader, 1 << 16)
    assert pipe.write(piece - np.float32(0.5))
    while len(data) < 44 + 4 * 480_000:
        data += os.read(reader, 1 << 16)
    values = np.frombuffer(data[44:], dtype="<i2").reshape(-1, 60_000, 4)
    assert [set(np.unique(value)) for value in values] == [{0}, {4096}, {8192}, {-16384}]
    os.close(reader)
    assert not pipe.write(piece)
    assert (pipe.written, pipe.unread, pipe.readers) == (4, 3, 1)
    pipe.close()


def test_samples_are_clipped_at_full_scale() -> None:
    assert np.frombuffer(samples(np.array([[2.0, -2.0, 0.5]], dtype=np.float32)), dtype="<i2").tolist() == [32_767, -32_768, 16_384]


def test_a_scene_may_name_every_aircraft_that_there_is() -> None:
    assert set(get_args(scene.Aircraft)) == set(PRESETS)


def test_an_array_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text(ONE.replace("square_4", "square_5"))
    with pytest.raises(SceneError, match=r"square_5.*uma_16"):
        scene.load(tmp_path / "one.toml")


def test_a_device_has_its_microphones_on_its_own_channels() -> None:
    here = world(CIRCLE, weather=Weather())
    other = World(msgspec.structs.replace(here.scene, microphones=Microphones("respeaker_usb_4", rate_hz=RATE_HZ)), 1)
    block, frames = next(soundscape.blocks(other)), next(soundscape.recorded(other))
    assert frames.shape == (RATE_HZ, 6)
    assert np.array_equal(frames[:, 1:5], block)
    assert not np.any(frames[:, [0, 5]])
