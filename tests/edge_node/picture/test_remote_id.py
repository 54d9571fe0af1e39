"""One page of a recording: what is drawn, and what is said where nothing can be."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from edge_node.messages import RemoteIdDetection, UasId
from edge_node.picture import plot
from edge_node.picture import remote_id as plot_remote_id
from edge_node.picture.page import MOST_POINTS, Thinned
from edge_node.picture.remote_id import MOST_AIRCRAFT, RemoteIdPage
from tools.simulate.remote_id import write_pcap
from tools.simulate.world import World

ROOT = Path(__file__).parents[3]
PNG = b"\x89PNG\r\n\x1a\n"
SERIAL = UasId("serial_number", "TST0C000000000001")


def said(transmitter: str, *ids: UasId, **more: object) -> RemoteIdDetection:
    return RemoteIdDetection(t_mono_ns=0, transport="wifi_beacon", transmitter=transmitter, ids=ids, **more)


def _detect(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "edge_node", "detect", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT, env=os.environ | environment)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("air") / "demo.pcap"
    write_pcap(World.load(ROOT / "tools/simulate/scenes/demo.toml", 7), path, 0.0, 20.0, 1_773_483_072 * 10**9)
    return path


def test_a_recording_is_drawn_without_a_screen_and_printed_as_ever(recording: Path, tmp_path: Path) -> None:
    done = _detect(recording, "--json", "--plot", tmp_path / "page.png", DISPLAY="")
    assert done.returncode == 0, done.stderr
    assert done.stdout == _detect(recording, "--json").stdout
    assert (tmp_path / "page.png").read_bytes().startswith(PNG)
    assert "page.png" in done.stderr


def test_where_matplotlib_is_absent_the_command_that_helps_is_named(recording: Path, tmp_path: Path) -> None:
    (tmp_path / "matplotlib").mkdir()
    (tmp_path / "matplotlib" / "__init__.py").write_text("raise ImportError\n")
    done = _detect(recording, "--plot", tmp_path / "page.png", PYTHONPATH=str(tmp_path))
    assert done.returncode == os.EX_UNAVAILABLE
    assert done.stdout == ""
    assert f"{sys.executable} -m pip install '{plot.REQUIREMENT}'" in done.stderr


def test_the_command_that_helps_installs_what_the_extra_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["optional-dependencies"]["plot"] == [plot.REQUIREMENT]


def test_a_file_that_cannot_be_written_is_named(recording: Path, tmp_path: Path) -> None:
    done = _detect(recording, "--json", "--plot", tmp_path / "none" / "page.png")
    assert done.returncode == os.EX_CANTCREAT
    assert "none" in done.stderr
    assert "Traceback" not in done.stderr


def test_detect_without_a_plot_loads_no_matplotlib(recording: Path) -> None:
    code = f"import sys; sys.argv = ['edge-node', 'detect', {str(recording)!r}, '--json']; from edge_node.cli import main; main()"
    code += "; sys.stderr.write(str('matplotlib' in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stderr.endswith("False")


def test_one_aircraft_is_one_over_transmitters_and_before_it_is_named() -> None:
    page = RemoteIdPage()
    for detection in (said("a"), said("a", SERIAL), said("b", SERIAL), said("b"), said("c")):
        page.take(detection, 1.0)
    assert {name: one.frames for name, one in page._aircraft.items()} == {SERIAL.value: 4, "c": 1}


def test_a_swarm_is_bounded() -> None:
    page = RemoteIdPage()
    for number in range(MOST_AIRCRAFT + 10):
        page.take(said(f"m{number}", UasId("serial_number", str(number)), latitude_deg=1.0, longitude_deg=2.0), number)
    assert len(page._aircraft) == MOST_AIRCRAFT
    assert page.left_out == 10


def test_points_are_thinned_and_keep_their_span() -> None:
    line = Thinned()
    for number in range(20 * MOST_POINTS):
        line.add(number, number)
    assert MOST_POINTS / 2 <= len(line.points) <= MOST_POINTS
    assert line.points[-1][0] > 19.9 * MOST_POINTS - 100
    assert line.points == sorted(line.points)


@pytest.mark.parametrize("aircraft", [0, 1, 2, 11, 40])
def test_any_number_of_aircraft_is_drawn(tmp_path: Path, aircraft: int) -> None:
    page = RemoteIdPage()
    for number in range(aircraft):
        place = {"latitude_deg": 50 + number / 1e3, "longitude_deg": 4.0, "operator_latitude_deg": 50.0, "operator_longitude_deg": 4.0}
        page.take(said(f"m{number}", flags=("id_conflict",), rssi_dbm=-60, **place), number)
    page.draw("many").savefig(tmp_path / "page.png")
    assert (tmp_path / "page.png").read_bytes().startswith(PNG)


def test_one_claim_beyond_the_horizon_leaves_the_others_their_room(tmp_path: Path) -> None:
    page = RemoteIdPage()
    for number in range(100):
        page.take(said("a", latitude_deg=50 + number / 1e5, longitude_deg=4.0), number)
    page.take(said("b", latitude_deg=-89.9, longitude_deg=-179.0), 3.0)
    from matplotlib.figure import Figure  # noqa: PLC0415 -- only here

    axes = Figure().add_subplot()
    plot_remote_id._draw_map(axes, list(page._aircraft.values()), ["k", "r"])
    assert max(abs(edge) for edge in axes.get_xlim() + axes.get_ylim()) < 200
    assert any("more than 5 km away: 1" in text.get_text() for text in axes.texts)


@pytest.mark.parametrize(("most_m", "length_m"), [(0.3, 1), (6, 5), (20, 20), (99, 50), (1234, 1000), (45_000, 20_000)])
def test_the_scale_is_a_round_number(most_m: float, length_m: float) -> None:
    assert plot_remote_id._round_length(most_m) == length_m
