"""One sensor opened for a few seconds in a process of its own: its real driver, the real pipeline, and a look at its signal.

`python -m edge_node.commands.try_sensor NAME SECONDS UNTIL_MONO_S < config.json` writes what is known so far as lines of JSON, the last of
which is the truth: a driver may hang at any time, and then this process is ended by who started it.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol, cast

import msgspec
from msgspec.structs import replace

from drivers import catalog
from drivers.blocks import AnyBlock, AudioBlock, Frame, GnssFix, IqBlock
from drivers.cameras import read_camera
from drivers.plugins import named
from drivers.source import LibraryMissing, Source, SourceAbsent, SourceError, SourceLost, SourceMisconfigured, SourceStalled
from edge_node.config import Config, SensorTable, from_json
from edge_node.field.doctor.tried import Fixed, Tried, Trouble
from edge_node.messages import Finding
from edge_node.node import brought_options
from edge_node.node.pipeline import Pipeline

TELL_EVERY_S = 0.25
CHECKS = {
    "AudioBlock": "edge_node.acoustic.microphone_check:MicrophoneCheck",
    "Frame": "edge_node.camera.picture_check:PictureCheck",
    "IqBlock": "edge_node.radio.iq_check:IqCheck",
    "RadioFrame": "edge_node.remote_id.air_check:AirCheck",
}
TROUBLES: dict[type[SourceError], Trouble] = {
    SourceAbsent: "absent",
    SourceLost: "lost",
    SourceStalled: "stalled",
    SourceMisconfigured: "misconfigured",
    LibraryMissing: "misconfigured",
}
FIXES_A_SECOND = 1.0
BEFORE_THE_END_S = 0.5
LEAST_S = 1.0
"""Of a shorter time nobody can tell how much should have come."""


class Check(Protocol):
    """A first look at the blocks of one kind."""

    def take(self, block: Any) -> None:
        """One block."""

    def words(self) -> str:
        """What the signal is like."""

    def findings(self, about: str) -> tuple[Finding, ...]:
        """What is wrong with it."""


class Trial:
    """Listens to one source, and can say at any time what it has found."""

    def __init__(self, table: SensorTable, say: Callable[[Tried], None]) -> None:
        self._table, self._say = table, say
        self._told = Tried(name=table.name, driver=table.driver)
        self._check: Check | None = None
        self._content_s = self._units = self._lost = 0.0
        self._known = True
        self._fix: GnssFix | None = None
        self._told_s = self._began_s = 0.0

    def run(self, pipeline: Pipeline, seconds: float, until_mono_s: float) -> None:
        """Open, listen, tell; whatever goes wrong is told too."""
        try:
            self._tell(stage="starting")
            source = catalog.load(self._table.driver)(**_hurried(brought_options.arguments(self._table), seconds))
            self._tell(stage="opening")
            with source:
                self._listen(source, pipeline, seconds, until_mono_s)
        except SourceError as error:
            self._tell(trouble=TROUBLES.get(type(error), "failed"), error=str(error))
        except Exception as error:  # noqa: BLE001 -- what a driver of another package raises is what is asked for
            self._tell(trouble="failed", error=named(error))

    def _listen(self, source: Source, pipeline: Pipeline, seconds: float, until_mono_s: float) -> None:
        """The time counts from when the first block was worked on: what a detector loads for it takes a while, and data is lost then."""
        self._began_s = time.monotonic()
        self._tell(stage="listening", words=source.words())
        for block in source.blocks():
            if block is not None:
                self._take(block, pipeline)
            now_s = time.monotonic()
            if now_s - self._began_s >= seconds or now_s >= until_mono_s:
                break
            if now_s - self._told_s > TELL_EVERY_S:
                self._tell(**self._so_far(source, pipeline))
        self._tell(**self._so_far(source, pipeline), stage="done")

    def _take(self, block: AnyBlock, pipeline: Pipeline) -> None:
        kind = type(block).__name__
        pipeline.step(block)
        if self._check is None and kind in CHECKS:
            module, _, name = CHECKS[kind].partition(":")
            self._check = cast("Check", getattr(import_module(module), name)())
        if self._check is not None:
            self._check.take(block)
        self._count(block)

    def _count(self, block: AnyBlock) -> None:
        """Of what came about since the first block was worked on."""
        content_s, units = self._content(block)
        if not self._told.blocks:
            self._began_s = time.monotonic()
        elif block.t_mono_ns >= self._began_s * 1e9:
            self._lost += block.lost if self._units else 0
            self._content_s, self._units = self._content_s + content_s, self._units + units
        self._told = replace(self._told, blocks=self._told.blocks + 1, last_s=time.monotonic() - self._began_s)

    def _content(self, block: AnyBlock) -> tuple[float, float]:
        """For how long its device works for such a block, and how many of what it counts are in it."""
        match block:
            case AudioBlock():
                return len(block.samples) / block.sample_rate_hz, len(block.samples)
            case IqBlock() if not self._table.options.get("plan"):  # who goes about leaves some out wherever it arrives
                return len(block.samples) / block.sample_rate_hz, len(block.samples)
            case Frame() if (rate_hz := self._pictures_hz()) is not None:
                return 1 / rate_hz, 1
            case GnssFix():
                self._fix = block
                return 1 / FIXES_A_SECOND, 1
        self._known = False
        return 0.0, len(block.samples) if isinstance(block, IqBlock) else 1

    def _pictures_hz(self) -> float | None:
        """As many pictures a second as are asked for; None of a source that does not say."""
        if self._table.driver != "camera":
            return None
        options = self._table.options
        if options.get("rate_hz") is None and options.get("url") is not None:
            return None  # a server has a rate of its own
        return float(options.get("rate_hz") or read_camera(str(options["camera"])).rates_hz[0])

    def _so_far(self, source: Source, pipeline: Pipeline) -> dict[str, Any]:
        seconds = time.monotonic() - self._began_s
        share = self._content_s / seconds if self._known and self._units and seconds > LEAST_S else None
        total = self._units + self._lost
        return {
            "seconds": seconds,
            "heard": share,
            "lost": self._lost / total if total > 0 else 0.0,
            "words": source.words(),
            "signal": self._check.words() if self._check else "",
            "found": pipeline.words(),
            "problem": pipeline.problem,
            "limits": source.limits(),
            "findings": self._check.findings(self._table.name) if self._check else (),
            "fixed": None if self._fix is None else self._fixed(self._fix),
        }

    def _fixed(self, fix: GnssFix) -> Fixed:
        ahead_s = None
        if fix.t_utc_ns is not None:
            ahead_s = (time.time_ns() - (time.monotonic_ns() - fix.t_mono_ns) - fix.t_utc_ns) / 1e9
        return Fixed(
            has_fix=fix.has_fix,
            latitude_deg=fix.latitude_deg,
            longitude_deg=fix.longitude_deg,
            satellites=fix.satellites,
            sigma_horizontal_m=fix.sigma_horizontal_m,
            quality=fix.quality,
            utc_ahead_s=ahead_s,
            has_pulse=(fix.pulse_mono_ns is not None) if self._table.options.get("pps") else None,
        )

    def _tell(self, **said: Any) -> None:
        self._told_s = time.monotonic()
        self._told = replace(self._told, **said)
        self._say(self._told)


def _hurried(arguments: dict[str, Any], seconds: float) -> dict[str, Any]:
    """On a serial port silence says why before the time is over: another rate, another language, no power."""
    if "port" not in arguments or not isinstance(arguments.get("silent_after_s"), float):
        return arguments
    return arguments | {"silent_after_s": min(arguments["silent_after_s"], max(seconds - BEFORE_THE_END_S, BEFORE_THE_END_S))}


def main() -> int:
    """Be such a process; the line of results is standard output, which no library may write to any more."""
    name, seconds, until_mono_s = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
    config = from_json(sys.stdin.buffer.read())
    line = os.dup(1)
    os.dup2(2, 1)
    table = next(sensor for sensor in config.sensor if sensor.name == name)
    trial = Trial(table, lambda told: _write(line, told))
    trial.run(Pipeline(name, _settings(config)), seconds, until_mono_s)
    os._exit(0)  # a library that hangs when it is cleared up must not hold up the page


def _settings(config: Config) -> dict[str, dict[str, Any]]:
    return {"Frame": {"settings": config.camera}}


def _write(line: int, told: Tried) -> None:
    data = msgspec.json.encode(told) + b"\n"
    while data:
        data = data[os.write(line, data) :]


if __name__ == "__main__":
    sys.exit(main())
