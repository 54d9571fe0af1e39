"""The node's status: a verdict out of many facts, in a file that anybody on the node can read."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge_node.messages import NodeStatus, SensorStatus, Verdict

FILE = "status.json"
STALE_AFTER_S = 5.0


def judge(sensors: tuple[SensorStatus, ...], hub: SensorStatus, problem: str) -> tuple[Verdict, str]:
    """Green, amber or red, and the sentence that says why."""
    if hub.state == "starting" and not hub.restarts:
        return "amber", "starting"
    if hub.state != "running":
        return "red", f"the hub does not run: {hub.sentence}"
    running = [sensor for sensor in sensors if sensor.state == "running"]
    wrong = [f"{sensor.name}: {sensor.sentence}" for sensor in sensors if sensor.state != "running"]
    wrong += [problem] if problem else []
    if not running:
        return "red", f"no sensor runs; {'; '.join(wrong) or 'none is configured'}"
    if wrong:
        return "amber", "; ".join(wrong)
    return "green", f"{len(running)} of {len(sensors)} sensors run; {hub.sentence}"


def write(run_dir: Path, status: NodeStatus) -> None:
    """Replace the status file in one step."""
    fresh = run_dir / f".{FILE}"
    fresh.write_bytes(msgspec.json.encode(status))
    fresh.replace(run_dir / FILE)


def read(run_dir: Path) -> NodeStatus | None:
    """The last status written; None when there is none or it is not whole."""
    try:
        return msgspec.json.decode((run_dir / FILE).read_bytes(), type=NodeStatus)
    except (OSError, msgspec.DecodeError):
        return None
