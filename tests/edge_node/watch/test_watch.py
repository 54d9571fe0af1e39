"""`edge-node watch` as somebody sees it who sits before it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from edge_node.messages import Bearing, Finding, Identity, UasId
from edge_node.node import now
from edge_node.watch.picture import Wanted, picture
from tests.edge_node.watch.made import MadeNode, covering, part, track
from tests.edge_node.watch.seat import Seat
from tests.running import RunningNode, running_node

HOSTILE = "\x1b[2J\x1b]0;owned\x07\x9b31m\r\n\b\u202eevil\u200d\u0301\x00\x7f"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[MadeNode]:
    made = MadeNode(tmp_path)
    made.say(track())
    yield made
    made.close()


def _call(node: MadeNode, *arguments: str, command: str = "watch", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "edge_node", command, "-c", str(node.config), *arguments],
        env={**os.environ, "LANG": "C.UTF-8", "LC_ALL": "", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("size", [(80, 24), (40, 24), (200, 60), (24, 8)], ids=["ssh", "phone", "wide", "least"])
def test_it_shows_verdict_and_sensors_at_any_size_and_leaves_the_terminal_as_it_was(node: MadeNode, size: tuple[int, int]) -> None:
    with Seat(node.config, columns=size[0], rows=size[1]) as seat:
        seat.until("GREEN", "mast", "wifi running")
        seat.press("q")
        assert seat.end() == 0


def test_it_shows_sky_tracks_and_what_each_sensor_covers(node: MadeNode) -> None:
    node.say(track(37), sensors=(part("wifi"), part("mics", "mic_array", "absent", "no card")), coverage=(covering("wifi"),))
    with Seat(node.config) as seat:
        said = seat.until("mics absent no card", "wifi running fresh by remote id all around, 800 m")
    assert "37 ok" in said
    assert re.search(r"45°±2 +20° +- +TST0000000000037", said)
    (horizon,) = (line for line in seat.glass.lines if line.startswith("N─"))
    assert horizon.count("─") + 4 == 80
    marked = [line.index("37") for line in seat.glass.lines[: seat.glass.lines.index(horizon)] if "37" in line]
    assert marked == [80 * 45 // 360]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT], ids=lambda number: number.name)
def test_any_signal_gives_the_terminal_back(node: MadeNode, number: signal.Signals) -> None:
    with Seat(node.config) as seat:
        seat.until("GREEN")
        seat.signal(number)
        assert seat.end() == 128 + number


def test_an_error_gives_the_terminal_back() -> None:
    fails = "from edge_node.watch.terminal import Terminal\nwith Terminal(colour=True, in_ascii=False): raise ValueError('said')"
    with Seat(None, "-c", fails) as seat:
        printed = seat.printed()
        assert termios.tcgetattr(seat.there) == seat.modes
    assert seat.process.returncode == 1
    assert re.search(rb"\x1b\[\?7h\x1b\[\?25h\x1b\[\?1049l.*ValueError: said", printed, re.DOTALL)


@pytest.mark.parametrize(("key", "code"), [("\x03", 128 + signal.SIGINT), ("\x04", 0)], ids=["ctrl-c", "ctrl-d"])
def test_the_usual_keys_end_it_too(node: MadeNode, key: str, code: int) -> None:
    with Seat(node.config) as seat:
        seat.until("GREEN")
        seat.press(key)
        assert seat.end() == code


def test_a_lost_line_ends_it(node: MadeNode) -> None:
    with Seat(node.config) as seat:
        seat.until("GREEN")
        seat.unplug()
        assert seat.process.wait(20) in (0, 128 + signal.SIGHUP)


def test_it_may_be_stopped_and_goes_on(node: MadeNode) -> None:
    with Seat(node.config) as seat:
        seat.until("GREEN")
        seat.press("\x1a")
        while os.waitid(os.P_PID, seat.process.pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT) is None:
            seat.look(0.05)
        while seat.look(0.05):
            pass
        assert "?1049" not in seat.glass.modes
        seat.signal(signal.SIGCONT)
        seat.until("GREEN", "wifi running")
        assert "?1049" in seat.glass.modes
        seat.press("q")
        seat.end()


def test_a_silent_node_is_never_taken_for_a_clear_sky(node: MadeNode) -> None:
    with Seat(node.config) as seat:
        seat.until("GREEN")
        node.say(track(), at_s=-120)
        said = seat.until("NO DATA", "no data for 2 min", "says nothing; it was green", "tracks as they were 2 min ago")
        assert "─" not in said
        assert said.count("░") > 70
        node.unlock()
        seat.until("no node runs in", "edge-node run")
        node.lock()
        node.say(track())
        said = seat.until("GREEN", "the node runs", gone="NO DATA")
        assert said.count("─") > 70


def test_a_hub_that_is_gone_is_never_taken_for_a_clear_sky(node: MadeNode) -> None:
    node.say(at_s=-9)
    node.say_status()
    with Seat(node.config) as seat:
        said = seat.until("GREEN", "tracks as they were")
    assert "─" not in said
    assert "no tracks" not in said


def test_before_there_is_a_node_it_waits_for_one(tmp_path: Path) -> None:
    (tmp_path / "node.toml").write_text('node.run_dir = "run"\nnode.state_dir = "state"\n')
    with Seat(tmp_path / "node.toml") as seat:
        seat.until("NO DATA", "no node runs in")
        (tmp_path / "node.toml").unlink()
        with closing(MadeNode(tmp_path)) as made:
            made.say(track())
            seat.until("GREEN", "1 of 1 sensors run")
            seat.press("q")
            assert seat.end() == 0


def test_what_comes_from_the_air_never_reaches_the_terminal_raw(node: MadeNode) -> None:
    hostile = track(identity=Identity(ids=(UasId(type="serial_number", value=HOSTILE),)), flags=(HOSTILE,), sensors=(HOSTILE,))
    wrong = Finding(about=HOSTILE, name=HOSTILE, grade="fail", words=HOSTILE, touch=HOSTILE)
    said: dict[str, Any] = {
        "name": HOSTILE,
        "sentence": f"it says {HOSTILE}",
        "sensors": (part(HOSTILE, HOSTILE, sentence=HOSTILE), part("wifi")),
        "coverage": (covering("wifi", notes=(HOSTILE,)),),
        "findings": (wrong,),
    }
    node.say(hostile, **said)
    with Seat(node.config, columns=60, rows=50) as seat:  # its glass fails on anything that is not drawing
        seat.until("it says ?[2J?]0;owned?", "?evil")
        node.say(hostile, track(2), **(said | {"findings": ()}))
        seat.until("well again")
        seat.press("q")
        seat.end()
    looks = (("watch", "--once"), ("watch", "--json", "--once"), ("status",), ("status", "--json"), ("tracks",), ("tracks", "--json"))
    for command, *ways in looks:
        node.say(hostile, **said)
        printed = _call(node, *ways, command=command).stdout
        assert "evil" in printed
        assert not set(printed) & set("\x1b\x07\x9b\b\x00\x7f\u202e")


def test_without_colour_all_is_said_in_words(node: MadeNode) -> None:
    with Seat(node.config, NO_COLOR="1") as seat:
        seat.until("GREEN", "wifi running")
        seat.press("q")
        seat.end()
    assert {int(number or 0) for look in seat.glass.looks for number in look.split(";")} <= {0, 1, 2, 7}


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_dumb_terminal_gets_one_plain_snapshot(node: MadeNode, term: str) -> None:
    node.say(*(track(number) for number in range(1, 40)))
    with Seat(node.config, columns=60, TERM=term) as seat:
        printed = seat.printed()
    assert seat.process.returncode == 0
    assert b"\x1b" not in printed
    assert printed.count(b"TST00") == 39


def test_an_old_terminal_gets_ascii(node: MadeNode) -> None:
    with Seat(node.config, LC_ALL="C") as seat:
        seat.until("GREEN", "wifi running")
        seat.press("q")
        seat.end()
    assert seat.raw.isascii()
    assert _call(node, "--once", LC_ALL="C").stdout.isascii()


def test_keys_hold_sort_and_explain(node: MadeNode) -> None:
    far = Bearing(azimuth_deg=10.0, elevation_deg=20.0, sigma_azimuth_deg=2.0, sigma_elevation_deg=3.0)
    node.say(track(5), track(9, bearing=far))
    with Seat(node.config) as seat:
        said = seat.until("by concern (s)", " 9 ok")
        assert said.index(" 5 ok") < said.index(" 9 ok")
        for order in ("number", "last heard", "distance", "direction"):
            seat.press("s")
            said = seat.until(f"by {order} (s)")
        assert said.index(" 9 ok") < said.index(" 5 ok")
        seat.press("?")
        seat.until("hold the picture")
        seat.press("?")
        seat.until("by direction (s)", gone="hold the picture")
        seat.press("\x1b[A\x1bOQz")
        seat.press("p")
        seat.until("HELD for", "this is not now")
        node.say(track(7))
        seat.until("HELD for 2 s")
        assert " 7 ok" not in seat.glass.text
        seat.press("p")
        seat.until(" 7 ok", gone="HELD")


def test_another_size_is_drawn_anew(node: MadeNode) -> None:
    with Seat(node.config) as seat:
        seat.until("GREEN", "wifi running")
        seat.resize(40, 30)
        seat.signal(signal.SIGWINCH)
        seat.until("GREEN", "wifi running", "TST00000")
        assert any(line.startswith("N───") and len(line) == 40 for line in seat.glass.lines)


def test_what_happens_is_listed_and_what_was_logged_before(node: MadeNode) -> None:
    (node.run_dir / "log").write_text("11:59:59Z INFO edge_node.hub: track 1 confirmed: \x1b[2Jearlier\n")
    with Seat(node.config) as seat:
        seat.until("GREEN", "11:59:59 INFO edge_node.hub: track 1 confirmed: ?[2Jearlier")
        node.say(track(), track(2), sensors=(part("wifi", state="stalled", sentence="it hangs"),), verdict="red", sentence="blind")
        said = seat.until("RED", "wifi stalled: it hangs", "track 2 confirmed: TST0000000000002")
        assert re.search(r"\d\d:\d\d:\d\d wifi stalled", said)


def test_a_second_in_which_little_changes_costs_few_bytes(node: MadeNode) -> None:
    tracks = [track(number) for number in range(1, 20)]
    with Seat(node.config) as seat:
        node.say(*tracks)
        seat.until("GREEN", "TST00")
        while seat.look(0.3):
            pass
        before, looks = len(seat.raw), 0
        while looks < 3:
            looks += seat.look(2.0) > 0
        assert (len(seat.raw) - before) / looks < 250  # the clock, and six ages


def test_json_is_one_object_a_look(node: MadeNode) -> None:
    node.say(track(3), verdict="amber")
    done = _call(node, "--json", "--once")
    (line,) = done.stdout.splitlines()
    said = json.loads(line)
    assert (done.returncode, said["state"], said["status"]["verdict"], said["tracks"]["tracks"][0]["number"]) == (1, "running", "amber", 3)
    assert said["figures"]["reports"]["wifi"]["last_block_mono_ns"] <= said["t_mono_ns"]
    with subprocess.Popen(
        [sys.executable, "-m", "edge_node", "watch", "-c", str(node.config), "--json"], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert [json.loads(process.stdout.readline())["state"] for _ in range(2)] == ["running", "running"]
        process.stdout.close()
        assert process.wait(20) == 0


def test_nothing_to_see_is_red(tmp_path: Path) -> None:
    with closing(MadeNode(tmp_path)) as made:
        made.unlock()
        done = _call(made, "--once")
    assert done.returncode == 2
    assert "no node runs in" in done.stdout
    (tmp_path / "node.toml").write_text("nonsense = 1\n")
    assert _call(made, "--once").returncode == os.EX_CONFIG


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_who_may_not_look_is_told_what_to_do(tmp_path: Path) -> None:
    node = MadeNode(tmp_path)
    node.say(track())
    node.close()
    node.run_dir.chmod(0o700)
    node.run_dir.parent.chmod(0o755)
    os.seteuid(65_534)
    try:
        seen, told = now.look(node.run_dir), now.whose(node.run_dir)
    finally:
        os.seteuid(0)
    assert (seen.state, seen.status, seen.tracks) == ("not yours", None, None)
    assert told == "look as the user that runs the node: sudo -u root edge-node watch"
    node.run_dir.chmod(0o750)
    assert now.whose(node.run_dir) == "join its group, and log in anew: sudo usermod -aG root $USER"
    shown = picture(seen, (), Wanted(), 80, 24)
    assert "you may not look into" in " ".join(text for line in shown for text, _ in line)


def test_it_follows_a_real_node_over_its_restart(tmp_path: Path) -> None:
    with running_node(tmp_path, "") as node:
        node.wait_running("hub")
        with Seat(node.config) as seat:
            seat.until("link: off", "no tracks")
            node.stop()
            seat.until("NO DATA", "no node runs in")
            again = RunningNode(tmp_path, "")
            try:
                seat.until("the node runs", "no tracks", gone="NO DATA")
            finally:
                again.stop()
            seat.press("q")
            seat.end()
