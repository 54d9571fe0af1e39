"""The configuration: what is wrong in node.toml, and whether the running node goes by it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edge_node.config import Config, short_name
from edge_node.field.doctor.grades import finding
from edge_node.messages import Finding, NodeStatus
from edge_node.strict_toml import Problem

TOUCH = "mend that line, then edge-node check-config"
WRITE = "edge-node setup writes one; another is named by -c FILE"


def of_problems(path: Path, problems: Sequence[Problem]) -> tuple[Finding, ...]:
    """One line a problem, with its line of the file and the nearest right word."""
    touch = TOUCH if path.exists() else WRITE
    return tuple(finding("configuration", "configuration_wrong", "fail", f"{path.name} {problem}", touch) for problem in problems)


def of_config(path: Path, config: Config, misfits: Sequence[str], running: NodeStatus | None) -> tuple[Finding, ...]:
    """Of a file that can be read; `misfits` are of drivers that other packages bring."""
    wrong = [*of_problems(path, config.problems)]
    wrong += [finding("configuration", "driver_misfits", "fail", misfit, TOUCH) for misfit in misfits]
    if not config.sensor and not config.problems:
        touch = "edge-node sensors suggest, or edge-node setup"
        wrong.append(finding("configuration", "no_sensor", "fail", f"{path.name} has no [[sensor]]", touch))
    if running is not None and running.configuration and running.configuration != short_name(config):
        touch = "systemctl reload edge-node (or kill -HUP)"
        wrong.append(
            finding("configuration", "configuration_not_read", "warn", f"{path.name} changed since the running node read it", touch)
        )
    sensors = f"{len(config.sensor)} sensor{'s' * (len(config.sensor) != 1)}"
    return tuple(wrong) or (finding("configuration", "configuration_ok", "ok", f"{path}: {sensors}, nothing wrong"),)
