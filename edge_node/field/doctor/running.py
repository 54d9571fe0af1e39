"""Whether the node runs, found out without touching it, and what it says of itself."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from edge_node.field.doctor.grades import finding, in_two
from edge_node.field.doctor.sensors import PATIENCE
from edge_node.messages import Finding, Grade, NodeStatus

STATUS, LOCK = "status.json", "lock"
SERVICE_RUN_DIR = Path("/run/edge-node")
STALE_AFTER_S = 5.0
BY_GNSS = "clock by GNSS"
MOST_BYTES = 4 << 20
GRADES: dict[str, Grade] = {"green": "ok", "amber": "warn", "red": "fail"}
State = Literal["running", "stopped", "hangs", "not yours"]


class Node(Struct, frozen=True):
    """Its state, what it said last and found, and where it runs; `status` None where nothing can be read."""

    state: State
    run_dir: Path
    status: NodeStatus | None = None
    told: tuple[Finding, ...] = ()


class _Told(Struct):
    """The findings of a status, whatever else it has."""

    findings: tuple[Finding, ...] = ()


def find(run_dir: Path, locks: Path = Path("/proc/locks")) -> Node:
    """The node of a configuration: in its run_dir, or in the service's, which is another where the service is not asked."""
    found = [_look(place, locks) for place in dict.fromkeys((run_dir, SERVICE_RUN_DIR))]
    return next((node for node in found if node.state != "stopped"), found[0])


def _look(run_dir: Path, locks: Path) -> Node:
    try:
        with (run_dir / STATUS).open("rb") as file:
            data = file.read(MOST_BYTES)
        held = _is_held(run_dir / LOCK, locks)
    except PermissionError:
        return Node("not yours", run_dir)
    except OSError:
        data, held = b"", _is_held(run_dir / LOCK, locks)
    try:
        status, told = msgspec.json.decode(data, type=NodeStatus), msgspec.json.decode(data, type=_Told).findings
    except msgspec.DecodeError:
        return Node("hangs" if held else "stopped", run_dir)
    fresh = abs(time.monotonic() - status.t_mono_ns / 1e9) < STALE_AFTER_S
    return Node("running" if fresh and held is not False else "hangs" if held else "stopped", run_dir, status, told)


def _is_held(lock: Path, locks: Path) -> bool | None:
    """Whether somebody holds flock(2) on it, by the kernel's list: to try the lock would disturb a node that is about to start."""
    try:
        inode = lock.stat().st_ino
        rows = [line.split() for line in locks.read_text(encoding="ascii").splitlines()]
    except FileNotFoundError:
        return False
    except OSError:
        return None
    return any(len(row) > 5 and row[1] == "FLOCK" and row[5].rpartition(":")[2] == str(inode) for row in rows)


def of_node(node: Node) -> Iterator[Finding]:
    """One line: how it is, or that it is not."""
    match node.state:
        case "running" if node.status is not None:
            words, touch = in_two(PATIENCE.sub("", node.status.sentence))
            verdict = node.status.verdict
            wrong = verdict != "green"
            yield finding(
                "node", f"node_{verdict}", GRADES[verdict], f"it is {verdict}: {words}", (touch or "see the lines below") if wrong else ""
            )
        case "hangs":
            said = f"a node holds {node.run_dir} and says nothing"
            yield finding(
                "node", "node_hangs", "fail", said, "systemctl restart edge-node; is the disk full, or the computer out of memory?"
            )
        case "not yours":
            said = f"user {os.getuid()} may not look into {node.run_dir}, so nobody knows whether it runs"
            yield finding("node", "not_allowed", "warn", said, "run this as the user that runs the node, or as root: sudo edge-node doctor")
        case _:
            yield finding("node", "node_stopped", "warn", f"no node runs in {node.run_dir}", "systemctl enable --now edge-node")


def time_of(status: NodeStatus) -> Finding | None:
    """By what the running node keeps its time, where that is not the computer's clock."""
    said = next((part for part in status.hub.sentence.split("; ") if part.startswith(BY_GNSS)), None)
    return None if said is None else finding("time", "clock_by_gnss", "ok", f"the node keeps its {said}")


def position_of(status: NodeStatus) -> tuple[bool, str] | None:
    """Whether a receiver of the running node has a fix, and its words; None where none says anything of a fix."""
    for sensor in status.sensors:
        if sensor.driver == "gnss" and sensor.state == "running":
            for part in sensor.sentence.split("; "):
                if part.startswith(("fix", "no fix")):
                    return part.startswith("fix"), part
    return None
