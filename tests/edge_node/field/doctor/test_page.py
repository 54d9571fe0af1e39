"""The page: 80 columns, one screen, whatever was found; and the running node that is found without being touched."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

import msgspec
import pytest

from edge_node.config import Config, SensorTable, short_name
from edge_node.field.doctor import keys, running, setting
from edge_node.field.doctor.grades import finding
from edge_node.field.doctor.page import MOST_ROWS, WIDTH, page
from edge_node.field.doctor.report import Report, ordered
from edge_node.messages import Finding, Grade, NodeStatus, SensorStatus
from edge_node.node import status
from edge_node.publish.keys import load_or_make
from edge_node.strict_toml import Problem

HUB = SensorStatus(name="hub", driver="", state="running", sentence="0 live tracks", since_mono_ns=0, restarts=0, pid=1)


def report(*findings: Finding, verdict: Grade = "ok") -> Report:
    return Report(
        node="mast-3",
        t_utc="2026-11-28 14:55:02 UTC",
        version="0.1.0",
        configuration="34abcaf44b8f",
        model="Raspberry Pi 5 Model B Rev 1.0",
        place="48.13715 N, 11.57612 E",
        fingerprint="0123-4567-89ab-cdef",
        running=False,
        seconds=4.2,
        verdict=verdict,
        sensors=("roof",),
        findings=findings,
    )


def test_the_page_says_who_where_when_and_the_verdict_in_big() -> None:
    text = page(report(finding("roof", "sensor_ok", "ok", "16 channels")))
    for said in ("mast-3", "2026-11-28 14:55:02 UTC", "0.1.0", "48.13715 N", "0123-4567-89ab-cdef", "you may leave"):
        assert said in text
    assert text.count("#") > 20
    assert "OK   roof            16 channels" in text


@pytest.mark.parametrize("verdict", ["ok", "warn", "fail"])
@pytest.mark.parametrize("many", [0, 1, 100])
def test_it_fits_a_screen_whatever_was_found(verdict: Grade, many: int) -> None:
    long = "a very long sentence of a driver that goes on and on " * 5
    wrong = tuple(finding(f"sensor-with-a-long-name-{n}", "sensor_absent", "fail", long, long) for n in range(many))
    lines = page(report(*wrong, verdict=verdict)).splitlines()
    assert len(lines) <= MOST_ROWS
    assert max(map(len, lines)) <= WIDTH
    assert ("more lines" in lines[-1]) == (many == 100)


def test_only_what_is_wrong_of_a_group_is_shown() -> None:
    text = page(report(finding("link", "a", "ok", "the port answers"), finding("link", "b", "warn", "C2 cannot store", "look at its disk")))
    assert "the port answers" not in text
    assert "-> look at its disk" in text


def test_findings_are_in_the_order_of_the_page_worst_first_each_once() -> None:
    ok, warn, fail = (finding("roof", grade, grade, grade) for grade in ("ok", "warn", "fail"))
    setup, power = finding("configuration", "c", "ok", "c"), finding("power", "p", "ok", "p")
    assert ordered((ok, setup, fail, warn, power, fail), ("roof",)) == (power, fail, warn, ok, setup)


def test_what_a_device_says_cannot_move_the_cursor() -> None:
    assert finding("a", "b", "ok", "evil\x1b[2J\nname\r\0").words == "evil?[2J name ?"


def write_status(run_dir: Path, age_s: float = 0.0, **said: object) -> None:
    run_dir.mkdir(exist_ok=True)
    now = NodeStatus(
        name="n",
        verdict="amber",
        sentence="roof is absent: plug it in",
        sensors=(),
        hub=HUB,
        t_mono_ns=int((time.monotonic() - age_s) * 1e9),
    )
    status.write(run_dir, now)
    if said:
        path = run_dir / status.FILE
        path.write_bytes(msgspec.json.encode(msgspec.json.decode(path.read_bytes()) | said))


def test_a_running_node_is_found_by_its_status_and_its_lock(tmp_path: Path) -> None:
    write_status(tmp_path)
    handle = os.open(tmp_path / "lock", os.O_CREAT | os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    node = running.find(tmp_path)
    assert node.state == "running"
    [found] = running.of_node(node)
    assert (found.name, found.grade, found.words, found.touch) == ("node_amber", "warn", "it is amber: roof is absent", "plug it in")
    write_status(tmp_path, age_s=60)
    assert running.find(tmp_path).state == "hangs"
    (tmp_path / status.FILE).unlink()
    assert running.find(tmp_path).state == "hangs"
    os.close(handle)
    assert running.find(tmp_path).state == "stopped"


def test_a_status_that_nobody_holds_is_of_a_node_that_was_killed(tmp_path: Path) -> None:
    write_status(tmp_path)
    (tmp_path / "lock").touch()
    assert running.find(tmp_path).state == "stopped"
    assert [one.name for one in running.of_node(running.find(tmp_path / "none"))] == ["node_stopped"]


def test_findings_of_a_newer_status_are_read_where_there_are_any(tmp_path: Path) -> None:
    told = finding("roof", "microphone_silent", "warn", "microphone 3 is silent", "look")
    write_status(tmp_path, findings=[msgspec.to_builtins(told)])
    assert running.find(tmp_path).told == (told,)
    write_status(tmp_path, findings="nonsense")
    assert running.find(tmp_path).state in ("stopped", "hangs")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("fix by 9 satellites, 2.1 m; 5 blocks", (True, "fix by 9 satellites, 2.1 m")),
        ("no fix: 3 satellites in view; needs a view of the sky", (False, "no fix: 3 satellites in view")),
        ("waiting for /dev/ttyUSB0 to speak", None),
    ],
)
def test_the_fix_of_a_running_node(sentence: str, expected: tuple[bool, str] | None) -> None:
    gnss = SensorStatus(name="gps", driver="gnss", state="running", sentence=sentence, since_mono_ns=0, restarts=0, pid=1)
    now = NodeStatus(name="n", verdict="green", sentence="", sensors=(gnss,), hub=HUB, t_mono_ns=0)
    assert running.position_of(now) == expected


@pytest.mark.usefixtures("as_root")
def test_who_may_not_look_is_told_so(tmp_path: Path) -> None:
    write_status(tmp_path / "run")
    load_or_make(tmp_path / "state")
    (tmp_path / "run").chmod(0o700)
    os.seteuid(65_534)
    try:
        node, (pair, found) = running.find(tmp_path / "run"), keys.look(tmp_path / "state", has_c2=True)
    finally:
        os.seteuid(0)
    assert [one.name for one in running.of_node(node)] == ["not_allowed"]
    assert (pair, [one.name for one in found]) == (None, ["keys_not_readable"])


def test_a_running_node_may_keep_its_time_by_gnss() -> None:
    now = NodeStatus(name="n", verdict="green", sentence="", sensors=(), hub=HUB, t_mono_ns=0)
    assert running.time_of(now) is None
    said = msgspec.structs.replace(HUB, sentence="0 live tracks; clock by GNSS pulse, ±0.1 ms")
    found = running.time_of(msgspec.structs.replace(now, hub=said))
    assert found is not None
    assert (found.name, found.words) == ("clock_by_gnss", "the node keeps its clock by GNSS pulse, ±0.1 ms")


def test_the_configuration_and_whether_the_running_node_goes_by_it() -> None:
    path = Path("/etc/edge-node/node.toml")
    config = Config(sensor=(SensorTable(name="roof", driver="recording"),))
    now = NodeStatus(name="n", verdict="green", sentence="", sensors=(), hub=HUB, t_mono_ns=0, configuration=short_name(config))
    assert [one.name for one in setting.of_config(path, config, (), now)] == ["configuration_ok"]
    changed = msgspec.structs.replace(now, configuration="0123456789ab")
    assert [one.name for one in setting.of_config(path, config, (), changed)] == ["configuration_not_read"]
    assert [one.name for one in setting.of_config(path, config, ("x: misfits",), None)] == ["driver_misfits"]
    assert [one.name for one in setting.of_config(path, Config(), (), None)] == ["no_sensor"]
    [absent] = setting.of_problems(path, [Problem("cannot be read: No such file or directory", None, None)])
    assert "edge-node setup writes one" in absent.touch
    [wrong] = setting.of_problems(path, [Problem("unknown key 'prot': did you mean 'port'?", 33, "gps")])
    assert (wrong.name, wrong.words) == ("configuration_wrong", "node.toml line 33: unknown key 'prot': did you mean 'port'?")
