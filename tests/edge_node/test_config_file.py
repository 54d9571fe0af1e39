"""node.toml: every problem named with its line, key and the nearest right one."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers import catalog
from edge_node.config import Config, GatewayTable, ProtectTable, from_json, to_json
from edge_node.config_file import ConfigError, load

KEY = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"


GATE = '[[protect]]\nname = "gate"\nlatitude_deg = 50.1\nlongitude_deg = 4.4'


def _write(folder: Path, text: str) -> Path:
    path = folder / "node.toml"
    path.write_text(text)
    return path


def _problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(_write(folder, text))
    return [str(problem) for problem in caught.value.problems]


def test_an_empty_file_is_a_node_with_every_default(tmp_path: Path) -> None:
    assert load(_write(tmp_path, "")) == Config()


def test_a_whole_file_reads_and_crosses_a_pipe_unchanged(tmp_path: Path) -> None:
    config = load(
        _write(
            tmp_path,
            f"""
            [node]
            name = "mast-7"
            state_dir = "state"
            latitude_deg = 50
            longitude_deg = 4.35
            [c2]
            live = "tcp://127.0.0.1:5571"
            server_key = "{KEY}"
            [remote_id]
            known_aircraft = "known_aircraft.toml"
            known_aircraft_key = "unsigned"
            zones = ["zones/a.json", "/b.json"]
            [[protect]]
            name = "reactor"
            latitude_deg = 50.1
            longitude_deg = 4.4
            radius_m = 250
            [[protect]]
            name = "gate"
            latitude_deg = 50.11
            longitude_deg = 4.41
            [[sensor]]
            name = "wifi"
            driver = "wifi_monitor"
            interface = "mon0"
            [[sensor]]
            name = "tape"
            driver = "recording"
            path = "tapes/one.pcap"
            loop = true
            """,
        )
    )
    assert config.problems == ()
    assert config.node.state_dir == tmp_path / "state"
    assert config.remote_id.known_aircraft == tmp_path / "known_aircraft.toml"
    assert config.remote_id.zones == (tmp_path / "zones/a.json", Path("/b.json"))
    assert config.protect == (ProtectTable("reactor", 50.1, 4.4, 250.0), ProtectTable("gate", 50.11, 4.41, 100.0))
    assert config.sensor[0].arguments() == {"interface": "mon0", "plan": "default"}
    played = config.sensor[1].arguments()
    assert (played["path"], played["pace"], played["loop"], played["array"]) == (tmp_path / "tapes/one.pcap", "recorded", True, None)
    assert from_json(to_json(config)) == config


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[c2]\nconfirmd_rate_hz = 3", 2, "unknown key 'confirmd_rate_hz' in c2: did you mean 'confirmed_rate_hz'?"),
        ('[c2]\n\nrate_hz = "fast"', 3, "c2.rate_hz = 'fast': expected float, got str"),
        ("[tracking]\nconfirm_hits = 0", 2, "tracking.confirm_hits = 0: expected int >= 1"),
        ("[node]\nlatitude_deg = 91", 2, "node.latitude_deg = 91: must be degrees from -90 to 90"),
        ('[c2]\nserver_key = "short"', 2, "c2.server_key = 'short': must be a CURVE public key, 40 characters of Z85"),
        ('[protect]\nname = "gate"', 1, "protect must be a list of tables, each written as [[protect]]"),
        ('[[protect]]\nname = "gate"\nlatitude_deg = 50', 1, "protect lacks the key 'longitude_deg'"),
        (f"{GATE}\nradius = 50", 5, "unknown key 'radius' in protect: did you mean 'radius_m'?"),
        (f"{GATE}\nradius_m = 0", 5, "protect.radius_m = 0: must be metres, above 0 and at most 20000"),
        (f"{GATE}\nradius_m = 1e9", 5, "protect.radius_m = 1000000000.0: must be metres, above 0 and at most 20000"),
        (f"{GATE}\n{GATE}", 6, "two places of protect have the name 'gate'"),
        ('[c2]\nlive = "tcp://c2:5571"', 2, "c2.live needs c2.server_key"),
        ('[remote_id]\nknown_aircraft = "known.toml"', 2, "remote_id.known_aircraft needs remote_id.known_aircraft_key"),
        ('[remote_id]\nknown_aircraft_key = "none"', 2, "remote_id.known_aircraft_key = 'none': must be an Ed25519 public key"),
        ('[remote_id]\nzones = "a.json"', 2, "remote_id.zones = 'a.json': expected array"),
        ("[node]\nmoving = true\nlatitude_deg = 1\nlongitude_deg = 1", 2, "node.moving and a fixed node.latitude_deg contradict"),
        ("[trackin]\n", 1, "unknown table or key 'trackin': did you mean 'tracking'?"),
        ("sensor = 3", 1, "sensor must be a list of tables"),
        ("c2 = 3", 1, "c2 must be a table"),
    ],
)
def test_a_problem_outside_the_sensors_is_named_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    (problem,) = _problems(tmp_path, text)
    assert problem.startswith(f"line {line}: {words}")


def test_a_node_protects_so_many_places_and_no_more(tmp_path: Path) -> None:
    gates = [GATE.replace("gate", f"gate {number}") for number in range(33)]
    assert _problems(tmp_path, "\n".join(gates)) == ["33 tables of protect, and a node watches 32 places at most"]
    assert len(load(_write(tmp_path, "\n".join(gates[:32]))).protect) == 32


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    assert len(_problems(tmp_path, '[c2]\nrate_hz = "a"\nheartbeat = 1\n[tracking]\nconfirm_hits = 0')) == 3


@pytest.mark.parametrize("text", ["[node", "name = ", "\x00", "a = 1\na = 2"])
def test_what_is_no_toml_is_said_so(tmp_path: Path, text: str) -> None:
    (problem,) = _problems(tmp_path, text)
    assert "cannot be read" in problem


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.toml cannot be read: No such file"):
        load(tmp_path / "absent.toml")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('name = "b"\ndriver = "wifi_monitor"\ninterfce = "mon0"', "line 7: unknown key 'interfce' in sensor: did you mean 'interface'?"),
        ('name = "b"\ndriver = "wifi_monitor"', "line 4: sensor lacks the key 'interface'"),
        ('name = "b"\ndriver = "wifi_monitr"', "line 6: unknown driver 'wifi_monitr': did you mean 'wifi_monitor'?"),
        ('name = "B b"\ndriver = "gnss"', "line 5: sensor.name = 'B b': must be a name"),
        ('name = "a"\ndriver = "gnss"', "line 5: two sensors have the name 'a'"),
        ('name = "hub"\ndriver = "gnss"', "line 5: the name 'hub' is the node's own"),
        ('driver = "gnss"', "line 4: sensor lacks the key 'name'"),
    ],
)
def test_a_wrong_sensor_is_off_and_the_rest_on(tmp_path: Path, table: str, words: str) -> None:
    config = load(_write(tmp_path, f'[[sensor]]\nname = "a"\ndriver = "gnss"\n[[sensor]]\n{table}'))
    assert [sensor.name for sensor in config.sensor] == ["a"]
    assert any(str(problem).startswith(words) for problem in config.problems)
    assert all(problem.sensor for problem in config.problems)


def test_a_run_dir_too_long_for_a_socket_is_refused(tmp_path: Path) -> None:
    (problem,) = _problems(tmp_path, f'[node]\nrun_dir = "/tmp/{"x" * 100}"')
    assert "too long" in problem


CAMERA = """
[[sensor]]
name = "gate"
driver = "camera"
camera = "network_camera"
url = "rtsp://user:secret@camera/x"
horizontal_fov_deg = 60
azimuth_deg = 310
masks = [[[0, 300], [210, 260.5], [0, 576]], [[1, 1], [2, 1], [2, 2]]]
"""


def test_a_camera_crosses_a_pipe_with_its_masks_and_can_be_made(tmp_path: Path) -> None:
    config = load(_write(tmp_path, CAMERA))
    assert config.problems == ()
    assert from_json(to_json(config)) == config
    arguments = from_json(to_json(config)).sensor[0].arguments()
    assert arguments["masks"] == (((0.0, 300.0), (210.0, 260.5), (0.0, 576.0)), ((1.0, 1.0), (2.0, 1.0), (2.0, 2.0)))
    assert catalog.load("camera")(**arguments).words() == ""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("= 60", "= 200", "sensor.horizontal_fov_deg = 200: must be degrees above 0 and at most 170"),
        ("[0, 576]]", "[0, 576, 1]]", "must be up to 64 polygons, each of 3 to 64 places of [x, y] in pixels"),
        ("[[1, 1], [2, 1], [2, 2]]", "[[1, 1], [2, 1]]", "must be up to 64 polygons, each of 3 to 64 places of [x, y] in pixels"),
        ('"network_camera"', '"../x.toml"', "must be the name of a known camera, or the absolute path of a .toml file"),
        ("url =", "ulr =", "unknown key 'ulr' in sensor: did you mean 'url'?"),
        ("masks", 'transport = "sctp"\nmasks', "sensor.transport = 'sctp'"),
        ("masks", "silent_after_s = 0\nmasks", "sensor.silent_after_s = 0"),
    ],
)
def test_what_is_wrong_with_a_camera_is_named_without_its_password(tmp_path: Path, old: str, new: str, words: str) -> None:
    config = load(_write(tmp_path, CAMERA.replace(old, new, 1)))
    said = "\n".join(str(problem) for problem in config.problems)
    assert words in said
    assert "secret" not in said


def test_gateways_hear_beside_c2(tmp_path: Path) -> None:
    one = f"[[gateway]]\nlive = 'tcp://gateway:5571'\nserver_key = '{KEY}'\n"
    assert load(_write(tmp_path, one)).gateway == (GatewayTable(live="tcp://gateway:5571", server_key=KEY),)
    assert _problems(tmp_path, one * 5) == ["5 tables of gateway, and a node has 4 at most"]
    assert "gateway lacks the key 'server_key'" in _problems(tmp_path, "[[gateway]]\nlive = 'tcp://gateway:5571'\n")[0]
    assert "gateway must be a list of tables, each written as [[gateway]]" in _problems(tmp_path, "[gateway]\nlive = 'tcp://x:1'\n")[0]
