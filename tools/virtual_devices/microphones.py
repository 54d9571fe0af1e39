"""A microphone array that hears a scene."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from math import ceil
from queue import Empty, Full, Queue
from threading import Event, Thread

import numpy as np
from msgspec.structs import replace

from drivers import microphone_arrays
from tools.simulate.propagation import Sound
from tools.simulate.scene import Microphones
from tools.simulate.soundscape import channels, microphones, recorded
from tools.simulate.world import World
from tools.virtual_devices.device import Begun, Device, Said, Setting, table
from tools.virtual_devices.outlet import Card, Outlet, Pipe, why_no_card

NAME, CARD = "microphones", "edge_array"
AHEAD_S = 1.0
LOOP_S = 3
WAIT_S = 0.2
LATE_S = 0.3
"""A piece that is later is left out, as a card does that loses some."""


class MicrophoneArray(Device):
    """Until the scene begins a card hears the noise of its place, which a pipe is spared; then the scene, sample by sample in time."""

    def __init__(self, setting: Setting) -> None:
        self._setting, self._world = setting, setting.world
        self._rate_hz, self._channels = microphones(self._world).rate_hz, channels(self._world)
        self._stalled = False
        self._stop, self._begins = Event(), Event()
        self._begun = Begun(0.0, 0)
        note = "as asked for" if setting.plain else why_no_card()
        self._outlet: Outlet = self._pipe(note) if note else self._card()
        self._made: Queue[tuple[int, Sound]] = Queue(maxsize=2)
        self._threads = [Thread(target=run, name=NAME, daemon=True) for run in (self._make, self._play)]
        for thread in self._threads:
            thread.start()

    def _card(self) -> Card:
        kind = microphone_arrays.read_array(microphones(self._world).array)
        made = Card(self._setting.folder, CARD, self._channels, self._rate_hz, kind.bits)
        self.said = Said(NAME, "mic_array", "microphones", self._table("mic_array", device=CARD, rate_hz=self._rate_hz), made.environment)
        return made

    def _pipe(self, note: str) -> Pipe:
        made = Pipe(self._setting.folder / "sound.wav", self._channels, self._rate_hz)
        said = "" if self._setting.plain else f"sound comes as a WAV in a pipe, for there is {note}"
        self.said = Said(NAME, "recording", "microphones", self._table("recording", path=str(made.path), pace="live"), note=said)
        return made

    def _table(self, driver: str, **options: str | int) -> str:
        return table(NAME, driver, options | mounting_of(self._setting))

    def begin(self, begun: Begun) -> None:
        self._begun = begun
        self._begins.set()

    def unplug(self) -> None:
        self._outlet.unplug()

    def replug(self) -> None:
        self._outlet.replug()

    def stall(self, *, stalled: bool) -> None:
        self._stalled = stalled

    def close(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._outlet.unplug()

    def _make(self) -> None:
        """Each second of the scene ahead of its time; where the machine is too slow for it, some are left out."""
        begin = 0
        while not self._stop.is_set():
            for second, block in enumerate(recorded(self._world, begin), begin):
                self._put(second, block)
                begin = second + 1
                if self._stop.is_set() or self._is_late(second):
                    break
            if not self._stop.is_set():
                begin = max(begin, ceil(time.monotonic() - self._begun.mono_s + AHEAD_S))

    def _put(self, second: int, block: Sound) -> None:
        while not self._stop.is_set():
            try:
                self._made.put((second, block), timeout=WAIT_S)
            except Full:
                continue
            return

    def _is_late(self, second: int) -> bool:
        return self._begins.is_set() and time.monotonic() > self._begun.mono_s + second + 1

    def _play(self) -> None:
        ready = self._wait()
        first, size = -len(ready), self._outlet.piece_frames
        for second, block in self._blocks():
            if (gap := second * self._rate_hz - first - len(ready)) > 0:
                ready = np.concatenate((ready, np.zeros((gap, self._channels), np.float32)))
            ready = np.concatenate((ready, block))
            while len(ready) >= size and not self._stop.is_set():
                late = time.monotonic() > self._begun.mono_s + (first + size) / self._rate_hz + LATE_S
                self._outlet.play(self._heard(ready[:size]), silent=self._stalled or late)
                ready, first = ready[size:], first + size

    def _heard(self, piece: Sound) -> Sound:
        """What its microphones make of it."""
        deaf = {"covered": slice(None), "one_silent": slice(1)}.get(self.ailment)
        if deaf is None:
            return piece
        heard = piece.copy()
        heard[:, deaf] = 0.0
        return heard

    def _blocks(self) -> Iterator[tuple[int, Sound]]:
        while not self._stop.is_set():
            try:
                yield self._made.get(timeout=WAIT_S)
            except Empty:
                continue

    def _wait(self) -> Sound:
        """Let a card run until less than a period is left before the scene begins, a pipe rest; the noise that is still due before it."""
        if isinstance(self._outlet, Pipe):
            while not self._stop.is_set() and not self._begins.wait(WAIT_S):
                continue
            self._outlet.start(self._begun.mono_s)
            return np.zeros((0, self._channels), np.float32)
        place, size = _Place(self._world), self._outlet.piece_frames
        self._outlet.start(time.monotonic())
        while (left := self._left()) >= size and not self._stop.is_set():
            self._outlet.play(self._heard(place.sounds(size)), silent=self._stalled)
        return place.sounds(max(left, 0))

    def _left(self) -> int:
        """Frames until the scene begins; very many while nobody said when."""
        return round((self._begun.mono_s - self._outlet.due_s) * self._rate_hz) if self._begins.is_set() else self._rate_hz


class _Place:
    """What is heard at a scene's place while nothing is there: seconds of its own noise, again and again."""

    def __init__(self, world: World) -> None:
        empty = World(replace(world.scene, drone=(), other=(), fault=()), world.seed)
        self._noise = np.concatenate(list(islice(recorded(empty), LOOP_S)))
        self._at = 0

    def sounds(self, frames: int) -> Sound:
        """The next so many frames."""
        found = self._noise.take(np.arange(self._at, self._at + frames), axis=0, mode="wrap")
        self._at += frames
        return found


def mounting_of(setting: Setting) -> dict[str, str | float]:
    """How the array is mounted, as the node's configuration has it, and how warm it is."""
    told = setting.world.scene.configured().microphones or Microphones()
    return {
        "array": told.array,
        "azimuth_deg": told.azimuth_deg,
        "tilt_deg": told.tilt_deg,
        "roll_deg": told.roll_deg,
        "temperature_c": setting.world.scene.weather.temperature_c,
    }
