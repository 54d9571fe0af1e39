"""`edge-node calibrate` as a technician calls it, on a recording and before a hub."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from edge_node.cli import parser
from edge_node.commands.calibrate import calibrate, way_of
from edge_node.commands.flight import FlightError, flight, progress, recording
from edge_node.config import NodeTable
from edge_node.config_file import load
from edge_node.field.align.bearings import Pose
from edge_node.field.align.path import AlignError
from edge_node.field.align.path import Path as Way
from edge_node.messages import BusMessage, NodeStatus, PositionFix, SensorStatus
from edge_node.node import status
from edge_node.node.asked_recording import AskedRecording
from tests.edge_node.field.align.flights import HERE, MONO_S, UTC_S, heard, hovering, remote_id, seen, weaving

TRUE, TOLD = Pose(20.0, -45.0, 0.0), Pose(35.0, -40.0, 4.0)
TOML = """
[node]
name = "mast"
state_dir = "state"
run_dir = "run"
latitude_deg = {latitude}
longitude_deg = {longitude}
altitude_wgs84_m = {altitude}

[[sensor]]
name = "wifi"
driver = "recording"
path = "none.pcap"

[[sensor]]
name = "microphones"
driver = "mic_array"
array = "uma_16"
azimuth_deg = 35  # by eye
tilt_deg = -40
roll_deg = 4
temperature_c = 15
"""


@pytest.fixture(scope="module")
def flown() -> list[BusMessage]:
    fix = PositionFix(
        t_mono_ns=round(MONO_S * 1e9),
        sensor="gnss",
        has_fix=True,
        t_utc_ns=round(UTC_S * 1e9),
        latitude_deg=HERE.latitude_deg,
        longitude_deg=HERE.longitude_deg,
        altitude_wgs84_m=HERE.altitude_wgs84_m,
        pulse_mono_ns=round(MONO_S * 1e9),
    )
    said: list[BusMessage] = [fix, *remote_id(weaving), *heard(weaving, TRUE, TOLD)]
    return sorted(said, key=lambda one: one.t_mono_ns)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "node.toml"
    path.write_text(TOML.format(latitude=HERE.latitude_deg, longitude=HERE.longitude_deg, altitude=HERE.altitude_wgs84_m))
    return path


def written(folder: Path, messages: Sequence[BusMessage]) -> Path:
    path = folder / "flight.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in messages))
    return path


def called(config: Path, *words: str) -> int:
    return calibrate(parser().parse_args(["calibrate", "-c", str(config), *words]))


def test_it_shows_the_lines_and_changes_nothing(config: Path, flown: list[BusMessage], capsys: pytest.CaptureFixture[str]) -> None:
    before = config.read_text()
    assert called(config, "--from", str(written(config.parent, flown))) == os.EX_OK
    said = capsys.readouterr().out
    assert "the fix's own time" in said
    lines = dict(line.split(" = ") for line in said.splitlines() if "_deg = " in line)
    assert float(lines["azimuth_deg"]) == pytest.approx(20.0, abs=1.5)
    assert float(lines["tilt_deg"]) == pytest.approx(-45.0, abs=1.5)
    assert float(lines["roll_deg"]) == pytest.approx(0.0, abs=1.5)
    assert "s late" in said
    assert config.read_text() == before


def test_with_write_it_changes_them_and_keeps_the_rest(config: Path, flown: list[BusMessage], capsys: pytest.CaptureFixture[str]) -> None:
    before = config.read_text()
    assert called(config, "--write", "--from", str(written(config.parent, flown))) == os.EX_OK
    (_, microphones) = load(config).sensor
    assert microphones.options["azimuth_deg"] == pytest.approx(20.0, abs=1.5)
    assert "# by eye" in config.read_text()
    (backup,) = config.parent.glob("*.bak")
    assert backup.read_text() == before
    assert "reload" in capsys.readouterr().err


def test_a_poor_flight_writes_nothing_and_says_what_to_fly(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    poor = [*remote_id(hovering), *heard(hovering, TRUE, TOLD)]
    before = config.read_text()
    assert called(config, "--write", "--from", str(written(config.parent, poor))) == 1
    said = capsys.readouterr().out
    assert "fly across" in said
    assert "azimuth_deg = " not in said
    assert config.read_text() == before


def test_json_is_a_line_for_each_sensor(config: Path, flown: list[BusMessage], capsys: pytest.CaptureFixture[str]) -> None:
    assert called(config, "--json", "--from", str(written(config.parent, flown))) == os.EX_OK
    (line,) = capsys.readouterr().out.splitlines()
    assert msgspec.json.decode(line)["sensor"] == "microphones"


def test_a_camera_is_told_how_sure_its_mounting_is(config: Path, flown: list[BusMessage], capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(config.read_text() + '\n[[sensor]]\nname = "camera"\ndriver = "camera"\ncamera = "lepton_3_5"\nazimuth_deg = 15\n')
    both = [*flown, *seen(weaving, Pose(10.0, 4.0, 1.0), Pose(15.0))]
    assert called(config, "--write", "--from", str(written(config.parent, both))) == os.EX_OK
    camera = load(config).sensor[-1].options
    assert camera["azimuth_deg"] == pytest.approx(10.0, abs=1.5)
    assert 0.1 <= camera["sigma_pose_deg"] < 1.0


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("run_dir", "moving = true\nrun_dir", "contradict"),
        ("[[sensor]]", "[[sensors]]", "unknown table"),
        ("latitude_deg", "# latitude_deg", "go together"),
    ],
    ids=["moving and fixed", "wrong table", "half a place"],
)
def test_a_wrong_configuration_is_said(config: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, why: str) -> None:
    config.write_text(config.read_text().replace(old, new))
    assert called(config, "--from", str(config)) == os.EX_CONFIG
    assert why in capsys.readouterr().err


def test_a_vehicle_and_a_node_without_a_place_are_refused(
    config: Path, flown: list[BusMessage], capsys: pytest.CaptureFixture[str]
) -> None:
    bare = "\n".join(line for line in config.read_text().splitlines() if not line.startswith(("latitude", "longitude", "altitude")))
    config.write_text(bare.replace("run_dir", "moving = true\nrun_dir"))
    assert called(config, "--from", str(written(config.parent, flown))) == os.EX_DATAERR
    assert "moves" in capsys.readouterr().err
    config.write_text(bare)
    unplaced = [one for one in flown if not isinstance(one, PositionFix)]
    assert called(config, "--from", str(written(config.parent, unplaced))) == os.EX_DATAERR
    assert "latitude_deg" in capsys.readouterr().err
    assert called(config, "--from", str(written(config.parent, flown))) == os.EX_OK


@pytest.mark.parametrize(
    "text", [b"", b"\x00\xff\n" * 9, b'{"kind":"nothing"}\n', b"[" * 300_000], ids=["empty", "binary", "other", "endless"]
)
def test_a_file_that_is_no_recording_is_said(config: Path, capsys: pytest.CaptureFixture[str], text: bytes) -> None:
    (config.parent / "x.jsonl").write_bytes(text)
    assert called(config, "--from", str(config.parent / "x.jsonl")) == os.EX_DATAERR
    assert "holds no detections" in capsys.readouterr().err


def test_without_a_node_that_runs_it_says_so(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(config) == os.EX_DATAERR
    assert "no node runs" in capsys.readouterr().err


@pytest.fixture
def hub(tmp_path: Path, flown: list[BusMessage]) -> Iterator[NodeTable]:
    """A hub's recording at work: all of a flight comes as if it were of now."""
    node = NodeTable(name="mast", state_dir=tmp_path / "state", run_dir=tmp_path / "run")
    node.run_dir.mkdir(mode=0o700)
    asking, stop = AskedRecording(node.run_dir, node.state_dir), threading.Event()
    running = SensorStatus(name="hub", driver="hub", state="running", sentence="", since_mono_ns=0, restarts=0, pid=1)

    def serve() -> None:
        while not stop.wait(0.1):
            now_ns = time.monotonic_ns()
            told = NodeStatus(name="mast", verdict="green", sentence="", sensors=(), hub=running, t_mono_ns=now_ns)
            status.write(node.run_dir, told)
            asking.look(now_ns)
            for one in flown[:200]:
                asking.take(one)

    thread = threading.Thread(target=serve)
    thread.start()
    while status.read(node.run_dir) is None:
        time.sleep(0.01)
    yield node
    stop.set()
    thread.join()
    asking.end()


def test_the_hub_records_for_it_and_stops_when_it_has_enough(
    hub: NodeTable, flown: list[BusMessage], capsys: pytest.CaptureFixture[str]
) -> None:
    def no_way(_: Sequence[BusMessage]) -> Way:
        raise AlignError("none yet")

    told = flight(hub, 1.5, no_way)
    assert told[:200] == flown[:200]
    assert "none yet" in capsys.readouterr().err
    (path,) = (hub.state_dir / "recordings").iterdir()
    assert recording(path)[: len(told)] == told
    size = -1
    while size != (size := path.stat().st_size):
        time.sleep(0.5)


def test_a_hub_that_does_not_record_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = NodeTable(name="mast", state_dir=tmp_path / "state", run_dir=tmp_path)
    running = SensorStatus(name="hub", driver="hub", state="running", sentence="", since_mono_ns=0, restarts=0, pid=1)
    status.write(tmp_path, NodeStatus(name="m", verdict="green", sentence="", sensors=(), hub=running, t_mono_ns=time.monotonic_ns()))
    monkeypatch.setattr("edge_node.commands.flight.BEGINS_WITHIN_S", 0.3)
    with pytest.raises(FlightError, match="does not begin"):
        flight(node, 10.0, lambda _: pytest.fail("nothing was recorded"))
    assert not (tmp_path / "record.json").exists()


def test_progress_says_what_was_flown_and_what_is_next(config: Path, flown: list[BusMessage]) -> None:
    read = load(config)
    some = [one for one in flown if one.t_mono_ns < (MONO_S + 12) * 1e9]
    said = progress(some, lambda messages: way_of(messages, read, None, live=False))
    assert "microphones" in said
    assert "azimuth" in said
    assert "next: " in said
    silent = [replace(one, latitude_deg=None) if one.sensor == "wifi" else one for one in some]
    assert "no Remote ID" in progress(silent, lambda messages: way_of(messages, read, None, live=False))
