"""The code of docs/new-sensor.md runs as it stands there, and its numbers are those of the node."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from drivers import source
from edge_node.config import SupervisionTable
from edge_node.fusion.claims.covered import FRESH_NS
from edge_node.fusion.measurement import MOST_BOUND, MOST_SPEED_MPS, UNSAID_VERTICAL_M
from edge_node.fusion.pointing import KNOWN_BY
from edge_node.messages import BearingDetection, Coverage, PositionDetection, Sense, TargetLabel, Track
from edge_node.node import tracks_file
from edge_node.node.gate.targets import LEAST_APART_NS, MOST_TARGETS
from edge_node.node.guarded import FAILURES_IN_A_ROW, MOST_BYTES, MOST_MESSAGES
from tests.docs.adsb import BUILD
from tests.running import RunningNode, running_node, wait_for

PAGE = Path(__file__).parents[2] / "docs" / "new-sensor.md"
TEXT = PAGE.read_text(encoding="utf-8")
PLOT = {"id": 7, "range_m": 2_000, "azimuth_deg": 77.5, "elevation_deg": 3.0, "sigma_range_m": 5.0, "sigma_azimuth_deg": 1.5}
PLOT |= {"sigma_elevation_deg": 1.0, "p_drone": 0.8, "p_bird": 0.1, "rcs_dbsm": -20.0}


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's radar as an installed wheel."""
    folder, site = tmp_path / "radar", tmp_path / "site"
    folder.mkdir()
    site.mkdir()
    (folder / "my_radar.py").write_text(blocks("python")[0], encoding="utf-8")
    (folder / "pyproject.toml").write_text(blocks("toml")[0], encoding="utf-8")
    built = subprocess.run([sys.executable, "-c", BUILD, str(site)], cwd=folder, capture_output=True, check=True, text=True)
    with zipfile.ZipFile(site / built.stdout.split()[-1]) as wheel:
        wheel.extractall(site)
    monkeypatch.setenv("PYTHONPATH", str(site))


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def sending(port: int) -> Iterator[None]:
    """A radar, with damaged datagrams between."""
    ended = threading.Event()

    def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as to:
            while not ended.wait(0.1):
                for data in (json.dumps(PLOT).encode(), b'{"id": 7', b"[]", b'{"id": 1, "range_m": NaN}'):
                    to.sendto(data, ("127.0.0.1", port))

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def confirmed(node: RunningNode) -> Track | None:
    now = tracks_file.read(node.run_dir)
    return next((one for one in now.tracks if one.state == "confirmed"), None) if now else None


@pytest.mark.usefixtures("package")
def test_the_radar_of_the_page_makes_tracks(tmp_path: Path) -> None:
    port = free_port()
    table = blocks("toml")[1].replace("5100", str(port))
    assert str(port) in table
    with sending(port), running_node(tmp_path, table) as node:
        track = wait_for(lambda: confirmed(node), 40, "the radar's target is a track")
        assert track.target is not None
        assert (track.target.label, track.target.rcs_dbsm) == ("multirotor", -20.0)
        assert track.kinematics is not None
        assert track.kinematics.latitude_deg == pytest.approx(48.35, abs=1e-4)
        assert track.kinematics.longitude_deg == pytest.approx(11.78 + 1_997 / 74_000, abs=5e-4)
        assert track.kinematics.altitude_wgs84_m == pytest.approx(495 + 105, abs=3)
        node.wait_for("radar", lambda part: "damaged datagrams" in part.sentence, 10, "what is damaged is counted")


def test_every_field_of_a_detection_stands_on_the_page() -> None:
    fields = {one.name for kind in (PositionDetection, BearingDetection) for one in msgspec.structs.fields(kind)}
    unsaid = {one for one in fields if f"`{one}`" not in TEXT}
    assert unsaid == {
        "t_mono_ns",
        "sensor",
        "azimuth_rate_dps",
        "elevation_rate_dps",
        "sigma_velocity_mps",
        "sigma_velocity_up_mps",
    }
    assert [label for label in get_args(TargetLabel) if f"`{label}`" not in TEXT] == []
    assert [kind for kind in KNOWN_BY if f"`{kind}`" not in TEXT] == []


def test_every_field_of_a_coverage_stands_on_the_page_and_its_code_makes_one() -> None:
    fields = {one.name for one in msgspec.structs.fields(Coverage)}
    assert {one for one in fields if f"`{one}`" not in TEXT} == {"t_mono_ns", "sensor"}
    assert [sense for sense in get_args(Sense) if f"`{sense}`" not in TEXT] == []
    assert f"says nothing for {FRESH_NS / 1e9:g} s covers nothing" in TEXT
    made: dict[str, Any] = {}
    exec("\n".join(blocks("python")[:2]), made)  # noqa: S102 -- the page's own code
    radar = made["RadarOptions"](port=5_100, latitude_deg=48.0, longitude_deg=11.0, altitude_wgs84_m=500.0, azimuth_deg=12.5)
    said = made["coverage"](made["Plot"](1, 0, 0, radar, b""), clutter=True)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(said), type=Coverage) == said
    assert (said.azimuth_deg, said.reach_m, said.notes) == (12.5, 0.0, ("rain",))


def test_numbers_and_names_of_the_page_are_those_of_the_node() -> None:
    assert (f"{MOST_TARGETS} objects at\nonce" in TEXT, 1e9 / LEAST_APART_NS >= 20, "each 20 times a second" in TEXT) == (True, True, True)
    assert f"at {FAILURES_IN_A_ROW} blocks in a row" in TEXT
    assert f"a message above {MOST_BYTES >> 10} KiB or more than {MOST_MESSAGES} of a block" in TEXT
    assert f"above 0, at most {MOST_BOUND:.0f} |" in TEXT
    assert f"within ±{MOST_SPEED_MPS:.0f} |" in TEXT
    assert f"height unknown; {UNSAID_VERTICAL_M:.0f} m |" in TEXT
    assert f"every {SupervisionTable().absent_retry_s:g} s" in TEXT
    assert f"silent for {SupervisionTable().stall_after_s:g} s is ended" in TEXT
    for name in re.findall(r"^\| `(Source\w+)`", TEXT, re.MULTILINE):
        assert issubclass(getattr(source, name), source.SourceError)
