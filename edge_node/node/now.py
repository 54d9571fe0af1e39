"""What a running node says of itself in its files, read by whoever looks at it: a picture in a terminal, or a page."""

from __future__ import annotations

import grp
import pwd
import time
from pathlib import Path
from stat import S_IRGRP, S_IXGRP

from msgspec import Struct

from edge_node.field.doctor import running
from edge_node.messages import NodeStatus
from edge_node.node import figures_file, tracks_file
from edge_node.node.figures_file import Figures, PlaceNow
from edge_node.node.tracks_file import TracksNow

NS_PER_S = 1e9


class Now(Struct, frozen=True):
    """The node at one monotonic time; what it says was said last, however old, None where nothing whole is there."""

    t_mono_ns: int
    state: running.State
    run_dir: Path
    status: NodeStatus | None = None
    tracks: TracksNow | None = None
    figures: Figures | None = None

    @property
    def place(self) -> PlaceNow | None:
        """Where the node is."""
        return self.figures.place if self.figures else None

    @property
    def silent_s(self) -> float | None:
        """How old its own word of itself is."""
        return None if self.status is None else self._age_s(self.status.t_mono_ns)

    @property
    def tracks_silent_s(self) -> float | None:
        """How old the tracks are."""
        return None if self.tracks is None else self._age_s(self.tracks.t_mono_ns)

    @property
    def tracks_fresh(self) -> bool:
        """Whether an empty list of tracks says anything."""
        silent_s = self.tracks_silent_s
        return self.state == "running" and silent_s is not None and silent_s < tracks_file.STALE_AFTER_S

    def data_age_s(self, sensor: str) -> float | None:
        """How old the newest data of a sensor are, None where nobody says it."""
        report = self.figures.reports.get(sensor) if self.figures else None
        return None if report is None or report.last_block_mono_ns is None else self._age_s(report.last_block_mono_ns)

    def _age_s(self, t_mono_ns: int) -> float:
        return max((self.t_mono_ns - t_mono_ns) / NS_PER_S, 0.0)


def look(run_dir: Path, locks: Path = Path("/proc/locks")) -> Now:
    """The node of a configuration, or the service's where that one does not run; reads files, waits for nobody, raises nothing."""
    node = running.find(run_dir, locks)
    return Now(time.monotonic_ns(), node.state, node.run_dir, node.status, tracks_file.read(node.run_dir), figures_file.read(node.run_dir))


def whose(run_dir: Path) -> str:
    """What somebody has to do who may not look into a folder."""
    try:
        held = run_dir.stat()
        owner, group = pwd.getpwuid(held.st_uid).pw_name, grp.getgrgid(held.st_gid).gr_name
    except (OSError, KeyError):
        return "look as the user that runs the node, or as root"
    if held.st_mode & S_IRGRP and held.st_mode & S_IXGRP:
        return f"join its group, and log in anew: sudo usermod -aG {group} $USER"
    return f"look as the user that runs the node: sudo -u {owner} edge-node watch"
