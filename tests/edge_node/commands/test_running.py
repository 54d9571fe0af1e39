"""The commands as a user calls them: real processes, their output and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def _call(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "edge_node", *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False
    )


def _config(folder: Path, text: str = "") -> Path:
    path = folder / "node.toml"
    path.write_text(f'node.run_dir = "run"\nnode.state_dir = "state"\n{text}')
    return path


def test_detect_prints_one_object_a_frame_with_every_field(shared_data: Path) -> None:
    done = _call("detect", shared_data / "remote_id/parrot_anafi4_real.pcap", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert len(rows) == 1140
    assert {row["kind"] for row in rows} == {"remote_id"}
    assert {found["value"] for row in rows for found in row["ids"]} == {"1588E040445AC004418"}
    assert sum((row["direction_deg"] or 0) > 180 for row in rows) == 750
    assert rows[0]["t_s"] < 0.1
    assert 122 < rows[-1]["t_s"] < 123
    asked = (
        "transport transmitter rssi_dbm ids latitude_deg longitude_deg altitude_wgs84_m altitude_baro_m height_m direction_deg speed_mps"
    )
    asked += " vertical_speed_mps operator_latitude_deg operator_longitude_deg operator_altitude_wgs84_m operator_id system_time_utc flags"
    assert set(asked.split()) | {"damaged"} <= rows[0].keys()


def test_detect_prints_a_table(shared_data: Path) -> None:
    done = _call("detect", shared_data / "remote_id/odid_wifi_bcn_sample.pcap")
    lines = done.stdout.splitlines()
    assert lines[0].split()[:3] == ["t_s", "transport", "transmitter"]
    assert len(lines) == 22
    assert all(line.split()[1] == "wifi_beacon" for line in lines[1:])


def test_replay_makes_one_aircraft_of_a_real_flight(shared_data: Path) -> None:
    done = _call("replay", shared_data / "remote_id/parrot_anafi4_real.pcap", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["event"] for row in rows if row["kind"] == "event"] == ["new", "confirmed", "identified"]
    (track,) = (row for row in rows if row["kind"] == "track")
    assert track["identity"]["ids"] == [{"type": "serial_number", "value": "1588E040445AC004418"}]
    assert track["heard"][0]["count"] == 1140


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"RIFFxxxxACON", "is no sound; WAVE is"),
        (b"RIFFxxxxAVI ", "can be decoded"),
        (b"GIF89aGIF89a", "recordings of these kinds are read: avi, btsnoop, flac, matroska, mjpeg, mov, mp4, mpeg-ts, pcap, pcapng, wav"),
        (None, "there is no"),
    ],
)
def test_what_is_no_recording_is_named(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "x.pcap"
    if content is not None:
        path.write_bytes(content)
    for command in ("detect", "replay"):
        done = _call(command, path)
        assert done.returncode == os.EX_DATAERR
        assert words.lower() in done.stderr.lower()
        assert "Traceback" not in done.stderr


def test_an_unknown_kind_is_named(tmp_path: Path) -> None:
    done = _call("detect", tmp_path / "x.pcap", "--as", "radar")
    assert done.returncode == os.EX_USAGE
    assert "detects remote_id" in done.stderr


def test_check_config_names_what_is_wrong_and_what_is_right(tmp_path: Path) -> None:
    good = _call("check-config", "-c", _config(tmp_path, '[[sensor]]\nname = "g"\ndriver = "gnss"\nport = "/dev/ttyACM0"'))
    assert (good.returncode, good.stderr) == (0, "")
    bad = _call("check-config", "-c", _config(tmp_path, '[[sensor]]\nname = "g"\ndriver = "gns"'))
    assert bad.returncode == os.EX_CONFIG
    assert "line 5: unknown driver 'gns': did you mean 'gnss'?" in bad.stderr


def test_keys_shows_the_same_public_key_twice_and_no_secret(tmp_path: Path) -> None:
    once, twice = (_call("keys", "-c", _config(tmp_path)) for _ in range(2))
    assert once.returncode == 0
    assert once.stdout == twice.stdout
    (file,) = (path for path in (tmp_path / "state").rglob("*") if path.is_file())
    assert file.stat().st_mode & 0o777 == 0o600
    secret = file.read_text().split("secret = '")[1].split("'")[0]
    assert len(secret) == 40
    assert secret not in once.stdout


def test_keys_are_made_once_and_the_next_ones_wait_beside_them(tmp_path: Path) -> None:
    config = _config(tmp_path)
    none, made, again = (_call("keys", what, "-c", config) for what in ("rotate", "make", "make"))
    assert (none.returncode, made.returncode, again.returncode) == (1, 0, 1)
    assert "make one first" in none.stderr
    assert "0 days ago" in made.stdout
    assert "there is a key pair already" in again.stderr
    first, second = (_call("keys", "rotate", "-c", config) for _ in range(2))
    assert first.stdout == second.stdout != made.stdout
    assert "the next key, " in first.stdout
    assert _call("keys", "-c", config).stdout.startswith(made.stdout)
    assert {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "state/keys").iterdir()} == {
        "curve.toml": 0o600,
        "next.toml": 0o600,
    }


def test_root_makes_no_keys_in_the_folder_of_the_nodes_own_user(tmp_path: Path, as_root: None) -> None:
    (tmp_path / "state").mkdir()
    os.chown(tmp_path / "state", 54321, 54321)
    for what in ("show", "make", "rotate"):
        done = _call("keys", what, "-c", _config(tmp_path))
        assert done.returncode == 1
        assert "belongs to #54321" in done.stderr
    assert list((tmp_path / "state").iterdir()) == []


def test_status_of_no_node_says_so(tmp_path: Path) -> None:
    done = _call("status", "-c", _config(tmp_path))
    assert done.returncode == 2
    assert "no node runs in" in done.stderr


@pytest.mark.parametrize("command", ["run", "check-config", "keys", "status", "hub"])
def test_a_broken_configuration_is_named_without_a_traceback(tmp_path: Path, command: str) -> None:
    done = _call(command, "-c", _config(tmp_path, "[c2]\nrate_hz = 'fast'"))
    assert done.returncode == os.EX_CONFIG
    assert "line 4: c2.rate_hz = 'fast': expected float, got str" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_worker_by_hand_names_the_sensor_that_is_not_there(tmp_path: Path) -> None:
    done = _call("worker", "wifi", "-c", _config(tmp_path))
    assert done.returncode == os.EX_CONFIG
    assert "no [[sensor]] in the configuration has the name 'wifi'" in done.stderr
