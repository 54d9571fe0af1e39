"""One sensor's process: driver and detector together, so that raw samples never leave it."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from typing import TYPE_CHECKING

import zmq

from drivers import catalog
from drivers.plugins import named
from drivers.source import LibraryMissing, Source, SourceAbsent, SourceError, SourceLost, SourceMisconfigured, SourceStalled
from edge_node.bus import BusSender
from edge_node.config import Config, SensorTable
from edge_node.field.health_names import found
from edge_node.field.sensor_health import SensorHealth
from edge_node.messages import BusMessage, Coverage, Detection, Finding, LinkDetection, SensorReport
from edge_node.node import brought_options, trusted_keys
from edge_node.node.gate.admission import Admission
from edge_node.node.pipeline import Pipeline
from edge_node.node.remembered import Remembered
from edge_node.node.stop import StopFlag
from edge_node.node.told_health import packed, packed_coverage
from edge_node.node.view import View
from edge_node.notify import Notifier

if TYPE_CHECKING:
    from edge_node.node.black_box import BlackBox

EXIT_CODES: dict[type[SourceError], int] = {
    SourceAbsent: os.EX_UNAVAILABLE,
    SourceLost: os.EX_IOERR,
    SourceStalled: os.EX_TEMPFAIL,
    SourceMisconfigured: os.EX_CONFIG,
    LibraryMissing: os.EX_OSFILE,
}
log = logging.getLogger("edge_node.worker")

WATCHDOG_EVERY_NS = 200_000_000
REPORT_EVERY_NS = 1_000_000_000


def work(config: Config, name: str) -> int:
    """Run one sensor until told to stop or its device fails; the exit code says how it ended (sysexits)."""
    notifier = Notifier()
    try:
        table = next(sensor for sensor in config.sensor if sensor.name == name)
    except StopIteration:
        return _end(notifier, f"no [[sensor]] in the configuration has the name {name!r}", os.EX_CONFIG)
    try:
        with _source(table) as source, _bus(config) as bus:
            notifier.say(ready=1, status=source.words())
            keys, problem = trusted_keys.read(config.remote_id.trusted_keys)
            pipeline = Pipeline(name, {"RadioFrame": {"trusted_keys": keys}, "Frame": {"settings": config.camera}})
            with Remembered(config.node.state_dir, name, time.monotonic_ns()) as remembered:
                health = SensorHealth(name, table.driver, source.declared_hz, remembered.memory, time.monotonic_ns())
                view = View(config.node.run_dir, name, config.page.camera)
                with _black_box(config, name) as box:
                    loop = _Loop(source, pipeline, bus, notifier, health=health, remembered=remembered, view=view, box=box, problem=problem)
                    loop.run(StopFlag())
            return os.EX_OK
    except SourceError as error:
        return _end(notifier, str(error), EXIT_CODES[type(error)])
    except ConnectionError:
        return os.EX_OK  # the supervisor is gone, and so is the node
    except Exception as error:
        log.exception("the worker of %s fails", name)
        return _end(notifier, f"driver {table.driver!r} failed: {named(error)}", os.EX_SOFTWARE)


def _source(table: SensorTable) -> Source:
    try:
        return catalog.load(table.driver)(**brought_options.arguments(table))
    except SourceError:
        raise
    except Exception as error:  # what a driver of another package needs may be missing, or be anything
        raise SourceMisconfigured(f"driver {table.driver!r} cannot be used: {named(error)}") from error


@contextmanager
def _bus(config: Config) -> Iterator[BusSender]:
    with zmq.Context() as context:
        sender = BusSender(context, config.node.run_dir)
        try:
            yield sender
        finally:
            sender.close()


def _black_box(config: Config, name: str) -> AbstractContextManager[BlackBox | None]:
    """None where nothing is to be held, and then nothing of it is loaded either."""
    if not config.black_box.on:
        return nullcontext()
    from edge_node.node.black_box import BlackBox  # noqa: PLC0415 -- as the docstring says

    return closing(BlackBox(config, name))


def _is_worth_staying_for(message: BusMessage) -> bool:
    """Whether it is a find: a detection, and of radio links one of a drone."""
    return message.alarm if isinstance(message, LinkDetection) else isinstance(message, Detection)


def _end(notifier: Notifier, words: str, code: int) -> int:
    notifier.say(status=words)
    if not os.environ.get("NOTIFY_SOCKET"):
        os.write(2, f"{words}\n".encode())
    return code


class _Loop:
    """Blocks through the pipeline onto the bus; says that it lives once per block, at most five times a second."""

    def __init__(
        self,
        source: Source,
        pipeline: Pipeline,
        bus: BusSender,
        notifier: Notifier,
        *,
        health: SensorHealth,
        remembered: Remembered,
        view: View,
        box: BlackBox | None,
        problem: str,
    ) -> None:
        self._source, self._pipeline, self._bus, self._notifier, self._problem = source, pipeline, bus, notifier, problem
        self._health, self._remembered, self._view, self._box, self._unsent = health, remembered, view, box, 0
        self._admission = Admission()
        self._blocks = self._detections = self._lost = 0
        self._last_block_ns: int | None = None
        self._watchdog_ns = self._report_ns = time.monotonic_ns()
        self._blocks_then = 0

    def run(self, stop: StopFlag) -> None:
        """Until the source ends or `stop` is set."""
        for block in self._source.blocks():
            if block is not None:
                if self._box is not None:
                    self._box.take(block)
                self._health.took(block, time.monotonic_ns())
                messages = self._admission.admit(self._pipeline.step(block))
                if any(map(_is_worth_staying_for, messages)):
                    self._source.found()
                self._blocks += 1
                self._lost += block.lost
                self._detections += sum(not isinstance(message, Coverage) for message in messages)
                self._last_block_ns = block.t_mono_ns
                self._send(messages)
                self._view.saw(block, time.monotonic_ns())
            else:
                self._send(self._pipeline.idle(time.monotonic_ns()))
            self._say(time.monotonic_ns())
            if stop.set:
                break
        self._report(time.monotonic_ns(), 1.0)

    def _send(self, messages: Sequence[BusMessage]) -> None:
        """To the hub; what the sensor covers goes to the supervisor as well, which must know it when this process does not live."""
        told = [self._health.covers(message) if isinstance(message, Coverage) else message for message in messages]
        self._bus.send(told)
        for message in told:
            if isinstance(message, Coverage):
                self._notifier.say(x_coverage=packed_coverage(message))

    def _say(self, now_ns: int) -> None:
        if self._box is not None:
            self._box.look(now_ns)
        if now_ns - self._watchdog_ns >= WATCHDOG_EVERY_NS:
            self._watchdog_ns = now_ns
            self._notifier.say(watchdog=1)
        if now_ns - self._report_ns >= REPORT_EVERY_NS:
            self._report(now_ns, (now_ns - self._report_ns) / 1e9)

    def _report(self, now_ns: int, seconds: float) -> None:
        rate = (self._blocks - self._blocks_then) / seconds
        self._report_ns, self._blocks_then = now_ns, self._blocks
        counted = f"{self._blocks} blocks, {rate:.0f}/s, {self._lost} lost"
        unsent = f"{self._bus.unsent} messages that the hub did not take" if self._bus.unsent else ""
        said = (
            self._admission.words(),
            self._source.words(),
            self._pipeline.words(),
            counted,
            unsent,
            self._box.words() if self._box else "",
            self._problem,
        )
        words = "; ".join(filter(None, said))
        self._notifier.say(status=words)
        self._notifier.say(x_findings=packed(self._findings(now_ns)))
        self._remembered.keep(now_ns)
        report = SensorReport(
            t_mono_ns=now_ns,
            sensor=self._pipeline.sensor,
            blocks=self._blocks,
            detections=self._detections,
            lost=self._lost,
            unsent=self._bus.unsent,
            last_block_mono_ns=self._last_block_ns,
            words=words,
        )
        self._bus.send([report])

    def _findings(self, now_ns: int) -> tuple[Finding, ...]:
        """What is not well with the sensor, and with what becomes of what it finds."""
        unsent, self._unsent = self._bus.unsent - self._unsent, self._bus.unsent
        behind = (found(self._pipeline.sensor, "hub_overloaded", f"{unsent} messages a second that the hub did not take"),) * (unsent > 0)
        boxed = self._box.findings(now_ns) if self._box else ()
        return (*self._health.look(self._pipeline.findings(), self._pipeline.levels(), now_ns), *behind, *boxed)
