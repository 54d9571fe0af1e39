"""A running PortAudio input, read in blocks by a thread of its own.

PortAudio cannot be interrupted: a read of a device that has died may never return. So a thread reads and stamps, its reader
waits with a deadline of his own, and a stream that hangs is left to the end of the process. No callback into Python is made
(the unit's MemoryDenyWriteExecute forbids what that needs). The latency that PortAudio tells of an ALSA input is what its buffer
holds when full, not how late a block is, so nothing is taken off the time at which a read returns.
"""

from __future__ import annotations

import atexit
import time
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, NamedTuple

from drivers.sound_devices import Device, portaudio
from drivers.source import SourceAbsent, SourceError, SourceLost, SourceMisconfigured

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BUFFERED_S = 0.5
MOST_WAITING = 64
CLOSE_WITHIN_S = 0.5
NOTICE_S = 0.2


class Heard(NamedTuple):
    """One block as the device gave it, (frames, channels), and when the read returned; `overflowed` says that some was dropped before."""

    t_mono_ns: int
    samples: NDArray[np.generic]
    overflowed: bool


class SoundStream:
    """Opens and starts at once; raises SourceAbsent or SourceMisconfigured."""

    def __init__(self, device: Device, channels: int, rate_hz: int, frames: int, sample_type: str) -> None:
        self.device = device
        self._frames = frames
        self._waiting: Queue[Heard | SourceLost] = Queue(MOST_WAITING)
        self._stop = Event()
        self._stream = _open(device, channels, rate_hz, frames, sample_type)
        self._thread = Thread(target=self._run, name="sound", daemon=True)
        self._thread.start()

    def read(self, wait_s: float) -> Heard | None:
        """The next block, None when none came for `wait_s`; raises SourceLost."""
        try:
            found = self._waiting.get(timeout=wait_s)
        except Empty:
            return None
        if isinstance(found, SourceLost):
            raise found
        return found

    def close(self) -> None:
        """Stop and close; a stream that hangs in its driver is left alone."""
        self._stop.set()
        self._thread.join(CLOSE_WITHIN_S)
        if self._thread.is_alive():
            _leave_at_exit()
        else:
            self._stream.close(ignore_errors=True)

    def _run(self) -> None:
        error = portaudio().PortAudioError
        while not self._stop.is_set():
            try:
                samples, overflowed = self._stream.read(self._frames)
            except error as what:
                self._give(SourceLost(f"{self.device.name} is gone: {_said(what)}"))
                return
            self._give(Heard(time.monotonic_ns(), samples, overflowed))

    def _give(self, found: Heard | SourceLost) -> None:
        while not self._stop.is_set():
            try:
                self._waiting.put(found, timeout=NOTICE_S)
            except Full:
                continue
            return


def _open(device: Device, channels: int, rate_hz: int, frames: int, sample_type: str) -> Any:
    library = portaudio()
    try:
        stream = library.InputStream(
            device=device.number,
            channels=channels,
            samplerate=rate_hz,
            dtype=sample_type,
            blocksize=frames,
            latency=BUFFERED_S,
            clip_off=True,
            dither_off=True,
        )
        stream.start()
    except library.PortAudioError as error:
        raise _open_error(device, channels, rate_hz, error) from error
    return stream


def _leave_at_exit() -> None:
    """Let the process end without PortAudio's own clearing up, which waits for a read that hangs."""
    atexit.unregister(portaudio()._exit_handler)  # noqa: SLF001 -- nothing public lets a process go


def _open_error(device: Device, channels: int, rate_hz: int, error: Exception) -> SourceError:
    match error.args[1] if len(error.args) > 1 else None:
        case -9985:
            return SourceAbsent(f"{device.name} is busy: does another program hold it, or a second [[sensor]]? (fuser -v /dev/snd/*)")
        case -9997 | -9994:
            return SourceMisconfigured(f"{device.name} does not do {rate_hz} Hz with {channels} channels: {_said(error)}")
        case -9998:
            return SourceMisconfigured(f"{device.name} does not do {channels} channels: {_said(error)}")
        case _:
            return SourceAbsent(f"{device.name} cannot be opened: {_said(error)}")


def _said(error: Exception) -> str:
    return " ".join(str(part) for part in error.args[:1]) or "PortAudio does not say why"
