"""What the health gate finds worse than before, and what it bears with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.packaging.debian import health_gate
from tools.packaging.debian.health_gate import Before, State, complaint, hopeless, watch

WELL = State("active", 0, 0, "2 of 2 sensors run", frozenset({"wifi", "gnss"}), frozenset({"wifi", "gnss"}))
BEFORE = Before(0, frozenset({"wifi", "gnss"}))


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (WELL, ""),
        (WELL._replace(verdict=1, sentence="fog"), ""),
        (WELL._replace(active="activating"), "its service is activating"),
        (WELL._replace(verdict=None, sentence="ImportError"), "it says nothing of itself: ImportError"),
        (WELL._replace(verdict=2, sentence="no sensor runs"), "it is red and was not before: no sensor runs"),
        (WELL._replace(running=frozenset({"gnss"}), sentence="wifi: crashed"), "wifi ran before and does not now: wifi: crashed"),
        (WELL._replace(running=frozenset({"gnss"}), sensors=frozenset({"gnss"})), ""),
    ],
    ids=["well", "amber", "starting", "dumb", "red", "a sensor lost", "a sensor taken out of node.toml"],
)
def test_worse_than_before(now: State, words: str) -> None:
    assert complaint(now, BEFORE) == words


def test_a_node_that_was_red_may_be_red() -> None:
    assert complaint(WELL._replace(verdict=2, running=frozenset()), Before(2, frozenset())) == ""


def test_when_waiting_will_not_help() -> None:
    assert hopeless(WELL) == ""
    assert hopeless(WELL._replace(active="failed")) == "its service failed"
    assert hopeless(WELL._replace(active="activating", restarts=3)) == "it ended 3 times and was started again"


class Clock:
    """Time and states as a test says; a state lasts until the next one's second."""

    def __init__(self, states: dict[float, State]) -> None:
        self.now_s = 0.0
        self.states = states

    def look(self) -> State:
        """The state at this moment."""
        return self.states[max(s for s in self.states if s <= self.now_s)]

    def sleep(self, seconds: float) -> None:
        """Time passes."""
        self.now_s += seconds


def _watched(states: dict[float, State], monkeypatch: pytest.MonkeyPatch, watched_s: float = 60.0) -> tuple[str, float]:
    clock = Clock(states)
    monkeypatch.setattr(health_gate, "look", clock.look)
    monkeypatch.setattr(health_gate.time, "sleep", clock.sleep)
    monkeypatch.setattr(health_gate.time, "monotonic", lambda: clock.now_s)
    return watch(BEFORE, watched_s), clock.now_s


STARTING = WELL._replace(active="activating", verdict=None, running=frozenset())


def test_a_minute_of_well_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _watched({0: STARTING, 20: WELL}, monkeypatch) == ("", 60.0)


def test_well_only_at_the_last_moment_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    said, _ = _watched({0: STARTING, 56: WELL}, monkeypatch)
    assert said == "its service is activating"


def test_an_end_near_the_end_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    said, _ = _watched({0: WELL, 55: WELL._replace(restarts=1)}, monkeypatch)
    assert said == "it ended and was started again 1 times"


def test_a_failed_service_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    said, after_s = _watched({0: STARTING, 4: WELL._replace(active="failed", verdict=None)}, monkeypatch)
    assert (said, after_s) == ("its service failed; journalctl -u edge-node has the story", 4.0)


def test_who_stops_the_node_by_hand_is_left_in_peace(monkeypatch: pytest.MonkeyPatch) -> None:
    said, after_s = _watched({0: WELL, 20: WELL._replace(active="inactive", verdict=2)}, monkeypatch)
    assert (said, after_s) == ("", 20.0)


def _program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A systemd and a node that answer from files."""
    _program(tmp_path / "bin/systemctl", "printf 'ActiveState=active\\nNRestarts=2\\n'")
    _program(tmp_path / "versions/2.0/bin/edge-node", f"cat {tmp_path}/status; exit 1")
    _program(tmp_path / "versions/1.0/bin/edge-node", "exit 2")
    (tmp_path / "current").symlink_to("versions/2.0")
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setattr(health_gate, "HOME", tmp_path)
    return tmp_path


def test_what_is_noted_before_the_switch(machine: Path) -> None:
    sensors = [{"name": "wifi", "state": "running"}, {"name": "gnss", "state": "absent"}]
    (machine / "status").write_text(json.dumps({"verdict": "amber", "sentence": "gnss: unplugged", "sensors": sensors}))
    assert health_gate.begin() == 0
    assert json.loads((machine / "gate.json").read_text()) == {"verdict": 1, "running": ["wifi"], "version": "2.0", "starts": 0}


def _note(machine: Path, **said: object) -> None:
    noted = {"verdict": 0, "running": ["wifi"], "version": "1.0", "starts": 0}
    (machine / "gate.json").write_text(json.dumps(noted | said))


def test_what_is_on_trial_is_no_measure_for_the_next(machine: Path) -> None:
    (machine / "status").write_text(json.dumps({"sentence": "", "sensors": []}))
    _note(machine, starts=2)
    assert health_gate.begin() == 0
    assert json.loads((machine / "gate.json").read_text()) == {"verdict": 0, "running": ["wifi"], "version": "1.0", "starts": 0}


def _judged(machine: Path, monkeypatch: pytest.MonkeyPatch, said: str) -> tuple[int, list[str]]:
    """Its exit code and what it asked edge-node-version for, where the watch ends in `said`."""
    monkeypatch.setattr(health_gate, "watch", lambda _before, _seconds: said)
    asked = machine / "asked"
    asked.touch()
    _program(machine / "edge-node-version", f'printf "%s\n" "$@" >>{asked}; exit 0')
    monkeypatch.setattr(health_gate, "VERSION", str(machine / "edge-node-version"))
    return health_gate.judge(), asked.read_text().splitlines()


def test_a_power_cut_while_it_watches_is_counted_and_the_next_start_watches_again(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _note(machine)

    def cut(_before: Before, _seconds: float) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(health_gate, "watch", cut)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            health_gate.judge()
    assert json.loads((machine / "gate.json").read_text())["starts"] == 3


def test_who_takes_the_machine_down_each_time_is_rolled_back(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _note(machine, starts=3)
    assert _judged(machine, monkeypatch, "") == (1, ["rollback", "the machine went down 3 times while it was watched"])


def test_a_watch_that_ends_well_forgets_the_note(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _note(machine, starts=1)
    (machine / "rolled-back").write_text("begun before a power cut, and not carried out")
    assert _judged(machine, monkeypatch, "") == (0, [])
    assert not (machine / "gate.json").exists()
    assert not (machine / "rolled-back").exists()


@pytest.mark.parametrize(
    "note", ['{"verdict": 0, "running": [], "version": "2.0"}', '{"verdict": 0, "running": []}', ""], ids=["same", "old", "empty"]
)
def test_a_note_that_a_power_cut_left(machine: Path, monkeypatch: pytest.MonkeyPatch, note: str) -> None:
    """One of what runs says that nothing is on trial; one that says nothing of it, or nothing at all, leaves the watch as it was."""
    (machine / "gate.json").write_text(note)
    (machine / "rolled-back").write_text("rolled back from 3.0 to 2.0")
    code, asked = _judged(machine, monkeypatch, "its service failed")
    assert (code, asked) == ((0, []) if "2.0" in note else (1, ["rollback", "its service failed"]))
    assert (machine / "rolled-back").exists()
    assert (machine / "gate.json").exists() == ("2.0" not in note)


@pytest.mark.parametrize("status", ["", "no JSON", "[]", '{"sensors": 3}', '{"sensors": [{}]}'])
def test_a_status_that_cannot_be_read_is_none(machine: Path, status: str) -> None:
    (machine / "status").write_text(status)
    now = health_gate.look()
    assert (now.active, now.restarts, now.verdict, now.running) == ("active", 2, None, frozenset())


def test_without_a_service_there_is_nothing_to_watch(machine: Path) -> None:
    _program(machine / "bin/systemctl", "echo ActiveState=inactive")
    assert health_gate.begin() == 1
    assert not (machine / "gate.json").exists()
