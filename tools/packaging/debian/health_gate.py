"""The gate after an upgrade: the new version has a minute to be as well as the old one was, or the old one runs again.

Run by edge-node-gate.service with the system's own Python; it imports nothing of what it judges. `begin` notes how the node is before
the switch.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

HOME = Path(os.environ.get("EDGE_NODE_HOME", "/opt/edge-node"))
UNIT = "edge-node.service"
VERSION = "/usr/sbin/edge-node-version"
WATCHED_S = 60.0
HELD_S = 10.0
"""So long it has to have been well without a break at the end, or a node that ends every few seconds could pass."""
ASK_EVERY_S = 2.0
ASK_TIMEOUT_S = 10.0
MOST_RESTARTS = 3
MOST_STARTS = 3
"""So often may the machine go down while it is watched: after that it is the new version that takes it down, or the watch never ends."""
RED = 2
AGAIN = ".again"
"""Ends the folder of a version that replaced itself: edge-node-version."""


class State(NamedTuple):
    """What systemd and the node's own status say at one moment; `verdict` 0 green to 2 red, None where the node says nothing."""

    active: str
    restarts: int
    verdict: int | None
    sentence: str
    running: frozenset[str]
    sensors: frozenset[str]


class Before(NamedTuple):
    """What the node managed before the upgrade, with which version; `starts` is how often the watch over the new one has begun."""

    verdict: int
    running: frozenset[str]
    version: str = ""
    starts: int = 0


def complaint(now: State, before: Before) -> str:
    """What is worse than before; empty when nothing is."""
    if now.active != "active":
        return f"its service is {now.active}"
    if now.verdict is None:
        return f"it says nothing of itself{': ' + now.sentence if now.sentence else ''}"
    if lost := sorted((before.running & now.sensors) - now.running):
        return f"{', '.join(lost)} ran before and {'does' if len(lost) == 1 else 'do'} not now: {now.sentence}"
    if now.verdict == RED and before.verdict != RED:
        return f"it is red and was not before: {now.sentence}"
    return ""


def hopeless(now: State) -> str:
    """Why no more waiting will help; empty while it may."""
    if now.active == "failed":
        return "its service failed"
    return f"it ended {now.restarts} times and was started again" if now.restarts >= MOST_RESTARTS else ""


def watch(before: Before, watched_s: float) -> str:
    """Look at the node until the time is over or it is hopeless; empty when it has been well for long enough, else why it has not."""
    begun_s = well_since_s = time.monotonic()
    restarts = 0
    said = "nothing was seen of it"
    while (now_s := time.monotonic()) < begun_s + watched_s:
        now = look()
        if now.active == "inactive" and now_s > begun_s + ASK_TIMEOUT_S:
            return ""
        wrong = complaint(now, before)
        if wrong or now.restarts != restarts:
            well_since_s, restarts = now_s + ASK_EVERY_S, now.restarts
            said = wrong or f"it ended and was started again {now.restarts} times"
        if why := hopeless(now):
            return f"{why}; journalctl -u edge-node has the story"
        time.sleep(ASK_EVERY_S)
    return "" if time.monotonic() - well_since_s >= min(HELD_S, watched_s / 2) else said


def look() -> State:
    """Ask systemd and `edge-node status`."""
    active, restarts = _service()
    code, out = _run(str(HOME / "current/bin/edge-node"), "status", "--json")
    try:
        told: dict[str, Any] = json.loads(out) if code in (0, 1, RED) else {}
        states = {str(one["name"]): str(one["state"]) for one in told.get("sensors", [])}
        running = frozenset(name for name, state in states.items() if state == "running")
        return State(active, restarts, code if told else None, str(told.get("sentence", "")), running, frozenset(states))
    except (ValueError, KeyError, TypeError, AttributeError):
        return State(active, restarts, None, out.strip()[-200:], frozenset(), frozenset())


def _service() -> tuple[str, int]:
    _, out = _run("systemctl", "show", "-p", "ActiveState", "-p", "NRestarts", UNIT)
    fields = dict(line.partition("=")[::2] for line in out.splitlines())
    restarts = fields.get("NRestarts", "")
    return fields.get("ActiveState", "unknown"), int(restarts) if restarts.isdigit() else 0


def _run(*command: str) -> tuple[int | None, str]:
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=ASK_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, str(error)
    return done.returncode, done.stdout or done.stderr


def begin() -> int:
    """Note how the node is, for the gate to compare with; exit code 1 when it does not run, and there is nothing to compare with.

    What is still on trial is no measure: the note of what ran before it stays.
    """
    now = look()
    if now.active not in ("active", "activating", "reloading"):
        return 1
    held = _noted()
    is_on_trial = held is not None and held.version not in ("", _current()) and (HOME / "versions" / held.version).exists()
    _note(held._replace(starts=0) if held and is_on_trial else Before(RED if now.verdict is None else now.verdict, now.running, _current()))
    return 0


def judge() -> int:
    """Watch, and roll back where the new version is worse; exit code 0 when it stays, 1 when it was rolled back."""
    before = _noted() or Before(RED, frozenset())
    current = _current()
    version = current.partition(AGAIN)[0]
    if before.version == current:
        _forget()
        _say(5, f"{version} runs: what was to replace it was taken back, or never taken into use")
        return 0
    _note(before._replace(starts=before.starts + 1))
    wrong = _unlasting(before.starts) or watch(before, float(os.environ.get("EDGE_NODE_GATE_S", WATCHED_S)))
    if not wrong:
        _forget()
        (HOME / "rolled-back").unlink(missing_ok=True)
        _say(5, f"{version} is as well as the version before it was, and stays")
        return 0
    _say(1, f"{version} IS ROLLED BACK: {wrong}")
    return subprocess.run([VERSION, "rollback", wrong], check=False).returncode or 1


def _unlasting(starts: int) -> str:
    return f"the machine went down {starts} times while it was watched" if starts >= MOST_STARTS else ""


def _current() -> str:
    return (HOME / "current").resolve().name


def _noted() -> Before | None:
    try:
        told = json.loads((HOME / "gate.json").read_text(encoding="utf-8"))
        version, starts = str(told.get("version", "")), int(told.get("starts", 0))
        return Before(int(told["verdict"]), frozenset(map(str, told["running"])), version, starts)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _note(before: Before) -> None:
    """On the disk when it returns: a power cut comes with the next line."""
    fresh = HOME / ".gate.json"
    with fresh.open("w", encoding="utf-8") as file:
        json.dump({**before._asdict(), "running": sorted(before.running)}, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(HOME / "gate.json")
    _sync_folder()


def _forget() -> None:
    (HOME / "gate.json").unlink(missing_ok=True)
    _sync_folder()


def _sync_folder() -> None:
    folder = os.open(HOME, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _say(priority: int, words: str) -> None:
    """To the journal, which takes the number in front for the priority (1 alert, 5 notice)."""
    sys.stderr.write(f"<{priority}>edge_node: {words}\n")


if __name__ == "__main__":
    sys.exit(begin() if sys.argv[1:] == ["begin"] else judge())
