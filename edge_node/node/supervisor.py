"""The node's first process: starts the hub and a worker for each sensor, and keeps them alive. Imports nothing heavy."""

from __future__ import annotations

import fcntl
import logging
import os
import selectors
import signal
import stat
import time
from pathlib import Path
from types import FrameType

from msgspec.structs import replace

from edge_node.config import Config, short_name
from edge_node.config_file import ConfigError, load
from edge_node.field import health
from edge_node.field.health_names import found
from edge_node.field.lamp import Lamp, shown
from edge_node.field.sensing import covered_now
from edge_node.messages import Coverage, Finding, NodeStatus, SensorStatus
from edge_node.node import status
from edge_node.node.board_watch import BoardWatch
from edge_node.node.child import Child
from edge_node.node.nursery.forking import First
from edge_node.node.nursery.keeper import Nursery
from edge_node.node.nursery.order import Kind
from edge_node.node.page_door import PageDoor
from edge_node.notify import Notifier

TICK_S = 0.25
STATUS_EVERY_S = 1.0
HUB = "hub"

log = logging.getLogger("edge_node")


class AlreadyRunning(Exception):
    """Another node uses this run_dir."""


class Supervisor:
    """Runs one configuration; `run` returns when it was told to stop and everything has ended."""

    def __init__(self, path: Path, config: Config, nursery: First | None = None) -> None:
        self._path, self._config = path, config
        self._notifier = Notifier()
        self._selector = selectors.DefaultSelector()
        self._problem = ""
        self._read_at = _modified(path)
        self._stop = self._reload = False
        self._told_s = 0.0
        self._was: tuple[str, ...] = ()
        self._run_dir = config.node.run_dir
        self._run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        _require_safe(self._run_dir)
        self._lock = _lock(self._run_dir)
        self._nursery = Nursery(first=nursery)
        self._hub = self._add("hub", HUB, config)
        self._workers: dict[str, Child] = {}
        self._board, self._lamp = BoardWatch(config), _lamp(config)
        self._door = PageDoor(config)
        self._take(config)

    def run(self) -> int:
        """Supervise until SIGTERM or SIGINT; SIGHUP reads the configuration again."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            while not self._stop:
                self._turn()
        finally:
            self._notifier.say(stopping=1, status="stopping")
            self._end()
        return os.EX_OK

    def _on_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 -- the signal module's signature
        self._reload |= number == signal.SIGHUP
        self._stop |= number != signal.SIGHUP

    def _turn(self) -> None:
        self._selector.select(TICK_S)
        wrong = self._problem or self._config.problems
        if self._reload or self._hub.wants_reload or (wrong and _modified(self._path) != self._read_at):
            self._reload = self._hub.wants_reload = False
            self._read_again()
        now_s = time.monotonic()
        self._nursery.tick(now_s)
        for child in self._children():
            child.tick(now_s)
        self._door.tick(now_s)
        self._drop_gone()
        self._tell(now_s)

    def _children(self) -> list[Child]:
        return [self._hub, *self._workers.values()]

    def _add(self, kind: Kind, name: str, config: Config, driver: str = "") -> Child:
        child = Child(self._nursery, kind, name, config, driver)
        self._selector.register(child, selectors.EVENT_READ)
        return child

    def _take(self, config: Config) -> None:
        """Start, stop and start again just those children whose tables changed, or that were refused: files beside it may have changed."""
        before = {sensor.name: sensor for sensor in self._config.sensor}
        after = {sensor.name: sensor for sensor in config.sensor}
        everything = _of_all(config) != _of_all(self._config)
        for name, child in self._workers.items():
            child.config = config
            if name not in after:
                child.stop()
            elif everything or before.get(name) != after[name] or child.refused:
                child.driver = after[name].driver
                child.restart()
        for name in after.keys() - self._workers.keys():
            self._workers[name] = self._add("worker", name, config, after[name].driver)
        self._hub.config = config
        if _of_the_page(config) != _of_the_page(self._config):
            self._door.close()
            self._door = PageDoor(config)
        if _of_the_supervisor(config) != _of_the_supervisor(self._config):
            self._look_anew(config)
        if everything or _of_the_hub(config) != _of_the_hub(self._config):
            self._hub.restart()
        self._config, self._configuration = config, short_name(config)

    def _look_anew(self, config: Config) -> None:
        self._board.close()
        self._lamp.close()
        self._board, self._lamp = BoardWatch(config), _lamp(config)

    def _read_again(self) -> None:
        self._notifier.say(reloading=1, monotonic_usec=time.monotonic_ns() // 1000)
        self._read_at = _modified(self._path)
        try:
            fresh = load(self._path)
        except ConfigError as error:
            self._problem = f"{error}; the configuration read before stays in force".replace("\n", "; ")
            log.error("%s", self._problem)
        else:
            self._problem = ""
            self._take(replace(fresh, node=replace(fresh.node, run_dir=self._run_dir)))
            log.info("configuration read again: %d sensors run, %d problems", len(fresh.sensor), len(fresh.problems))
        self._notifier.say(ready=1)

    def _drop_gone(self) -> None:
        configured = {sensor.name for sensor in self._config.sensor}
        for name in [name for name, child in self._workers.items() if name not in configured and child.gone]:
            self._close(self._workers.pop(name))

    def _close(self, child: Child) -> None:
        self._selector.unregister(child)
        child.close()

    def status(self, now_s: float) -> NodeStatus:
        """How the node is now."""
        sensors = tuple(child.status(now_s) for child in self._workers.values()) + self._misconfigured(now_s)
        hub = self._hub.status(now_s)
        findings = health.worst_first((*health.of_states(sensors, hub), *self._told()))
        verdict, sentence = health.judge(sensors, hub, findings)
        return NodeStatus(
            name=self._config.node.name,
            verdict=verdict,
            sentence=sentence,
            sensors=sensors,
            hub=hub,
            t_mono_ns=int(now_s * 1e9),
            configuration=self._configuration,
            findings=findings,
            coverage=self._coverage(sensors, findings, now_s),
        )

    def _told(self) -> list[Finding]:
        """What processes that run say of themselves, and what is wrong with the whole."""
        refused = [found("configuration", "configuration_refused", self._problem)] if self._problem else []
        of_sensors = [
            replace(one, about=child.name) for child in self._workers.values() if child.state == "running" for one in child.findings
        ]
        own = (*refused, *self._board.findings(), *self._lamp.findings())
        return [*own, *(self._hub.findings if self._hub.state == "running" else ()), *of_sensors]

    def _coverage(self, sensors: tuple[SensorStatus, ...], findings: tuple[Finding, ...], now_s: float) -> tuple[Coverage, ...]:
        """What each sensor covers now, those that do not work too."""
        said = {name: child.coverage(now_s) for name, child in self._workers.items()}
        covered = (covered_now(one, said.get(one.name), findings, int(now_s * 1e9)) for one in sensors)
        return tuple(one for one in covered if one is not None)

    def _misconfigured(self, now_s: float) -> tuple[SensorStatus, ...]:
        """The [[sensor]] tables that are off because they are wrong, each with all that is wrong in it."""
        wrong: dict[str, list[str]] = {}
        for problem in self._config.problems:
            wrong.setdefault(problem.sensor or "", []).append(f"{self._path.name} {problem}")
        return tuple(
            SensorStatus(name=name, driver="", state="off", sentence="; ".join(words), since_mono_ns=int(now_s * 1e9), restarts=0, pid=None)
            for name, words in wrong.items()
        )

    def _tell(self, now_s: float) -> None:
        """Say how the node is when that changed, and at least once a second."""
        self._notifier.say(watchdog=1)
        self._board.look(now_s)
        now = self.status(now_s)
        self._lamp.show(shown(now.verdict, now.sentence, now.findings), now_s)
        states = (now.verdict, *(f"{child.name} {child.state}" for child in (now.hub, *now.sensors)))
        states += tuple(f"{one.about} {one.name}" for one in now.findings)
        if states == self._was and now_s - self._told_s < STATUS_EVERY_S:
            return
        if states != self._was:
            log.info("%s: %s", now.verdict, now.sentence)
        self._was, self._told_s = states, now_s
        self._write(now)
        self._notifier.say(status=f"{now.verdict}: {now.sentence}", **({"ready": 1} if now.hub.state == "running" else {}))

    def _write(self, now: NodeStatus) -> None:
        """A full disk must not end the node."""
        try:
            status.write(self._run_dir, now)
        except OSError as error:
            log.warning("the status cannot be written to %s: %s", self._run_dir, error.strerror)

    def _end(self) -> None:
        """Workers first, so that what they flush still reaches the hub; whoever outstays its time is killed."""
        deadline_s = time.monotonic() + self._config.supervision.stop_within_s * 0.9
        for round_of, until_s in ((list(self._workers.values()), deadline_s - 1.0), ([self._hub], deadline_s)):
            for child in round_of:
                child.stop()
            while not all(child.gone for child in round_of):
                self._selector.select(0.05)
                now_s = time.monotonic()
                for child in round_of:
                    child.tick(now_s)
                    if now_s > until_s:
                        child.kill()
                        self._nursery.give_up()  # a nursery that hangs keeps whoever is not born yet
        self._write(self.status(time.monotonic()))
        for child in self._children():
            self._close(child)
        self._door.close()
        self._nursery.close()
        self._board.close()
        self._lamp.close()
        self._selector.close()
        self._notifier.close()
        os.close(self._lock)


def _of_all(config: Config) -> tuple[object, ...]:
    """What every process reads when it starts."""
    return config.node, config.remote_id.trusted_keys, config.page.camera


def _of_the_supervisor(config: Config) -> tuple[object, ...]:
    """What the supervisor looks at and shows."""
    return config.health, config.lamp, config.node


def _of_the_page(config: Config) -> tuple[object, ...]:
    """What the page reads when it starts."""
    return config.page, config.node, config.sensor


def _lamp(config: Config) -> Lamp:
    return Lamp(config.lamp.led, config.lamp.buzzer, config.health.system_root)


def _of_the_hub(config: Config) -> tuple[object, ...]:
    """What the hub reads when it starts."""
    return config.c2, config.tracking, config.remote_id


def _modified(path: Path) -> int:
    """When a file was last changed, 0 when it is not there."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _require_safe(run_dir: Path) -> None:
    """Raises PermissionError where another user could have this one write through links of his, or read along: /tmp is everybody's."""
    held = run_dir.stat()
    if not {held.st_uid, run_dir.lstat().st_uid} <= {os.geteuid(), 0}:
        raise PermissionError(f"run_dir {run_dir} belongs to another user: remove it, or give this node one of its own in [node]")
    if held.st_mode & stat.S_IWOTH:
        raise PermissionError(f"everybody may write to run_dir {run_dir}: chmod o-w it, or give this node one of its own in [node]")


def _lock(run_dir: Path) -> int:
    """Hold run_dir for this process alone; raises AlreadyRunning."""
    held = os.open(run_dir / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(held)
        raise AlreadyRunning(f"another node runs in {run_dir}: stop it, or give this one a run_dir of its own in [node]") from error
    return held
