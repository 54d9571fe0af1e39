"""The way to C2 and who is met at its end: a real C2 in a process of its own, an absent one, and one with another key."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from edge_node.config import C2Table, Config, NodeTable
from edge_node.field.doctor import handshake, keys, link, way
from edge_node.messages import Finding, SensorStatus
from edge_node.publish.keys import FILE, load_or_make
from tests.running import wait_for
from tests.tools.c2.helpers import new_keys
from tools.c2.enrolment import Enrolment


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def is_open(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def serving(folder: Path, *, enrolled: bool) -> Iterator[Config]:
    """A C2 that serves, and the configuration of a node of it."""
    config = node_of(folder, C2Table(server_key=load_or_make(folder / "c2").public))
    if enrolled:
        Enrolment(folder / "c2").enrol("roof", load_or_make(config.node.state_dir).public)
    live, reliable = free_port(), free_port()
    where = [f"tcp://127.0.0.1:{port}" for port in (live, reliable)]
    command = [sys.executable, "-m", "tools.c2", "serve", "--state", str(folder / "c2"), "--bind", where[0], "--reliable-bind", where[1]]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(lambda: is_open(live) and is_open(reliable), 20, "C2 listens")
            yield node_of(folder, C2Table(live=where[0], reliable=where[1], server_key=config.c2.server_key))
        finally:
            process.terminate()
            process.wait(10)


def node_of(folder: Path, table: C2Table, make: bool = True) -> Config:
    config = Config(node=NodeTable(name="mast", state_dir=folder / "state", run_dir=folder / "run"), c2=table)
    if make:
        load_or_make(config.node.state_dir)
    return config


def names(found: tuple[Finding, ...]) -> list[str]:
    return [one.name for one in found]


def test_an_enrolled_node_is_known_on_both_planes(tmp_path: Path) -> None:
    with serving(tmp_path, enrolled=True) as config:
        pair, found = link.of_stopped(config)
    assert pair is not None
    assert names(found) == ["c2_reachable", "c2_reachable", "c2_ok", "c2_ok", "c2_clock_ok"]
    assert found[3].words.startswith("C2 knows this node as 'roof' (reliable plane")


def test_a_stranger_is_told_to_enrol(tmp_path: Path) -> None:
    with serving(tmp_path, enrolled=False) as config:
        wrong = [one for one in link.of_stopped(config)[1] if one.grade == "fail"]
    assert {one.name for one in wrong} == {"c2_refuses_key"}
    assert "edge-node enrol" in wrong[0].touch


def test_a_wrong_server_key_is_named(tmp_path: Path) -> None:
    with serving(tmp_path, enrolled=True) as config:
        table = C2Table(live=config.c2.live, server_key=new_keys().public)
        [wrong] = [one for one in link.of_stopped(node_of(tmp_path, table))[1] if one.grade == "fail"]
    assert wrong.name == "c2_wrong_key"
    assert "server_key" in wrong.words


def test_an_absent_c2_is_a_closed_port(tmp_path: Path) -> None:
    table = C2Table(live=f"tcp://127.0.0.1:{free_port()}", server_key=new_keys().public)
    [wrong] = link.of_stopped(node_of(tmp_path, table))[1]
    assert (wrong.name, wrong.grade) == ("c2_port_closed", "fail")


def test_somebody_who_is_no_c2(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as mute:
        table = C2Table(live=f"tcp://127.0.0.1:{mute.getsockname()[1]}", server_key=new_keys().public)
        began_s = time.monotonic()
        [wrong] = [one for one in link.of_stopped(node_of(tmp_path, table))[1] if one.grade == "fail"]
    assert wrong.name == "c2_unreached"
    assert time.monotonic() - began_s < link.HANDSHAKE_WITHIN_S + 10


def test_a_name_that_nobody_knows_and_a_host_without_a_way() -> None:
    [unknown] = way.walk(way.Address("no-such-host.invalid", 5571)).findings
    assert unknown.name == "c2_name_unknown"
    [no_way] = way.walk(way.Address("2001:db8::1", 5571), within_s=0.5).findings
    assert no_way.name in ("c2_no_route", "c2_silent")


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("tcp://c2.example.org:5571", ("c2.example.org", 5571)),
        ("tcp://[2001:db8::1]:5571", ("2001:db8::1", 5571)),
        ("ipc:///run/c2", None),
        ("tcp://c2.example.org", None),
        ("tcp://c2:99999", None),
    ],
)
def test_an_address_of_an_endpoint(endpoint: str, expected: tuple[str, int] | None) -> None:
    assert way.address_of(endpoint) == expected


def hub(sentence: str) -> SensorStatus:
    return SensorStatus(name="hub", driver="", state="running", sentence=sentence, since_mono_ns=0, restarts=0, pid=1)


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("2 live tracks; connected to C2 at tcp://127.0.0.1:1; connected to C2 at tcp://127.0.0.1:2", "c2_ok"),
        ("0 live tracks; C2 refuses this node's key (400): enrol X there; trying again", "c2_refuses_key"),
        (
            "0 live tracks; no handshake with tcp://127.0.0.1:1: wrong server key ([c2] server_key), or not a C2; trying again",
            "c2_wrong_key",
        ),
        ("0 live tracks; no C2 answers at tcp://127.0.0.1:1; trying again", "c2_unreached"),
    ],
    ids=["ok", "refused", "wrong", "absent"],
)
def test_of_a_running_node_its_hub_tells(tmp_path: Path, sentence: str, name: str) -> None:
    config = node_of(tmp_path, C2Table(live="ipc:///nowhere", server_key=new_keys().public))
    assert names(link.of_running(config, hub(sentence))[1]) == [name]


def test_clocks_that_differ_are_told(tmp_path: Path) -> None:
    assert [(handshake.clocks(s).name, handshake.clocks(s).words) for s in (3.21, -0.2)] == [
        ("c2_clock_differs", "this clock is 3.2 s ahead of C2's"),
        ("c2_clock_ok", "this clock and C2's are within 0.20 s"),
    ]
    config = node_of(tmp_path, C2Table(live="ipc:///nowhere", server_key=new_keys().public))
    said = "connected to C2 at tcp://a:1; connected to C2 at tcp://a:2, this node's clock is 7.5 s behind C2's"
    differs, well = link.of_running(config, hub(said))[1]
    assert (differs.about, differs.name, differs.words) == ("time", "c2_clock_differs", "this clock is 7.5 s behind C2's")
    assert (well.name, well.words) == ("c2_ok", "connected to C2 at tcp://a:1")


def test_without_a_c2_nothing_is_wrong(tmp_path: Path) -> None:
    config = node_of(tmp_path, C2Table(), make=False)
    pair, found = link.of_stopped(config)
    assert pair is None
    assert [(one.name, one.grade) for one in found] == [("keys_missing", "ok"), ("c2_none", "ok")]
    assert not (config.node.state_dir / FILE).exists(), "doctor makes no key"


def test_keys_that_are_missing_open_or_broken(tmp_path: Path) -> None:
    assert names(keys.look(tmp_path, True)[1]) == ["keys_missing"]
    pair = load_or_make(tmp_path)
    assert keys.look(tmp_path, True) == (pair, ())
    (tmp_path / FILE).chmod(0o644)
    assert names(keys.look(tmp_path, True)[1]) == ["keys_open"]
    (tmp_path / FILE).chmod(0o600)
    (tmp_path / FILE).write_text("nonsense")
    found = keys.look(tmp_path, True)[1]
    assert names(found) == ["keys_broken"]
    assert pair.secret not in str(found)


def test_a_key_of_last_year_is_to_be_rotated(tmp_path: Path) -> None:
    load_or_make(tmp_path)
    path = tmp_path / FILE
    path.write_text("made = '2024-01-01T00:00:00+00:00'\n" + "".join(path.read_text().splitlines(keepends=True)[1:]))
    [old] = keys.look(tmp_path, True)[1]
    assert (old.name, old.grade) == ("keys_old", "warn")
