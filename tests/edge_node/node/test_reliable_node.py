"""A real node, at first alone and then with a C2 in a process of its own that keeps, shows and commands."""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from edge_node.commands import running as commands
from edge_node.node import tracks_file
from edge_node.publish.keys import load_or_make
from tests.running import RunningNode, running_node, wait_for
from tools.c2.enrolment import Enrolment
from tools.c2.history import events
from tools.c2.store import Store
from tools.demo import SCENE, SEED
from tools.simulate import pcap, remote_id
from tools.simulate.world import World

UTC_NS = 1_767_225_600_000_000_000
SENSOR = '[[sensor]]\nname = "wifi"\ndriver = "recording"\npath = "air.pcap"\nloop = true\n'


def write_air(path: Path) -> None:
    """Four seconds of the demo's Wi-Fi."""
    frames = remote_id.WIFI.frames(World.load(Path(SCENE), SEED), 0.0, 4.0, UTC_NS)
    records = [pcap.record(UTC_NS + round(t_s * 1e9), data) for t_s, data in frames]
    path.write_bytes(pcap.header(remote_id.WIFI.link_type) + b"".join(records))


class ServedC2:
    """`python -m tools.c2 serve` in a folder, asked from other processes and from here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.live, self.reliable = f"ipc://{folder}/live", f"ipc://{folder}/reliable"
        self.key = load_or_make(folder).public
        Enrolment(folder).enrol("roof", load_or_make(folder.parent / "state").public)
        self.store = Store(folder)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One of its commands, in a process of its own."""
        command = [sys.executable, "-m", "tools.c2", arguments[0], "--state", str(self.folder), *arguments[1:]]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    def order(self, *arguments: str) -> tuple[str, str]:
        """Command the node; the command's id and what became of it."""
        said = self.run("order", "roof", *arguments, "--wait", "20").stdout
        return said.split()[1].rstrip(":"), said.partition(": ")[2]

    def events(self, kind: str) -> list[dict[str, Any]]:
        """What it holds of one kind of event."""
        return [event for event in events(self.store) if event.get("event") == kind]

    def table(self) -> str:
        """The [c2] of a node.toml."""
        return f'[c2]\nlive = "{self.live}"\nreliable = "{self.reliable}"\nserver_key = "{self.key}"\n'


@contextmanager
def served(folder: Path) -> Iterator[ServedC2]:
    c2 = ServedC2(folder)
    command = [
        sys.executable,
        "-m",
        "tools.c2",
        "serve",
        "--state",
        str(folder),
        "--json",
        "--bind",
        c2.live,
        "--reliable-bind",
        c2.reliable,
    ]
    with (folder / "heard.json").open("wb") as heard, subprocess.Popen(command, stdout=heard) as process:
        try:
            yield c2
        finally:
            process.terminate()
            process.wait(10)
            c2.store.close()


def shown(node: RunningNode, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The confirmed tracks that `edge-node tracks` shows."""
    capsys.readouterr()
    commands.tracks(Namespace(config=node.config, json=True))
    return [track for line in capsys.readouterr().out.splitlines() if (track := json.loads(line))["state"] == "confirmed"]


def outcomes(c2: ServedC2, command_id: str) -> list[tuple[str, str]]:
    """What the node's events say became of a command."""
    return [(event["outcome"], event["words"]) for event in c2.events("command") if event["about"] == command_id]


def test_a_node_alone_keeps_all_for_a_c2_that_comes_later_and_then_obeys_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_air(tmp_path / "air.pcap")
    with running_node(tmp_path, SENSOR) as node:
        node.wait_running("hub", "wifi")
        wait_for(lambda: shown(node, capsys), 20, "confirmed tracks are shown on the spot")
        alone = node.wait_for("hub", lambda part: "rows wait for C2" in part.sentence, 10, "the spool says that it fills")
        assert "off: no C2 is named" in alone.sentence
        first = alone.pid
        (tmp_path / "c2").mkdir()
        with served(tmp_path / "c2") as c2:
            node.reload(c2.table() + SENSOR)
            node.wait_for("hub", lambda part: part.pid != first and "events: connected" in part.sentence, 20, "the hub has its C2")
            wait_for(lambda: len({row["epoch"] for row in c2.store.progress("roof")}) >= 4, 20, "both streams of both hubs are held")
            assert_whole(c2)
            it_obeys(node, c2)
            told = c2.run("history", "roof").stdout
            assert "command" in told
            assert "configuration" in told
        assert node.stop() == 0
    everything = (tmp_path / "c2" / "heard.json").read_text().splitlines()
    assert {"tracks", "status", "event", "receipt"} <= {json.loads(line)["kind"] for line in everything}


def assert_whole(c2: ServedC2) -> None:
    """Nothing is missing of what the node told while it was alone."""
    wait_for(lambda: len(c2.events("configuration")) >= 2, 20, "both configurations are told")
    assert {row["evicted"] for row in c2.store.progress("roof")} == {0}
    first = next(iter(c2.store.rows("events")))["epoch"]
    assert [row["seq"] for row in c2.store.rows("events") if row["epoch"] == first] == list(
        range(1, next(row["held"] for row in c2.store.progress() if row["epoch"] == first) + 1)
    )
    audits = [event["words"] for event in c2.events("audit") if event["stream_epoch"] == first]
    assert "has started" in audits[0]
    assert "the hub ends" in audits[-1]
    assert c2.events("confirmed")
    names = [event["about"] for event in c2.events("configuration")]
    assert len(set(names)) == 2
    assert f"before it {names[0]}" in c2.events("configuration")[1]["words"]


def it_obeys(node: RunningNode, c2: ServedC2) -> None:
    """Each command reaches the node, is done, logged, and answered as a receipt and as an event."""
    command_id, said = c2.order("record", "seconds=1")
    assert said.startswith("started")
    done = wait_for(lambda: [one for one in outcomes(c2, command_id) if one[0] == "done"], 20, "the recording ends")
    path = node.state_dir / "recordings" / f"{command_id}.jsonl"
    assert f"{path.stat().st_size} bytes in {path}" in done[0][1]
    assert json.loads(path.read_bytes().splitlines()[0])["sensor"] == "wifi"
    assert [outcome for outcome, _ in outcomes(c2, command_id)] == ["started", "done"]
    assert (c2.store.command(command_id) or {})["outcome"] == "done"
    refused, said = c2.order("live_rate", "rate_hz=0.1", "confirmed_rate_hz=0.1", "seconds=1")
    assert said.startswith("done")
    node.write(c2.table() + SENSOR + SENSOR.replace('"wifi"', '"second"'))
    command_id, said = c2.order("reload")
    assert said.startswith("done")
    node.wait_running("second")
    wait_for(lambda: len({event["about"] for event in c2.events("configuration")}) == 3, 20, "the third configuration is told")
    for told in (refused, command_id):
        wait_for(lambda told=told: outcomes(c2, told), 10, "the outcome is an event too")
        assert told in node.log.read_text()


def test_a_hub_that_ticks_seldom_is_not_taken_for_stalled(tmp_path: Path) -> None:
    with running_node(tmp_path, "c2.rate_hz = 0.1\nc2.confirmed_rate_hz = 0.1\nsupervision.stall_after_s = 2\n") as node:
        node.wait_running("hub")
        first = wait_for(lambda: tracks_file.read(node.run_dir), 10, "it shows its tracks")

        def later() -> bool:
            now = tracks_file.read(node.run_dir)
            return now is not None and now.t_mono_ns > first.t_mono_ns + 3_500_000_000

        wait_for(later, 10, "it goes on looking around")
        assert node.wait_for("hub", lambda part: part.state == "running", 5, "it runs").restarts == 0
