from __future__ import annotations

import csv
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tools.simulate import radio
from tools.simulate.antenna import loss_db, of_world
from tools.simulate.iq.front_end import FrontEnd
from tools.simulate.iq.keyed import Thermometer
from tools.simulate.iq.mixer import heard
from tools.simulate.iq.wave import Spot
from tools.simulate.scene import SceneError
from tools.simulate.world import World

ROOT = Path(__file__).parents[3]
SCENE = """
name = "two links"
[node]
latitude_deg = 50.0
longitude_deg = 4.0
ground_wgs84_m = 50.0
mast_m = 8.0
[[drone]]
name = "near"
path = {{ kind = "waypoints", points = [
    {{ east_m = 400.0, north_m = 0.0, height_m = 60.0, speed_mps = 20.0 }}, {{ east_m = 20.0, north_m = 0.0, height_m = 60.0 }} ] }}
operator = {{ east_m = 500.0, north_m = 0.0 }}
link = [{{ name = "{link}" }}]
[[drone]]
name = "far"
path = {{ kind = "hover", east_m = 4000.0, north_m = 0.0, height_m = 60.0 }}
operator = {{ east_m = 4100.0, north_m = 0.0 }}
[[drone.link]]
name = "elrs_eu868_50"
eirp_dbm = 14.0
[[emitter]]
name = "meter"
link = "wmbus_t"
east_m = 30.0
north_m = 10.0
"""


def test_a_scene_is_heard_by_range_and_power(tmp_path: Path) -> None:
    path = tmp_path / "scene.toml"
    path.write_text(SCENE.format(link="elrs_eu868_200"))
    links = of_world(World.load(path, 4))
    truth: list[Spot] = []
    blocks = list(heard(links, FrontEnd(866.425e6, 9.6e6, bits=12), 0.3, 4, truth=truth))
    assert sum(len(block.samples) for block in blocks) == 2_880_000
    strength = {name: [spot.snr_db for spot in truth if spot.link == name] for name in ("elrs_eu868_200", "elrs_eu868_50", "wmbus_t")}
    assert len(strength["elrs_eu868_200"]) == pytest.approx(60, abs=1)
    assert len(strength["elrs_eu868_50"]) == pytest.approx(15, abs=1)
    assert np.median(strength["elrs_eu868_200"]) > np.median(strength["elrs_eu868_50"]) + 10


def test_a_scene_shifts_what_comes_nearer(tmp_path: Path) -> None:
    path = tmp_path / "scene.toml"
    path.write_text(SCENE.format(link="elrs_eu868_200"))
    air = of_world(World.load(path, 4))[0].aloft
    assert air.closing_mps is not None
    assert air.level_dbm is not None
    assert air.closing_mps(5.0) == pytest.approx(20.0, abs=1.5)
    assert air.level_dbm(18.0, 868e6) > air.level_dbm(0.0, 868e6)


def test_the_ground_takes_more_than_free_space_from_a_pilot_far_away() -> None:
    assert loss_db(100.0, 868e6, 60.0, 8.0) == pytest.approx(71.2, abs=0.1)
    assert loss_db(4000.0, 868e6, 1.5, 8.0) == pytest.approx(122.5, abs=0.2)


def test_a_link_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    path = tmp_path / "scene.toml"
    path.write_text(SCENE.format(link="elrs_900_nope"))
    with pytest.raises(SceneError, match=r"no radio link 'elrs_900_nope'; there are elrs_eu868_25"):
        of_world(World.load(path, 4))


@pytest.mark.parametrize("scene", sorted((ROOT / "tools/simulate/scenes").glob("*.toml")), ids=lambda path: path.stem)
def test_scenes_links_are_all_there(scene: Path) -> None:
    of_world(World.load(scene, 1))


@pytest.mark.parametrize(("suffix", "size", "datatype"), [(".cu8", 2, "cu8"), (".sigmf-data", 4, "ci16_le"), (".cf32", 8, "cf32_le")])
def test_a_recording_has_its_metadata_and_truth_beside_it(tmp_path: Path, suffix: str, size: int, datatype: str) -> None:
    out = tmp_path / f"made{suffix}"
    assert radio.main(["--link", "elrs_eu868_100", "lorawan", "--seconds", "0.2", "--out", str(out)]) == 0
    assert out.stat().st_size == 480_000 * size
    meta = json.loads(out.with_suffix(".sigmf-meta").read_text())
    assert meta["global"]["core:datatype"] == datatype
    assert meta["captures"][0]["core:frequency"] == pytest.approx(866.425e6)
    rows = list(csv.DictReader(out.with_suffix(".csv").read_text().splitlines()))
    assert len(rows) == len(meta["annotations"])
    assert {row["link"] for row in rows} >= {"elrs_eu868_100"}
    again = tmp_path / f"again{suffix}"
    assert radio.main(["--link", "elrs_eu868_100", "lorawan", "--seconds", "0.2", "--out", str(again)]) == 0
    assert again.read_bytes() == out.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--link", "nothing", "--out", "x.cu8"], "there is no link 'nothing'"),
        (["--link", "ble", "--out", "x.wav"], "its name must end with .cu8"),
        ([str(ROOT / "tools/simulate/scenes/demo.toml"), "--out", "x.cu8"], "--center HZ"),
    ],
    ids=["link", "format", "center"],
)
def test_what_cannot_be_made_is_said(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert radio.main(arguments) == 1
    assert words in capsys.readouterr().err


def test_rtl_433_reads_a_thermometer(tmp_path: Path) -> None:
    program = shutil.which("rtl_433")
    if program is None:
        pytest.skip("rtl_433 is not installed: apt install rtl-433")
    blocks = radio.heard([Thermometer(every_s=0.5, celsius=-3.2, humidity=71)], 433.94e6, 250e3, 3.0, 1, snr_db=38.0)
    front, out = FrontEnd(433.94e6, 250e3), tmp_path / "made.cu8"
    radio.write(out, blocks, [], front)
    command = [program, "-r", f"cu8:{out}", "-s", "250000", "-F", "json"]
    for _ in range(3):  # on a busy machine it may end before it has printed
        told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        if told.stdout:
            break
    found = json.loads(told.stdout.splitlines()[0])
    assert (found["model"], found["temperature_C"], found["humidity"]) == ("Nexus-TH", -3.2, 71)
