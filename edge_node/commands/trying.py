"""All sensors of a configuration tried at once, each in a process of its own that is ended when its time is over."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

import msgspec
from msgspec.structs import replace

from edge_node.config import Config, SensorTable, to_json
from edge_node.field.doctor.tried import Tried

SPARE_S = 7.0
"""To load libraries and to open a device, beside the time to listen."""
END_EARLY_S, END_WITHIN_S = 1.0, 0.3
MOST_LINE_BYTES = 1 << 20
SLIM = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class Attempt:
    """One process, and the last that it said."""

    def __init__(self, config: Config, sensor: SensorTable, seconds: float, until_mono_s: float) -> None:
        self.told = Tried(name=sensor.name, driver=sensor.driver)
        self._rest, self._fell_silent, self._killed = b"", False, False
        command = [sys.executable, "-m", "edge_node.commands.try_sensor", sensor.name, str(seconds), str(until_mono_s - END_EARLY_S)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **SLIM},
            process_group=0,
        )
        with suppress(BrokenPipeError), self._pipe(self._process.stdin) as pipe:
            pipe.write(to_json(config))
        os.set_blocking(self._pipe(self._process.stdout).fileno(), False)

    def fileno(self) -> int:
        """Readable when it has said something or has ended."""
        return self._pipe(self._process.stdout).fileno()

    def hear(self) -> bool:
        """Take what it said; False when it will say no more."""
        try:
            data = os.read(self.fileno(), MOST_LINE_BYTES)
        except BlockingIOError:
            return True
        *lines, self._rest = (self._rest + data)[-MOST_LINE_BYTES:].split(b"\n")
        for line in lines:
            with suppress(msgspec.DecodeError):
                self.told = msgspec.json.decode(line, type=Tried)
        self._fell_silent = not data
        return bool(data)

    def kill(self) -> None:
        """End it with all that it started, unless it has ended by itself."""
        if not self._fell_silent or self._code(END_WITHIN_S) is None:
            self._killed = True
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def result(self) -> Tried:
        """What it had said, and how it ended where it did so by itself; after `kill`."""
        code = self._code(END_WITHIN_S)  # one that hangs in the kernel is gone when that lets go of it
        self._pipe(self._process.stdout).close()
        over = self.told.stage == "done" or self.told.trouble is not None
        return self.told if over or self._killed or code is None else replace(self.told, ended=_named(code))

    def _code(self, within_s: float) -> int | None:
        try:
            return self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            return None

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None  # noqa: S101 -- both were asked for
        return pipe


def _named(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def try_all(config: Config, sensors: Sequence[SensorTable], seconds: float, spare_s: float = SPARE_S) -> list[Tried]:
    """Each of them for so long; takes at most `seconds` + `spare_s` and a little, whatever hangs."""
    until_s = time.monotonic() + seconds + spare_s
    attempts = [Attempt(config, sensor, seconds, until_s) for sensor in sensors]
    with selectors.DefaultSelector() as selector:
        for attempt in attempts:
            selector.register(attempt, selectors.EVENT_READ)
        while selector.get_map() and (left_s := until_s - time.monotonic()) > 0:
            for key, _ in selector.select(left_s):
                heard = key.fileobj
                if isinstance(heard, Attempt) and not heard.hear():
                    selector.unregister(heard)
    for attempt in attempts:
        attempt.kill()
    return [attempt.result() for attempt in attempts]
