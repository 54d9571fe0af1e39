"""One child process: started, listened to, ended when it stalls, started again with growing patience."""

from __future__ import annotations

import os
import signal
import time
from math import inf

from msgspec.structs import replace

from edge_node.config import Config, SupervisionTable, to_json
from edge_node.messages import Coverage, Finding, SensorState, SensorStatus
from edge_node.node.nursery.keeper import Nursery
from edge_node.node.nursery.order import Kind, Order
from edge_node.node.nursery.started import Started
from edge_node.node.told_health import unpacked, unpacked_coverage
from edge_node.notify import Listener

CALM_S = 30.0
OF_DEVICES: dict[int, SensorState] = {os.EX_UNAVAILABLE: "absent", os.EX_IOERR: "absent", os.EX_TEMPFAIL: "stalled"}
"""What a driver found wrong with its device, by the exit code of the worker that said so."""
COVERAGE_HOLDS_S = 3.5
"""It is said once a second: who missed three covers nothing any more."""
SILENT = "it says no longer what it covers"


def _named(code: int) -> str:
    """How a process ended, in words."""
    return f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


class Child:
    """A worker or the hub. `tick` drives it; it never waits."""

    def __init__(self, nursery: Nursery, kind: Kind, name: str, config: Config, driver: str = "") -> None:
        self.name, self.driver, self.config = name, driver, config
        self.state: SensorState = "off"
        self._lasting: SensorState | None = None
        self.restarts = 0
        self.findings: tuple[Finding, ...] = ()
        self.wants_reload = self.refused = False
        self._coverage: Coverage | None = None
        self._covered_s = 0.0
        self._nursery, self._kind = nursery, kind
        self._listener = Listener(config.node.run_dir / f"{name}.notify")
        self._process: Started | None = None
        self._said = ""
        self._failure = ""
        self._failures_in_a_row = 0
        self._alive_s = self._since_s = self._start_at_s = time.monotonic()
        self._wanted = True

    @property
    def _patience(self) -> SupervisionTable:
        return self.config.supervision

    def fileno(self) -> int:
        """Readable when the child has said something."""
        return self._listener.fileno()

    def tick(self, now_s: float) -> None:
        """Hear the child, notice its end or its silence, start it when its time has come."""
        self._hear(now_s)
        if self._process is not None:
            code = self._process.poll()
            if code is not None:
                self._ended(code, now_s)
            else:
                self._watch(now_s)
        elif self._wanted and now_s >= self._start_at_s:
            self._start(now_s)

    def _start(self, now_s: float) -> None:
        self.findings = ()
        environment = {"NOTIFY_SOCKET": str(self._listener.path), "WATCHDOG_USEC": str(int(self._patience.stall_after_s * 1e6))}
        try:
            self._process = Started(self._nursery, Order(self._kind, self.name, environment), to_json(self.config))
        except OSError as error:
            self._failed("crashed", f"cannot be started: {error.strerror}", now_s)
            return
        self._alive_s = now_s
        self._turn("starting", now_s)

    def _hear(self, now_s: float) -> None:
        for said in self._listener.heard():
            self._alive_s = now_s
            self._said = said.get("STATUS", self._said)
            self._hear_health(said, now_s)
            self.wants_reload |= "X_RELOAD" in said
            if "READY" in said and self.state == "starting":
                self._turn("running", now_s)
        if self.state == "running" and now_s - self._since_s > CALM_S:
            self._failures_in_a_row = 0

    def _hear_health(self, said: dict[str, str], now_s: float) -> None:
        findings = unpacked(said["X_FINDINGS"]) if "X_FINDINGS" in said else None
        coverage = unpacked_coverage(said["X_COVERAGE"]) if "X_COVERAGE" in said else None
        self.findings = self.findings if findings is None else findings
        if coverage is not None:
            self._coverage, self._covered_s = coverage, now_s

    def coverage(self, now_s: float) -> Coverage | None:
        """What it said last of what it covers, reaching nowhere once that is old; None where it never said anything."""
        said = self._coverage
        return said if said is None or now_s - self._covered_s <= COVERAGE_HOLDS_S else replace(said, reach_m=0.0, notes=(SILENT,))

    def _watch(self, now_s: float) -> None:
        if self.state == "stopping" and now_s - self._since_s > self._patience.stop_within_s:
            self.kill()
        patience = self._patience.start_within_s if self.state == "starting" else self._patience.stall_after_s
        if self.state in ("starting", "running") and now_s - self._alive_s > patience:
            self._failure = f"stalled: said nothing for {patience:g} s and was ended"
            self.kill()
            self._turn("stalled", now_s)

    def _ended(self, code: int, now_s: float) -> None:
        self._process = None
        self._hear(now_s)
        if self.state == "stopping":
            self._turn("off", now_s)
        elif code == os.EX_OK:
            self._wanted = False
            self._said = f"came to its end: {self._said}"
            self._turn("off", now_s)
        elif code == os.EX_CONFIG:
            self._wanted, self.refused = False, True
            self._turn("off", now_s)
        elif code == os.EX_OSFILE:
            self._start_again("off", self._patience.absent_retry_s, now_s)
        elif self.state == "stalled":
            self._failed("stalled", self._failure, now_s)
        elif code in OF_DEVICES:
            self._failed(OF_DEVICES[code], self._said, now_s, self._patience.absent_retry_s)
        else:
            self._failed("crashed", f"{_named(code)}{f' ({self._said})' if code == os.EX_SOFTWARE else ''}", now_s)

    def _failed(self, state: SensorState, failure: str, now_s: float, most_s: float = inf) -> None:
        """Try again later each time, `most_s` later at most: a device that hangs or fell out may be back at any moment."""
        self._failure = failure
        self._failures_in_a_row += 1
        wait_s = self._patience.backoff_first_s * 2 ** min(self._failures_in_a_row - 1, 16)
        self._start_again(state, min(wait_s, self._patience.backoff_most_s, most_s), now_s)

    def _start_again(self, state: SensorState, wait_s: float, now_s: float) -> None:
        self.restarts += 1
        self._start_at_s = now_s + wait_s
        self._turn(state, now_s)
        self._lasting = state

    def _turn(self, state: SensorState, now_s: float) -> None:
        self.state = state
        self._since_s = now_s
        if state != "starting":
            self._lasting = None

    def stop(self) -> None:
        """Ask it to end and not to come back."""
        self._wanted = False
        if self._process is not None:
            self._process.terminate()
            self._turn("stopping", time.monotonic())

    def restart(self) -> None:
        """End it and start it again at once with the configuration that stands now."""
        self._wanted, self.refused, self._failure, self._failures_in_a_row = True, False, "", 0
        self._start_at_s = time.monotonic()
        if self._process is not None:
            self._process.terminate()
            self._turn("stopping", self._start_at_s)

    def kill(self) -> None:
        """End it now."""
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """Let its notify socket go; the process must have ended."""
        self._listener.close()

    @property
    def gone(self) -> bool:
        """Whether no process runs."""
        return self._process is None

    def status(self, now_s: float) -> SensorStatus:
        """How it is, in a sentence."""
        return SensorStatus(
            name=self.name,
            driver=self.driver,
            state=self._shown,
            sentence=self._sentence(now_s),
            since_mono_ns=int(self._since_s * 1e9),
            restarts=self.restarts,
            pid=self._process.pid if self._process is not None else None,
        )

    @property
    def _shown(self) -> SensorState:
        """What was wrong is wrong until a new start has come to something: who looks for his device every few seconds has it not yet."""
        return self._lasting if self.state == "starting" and self._lasting is not None else self.state

    def _sentence(self, now_s: float) -> str:
        shown = self._shown
        if shown in ("crashed", "stalled"):
            return f"{self._failure}; starts again in {max(0.0, self._start_at_s - now_s):.0f} s"
        if shown == "absent" or (shown == "off" and self._lasting is not None):
            return f"{self._said}; looks again every {self._patience.absent_retry_s:g} s"
        recent = self._failure and self.state in ("starting", "running") and now_s - self._since_s < CALM_S
        return f"{self._said or self.state}{f' (started again: {self._failure})' if recent else ''}"
