"""A rack's environment file: labgrid's targets, and under `options` what this bench must know beside them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from tools.trial.outcome import NodeStood, TrialError

NODE = "node"


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """The node's name and place, its sensors' drivers by name, C2's keys and address, and commands that make sound and radio of files.

    `loudspeaker` plays {wav}; `generator` sends {iq} (cu8) at {center_hz} and {rate_hz}, by cable into the receiver's input.
    """

    node: str
    c2_state: str
    bind: str
    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float
    sensors: dict[str, str]
    live_port: int = 5571
    reliable_port: int = 5572
    state_dir: str = "/var/lib/edge-node"
    loudspeaker: str | None = None
    loudspeaker_at: tuple[float, float, float] | None = None
    generator: str | None = None

    def stood(self, mono_begin_ns: int) -> NodeStood:
        """For a trial's head."""
        return NodeStood(self.node, self.latitude_deg, self.longitude_deg, self.altitude_wgs84_m, mono_begin_ns)


class Rack:
    """The environment; raises TrialError where labgrid, the file or what it must hold is missing."""

    def __init__(self, path: Path) -> None:
        try:
            labgrid: Any = import_module("labgrid")
        except ImportError as error:
            raise TrialError(f"--rack needs labgrid, which is not installed: pip install labgrid ({error})") from error
        if not path.is_file():
            raise TrialError(f"there is no {path}; hw/rack/env.yaml is an example of one")
        try:
            self._environment: Any = labgrid.Environment(str(path))
            self.options = msgspec.convert(self._environment.config.data.get("options", {}), Options)
        except Exception as error:
            raise TrialError(f"{path}: {error}") from error
        self._path = path

    def driver(self, protocol: str, role: str = NODE) -> Any:
        """What does that for a target, switched on; raises TrialError that says what the file lacks."""
        try:
            target = self._environment.get_target(role)
            found = None if target is None else target.get_driver(protocol)
        except Exception as error:
            raise TrialError(f"{self._path}: {role} has no {protocol}: {error}") from error
        if found is None:
            raise TrialError(f"{self._path}: there is no target {role!r}")
        return found

    def uptime_s(self, clock: Callable[[], float]) -> float:
        """What the node's monotonic clock is ahead of ours, which `clock` tells."""
        before_s = clock()
        (line, *_), _, code = self.driver("CommandProtocol").run("cat /proc/uptime")
        if code:
            raise TrialError(f"{self._path}: the node does not say its uptime")
        return float(line.split()[0]) - (before_s + clock()) / 2

    def close(self) -> None:
        """Let all targets go."""
        self._environment.cleanup()
