"""`edge-node doctor`: is all well with this node, and what to touch where it is not; exit code 0 well, 1 not quite, 2 not."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec

from drivers.board import Board, BoardFacts
from edge_node import __version__
from edge_node.commands.running import misfit_of
from edge_node.commands.trying import SPARE_S, try_all
from edge_node.config import Config, NodeTable, short_name
from edge_node.config_file import ConfigError, load
from edge_node.field import board_findings, upgrade
from edge_node.field.doctor import black_box, link, position, running, sensors, setting, which_device
from edge_node.field.doctor.bounded import Task
from edge_node.field.doctor.bundle import write
from edge_node.field.doctor.grades import finding, worst
from edge_node.field.doctor.page import page
from edge_node.field.doctor.report import Report, ordered
from edge_node.field.doctor.tried import Fixed
from edge_node.messages import Finding
from edge_node.publish.keys import KeyPair
from edge_node.strict_toml import Problem

BESIDE_S = 1.0
"""So much longer than the sensors may take what is looked at beside them."""
ROOT = Path("/")
Link = tuple[KeyPair | None, tuple[Finding, ...]]


def doctor(arguments: argparse.Namespace) -> int:
    """Look at everything, print the page or one JSON object, and write the bundle where one is asked for."""
    examination = Examination(arguments.config, arguments.listen)
    report = examination.report()
    said = msgspec.json.encode(report).decode() + "\n" if arguments.json else page(report)
    sys.stdout.write(said)
    code = report.exit_code
    if arguments.bundle is not None:
        code = max(code, _bundle(arguments.bundle, examination, report))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # a thread that hangs in a device's file or a name server must not hold up the end


def _bundle(path: Path, examination: Examination, report: Report) -> int:
    try:
        told = write(path, report, examination.path, examination.node.run_dir)
    except OSError as error:
        sys.stderr.write(f"edge-node: {path} cannot be written: {error.strerror}\n")
        return 1
    sys.stderr.write(told)
    return 0


class Examination:
    """One node, looked at once; `spare_s` is what there is beside the time to listen, whatever hangs."""

    def __init__(self, path: Path, listen_s: float, root: Path = ROOT, spare_s: float = SPARE_S) -> None:
        self.path, self._listen_s, self._root, self._spare_s = path, listen_s, root, spare_s
        self._began_s = time.monotonic()
        self.config, self.problems = _read(path)
        self.node = running.find((self.config or Config()).node.run_dir)
        self._fixes: list[Fixed] = []

    def report(self) -> Report:
        """All that is found, in order."""
        config, until_s = self.config or Config(), self._began_s + self._listen_s + self._spare_s + BESIDE_S
        disks = tuple(dict.fromkeys((config.node.state_dir, config.node.run_dir)))
        board = Task("the computer", partial(Board(self._root).facts, disks))
        linked = Task("the link", partial(self._link, config)) if self.config else None
        found = [*running.of_node(self.node), *upgrade.findings(self._root), *self._sensors(config)]
        facts = board.result(until_s)
        found += self._of_board(facts)
        pair, of_link = (linked.result(until_s) if linked else None) or (None, () if linked is None else (_hung("link"),))
        found += [*of_link, *self._configuration(), *self._position(config)]
        found += self._doubts(config, facts)
        found += black_box.of_config(config)
        found += self._told_beside(found)
        findings = ordered(tuple(found), tuple(sensor.name for sensor in config.sensor))
        return self._written(config, findings, facts, pair)

    def _told_beside(self, found: Sequence[Finding]) -> list[Finding]:
        """What the running node found and doctor did not."""
        known = {(one.about, one.name) for one in found}
        told = self.node.told if self.node.state == "running" else ()
        return [one for one in told if (one.about, one.name) not in known]

    def _written(self, config: Config, findings: tuple[Finding, ...], facts: BoardFacts | None, pair: KeyPair | None) -> Report:
        return Report(
            node=config.node.name,
            t_utc=datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
            version=__version__,
            configuration=short_name(config) if self.config else "cannot be read",
            model=facts.model if facts else None,
            place=self._place(config.node),
            fingerprint=pair.fingerprint if pair else None,
            running=self.node.state == "running",
            seconds=round(time.monotonic() - self._began_s, 1),
            verdict=worst(findings),
            sensors=tuple(sensor.name for sensor in config.sensor),
            findings=findings,
        )

    def _link(self, config: Config) -> Link:
        status = self.node.status
        return link.of_running(config, status.hub) if self._runs and status else link.of_stopped(config)

    @property
    def _runs(self) -> bool:
        """Whether the devices are busy, or may be."""
        return self.node.state != "stopped"

    def _sensors(self, config: Config) -> Iterator[Finding]:
        """As the node says where it runs; else each is opened and listened to."""
        if self.node.state == "running" and self.node.status is not None:
            yield from sensors.of_running(self.node.status.sensors, self.node.told)
            return
        if self._runs:
            return
        for tried in try_all(config, config.sensor, self._listen_s, self._spare_s):
            yield from sensors.of_tried(tried)
            if tried.fixed is not None:
                self._fixes.append(tried.fixed)
                yield from position.of_receiver(tried.name, tried.fixed)

    def _of_board(self, facts: BoardFacts | None) -> tuple[Finding, ...]:
        """A clock that nobody keeps does no harm where GNSS tells the node its time."""
        if facts is None:
            return (_hung("storage"),)
        found, by_gnss = board_findings.of_board(facts, time.time()), self._by_gnss()
        return tuple(by_gnss if one.name == "clock_unsynchronised" and by_gnss else one for one in found)

    def _by_gnss(self) -> Finding | None:
        if self.node.status is not None and self._runs:
            return running.time_of(self.node.status)
        told = any(fix.utc_ahead_s is not None for fix in self._fixes)
        return (
            finding("time", "clock_by_gnss", "ok", "nothing keeps the computer's clock; the node takes its time from GNSS")
            if told
            else None
        )

    def _configuration(self) -> tuple[Finding, ...]:
        if self.config is None:
            return setting.of_problems(self.path, self.problems)
        misfits = [f"{sensor.name}: {misfit}" for sensor in self.config.sensor if (misfit := misfit_of(sensor))]
        same_place = self.node.run_dir == self.config.node.run_dir
        return setting.of_config(self.path, self.config, misfits, self.node.status if self._runs and same_place else None)

    def _position(self, config: Config) -> Iterator[Finding]:
        if self.config is None:
            return
        if self.node.status is None or not self._runs or config.node.latitude_deg is not None or not _has_gnss(config):
            yield from position.of_node(config.node, self._fixes, _has_gnss(config))
            return
        has_fix, words = running.position_of(self.node.status) or (False, "no GNSS receiver of the node says where it is")
        touch = "give its antenna a view of the sky, and wait a minute"
        yield finding("position", "position_ok", "ok", words) if has_fix else finding("position", "no_fix", "fail", words, touch)

    def _doubts(self, config: Config, facts: BoardFacts | None) -> Iterator[Finding]:
        """Devices that will be others after a restart."""
        plugged = which_device.look(self._root, facts.usb if facts else ())
        for sensor in config.sensor:
            yield from which_device.of_sensor(sensor, plugged)

    def _place(self, node: NodeTable) -> str | None:
        """Where it is, in words."""
        if node.latitude_deg is not None and node.longitude_deg is not None:
            return position.place_words(node.latitude_deg, node.longitude_deg)
        fix = next((one for one in self._fixes if one.latitude_deg is not None and one.longitude_deg is not None), None)
        return position.place_words(fix.latitude_deg or 0.0, fix.longitude_deg or 0.0) if fix else None


def _read(path: Path) -> tuple[Config | None, Sequence[Problem]]:
    try:
        return load(path), ()
    except ConfigError as error:
        return None, error.problems


def _has_gnss(config: Config) -> bool:
    return any(sensor.driver == "gnss" for sensor in config.sensor)


def _hung(about: str) -> Finding:
    touch = "the disk or the network hangs: exchange the card, look at cable and modem"
    return finding(about, f"{about}_hangs", "fail", "looking at it took too long, or failed", touch)
