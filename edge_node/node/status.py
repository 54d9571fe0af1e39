"""The node's status in a file that anybody on the node can read; field.health makes the verdict."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge_node.messages import NodeStatus

FILE = "status.json"
STALE_AFTER_S = 5.0


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
