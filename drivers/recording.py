"""A recording, played as if it were the device."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Literal, cast

from msgspec import Struct

from drivers import iq_names, sigmf
from drivers.blocks import AudioBlock, Block, IqBlock
from drivers.byte_stream import ByteStream, RecordingCut
from drivers.cameras import UNSAID_CAMERA, Masks
from drivers.cameras import Setting as CameraSetting
from drivers.frame_clock import FrameClock
from drivers.microphone_arrays import Mounting
from drivers.source import Source, SourceMisconfigured

Pace = Literal["recorded", "live", "fast"]
Stamp = Callable[[int], int]
Reader = Callable[[Iterator[bytes | None], Stamp, int], Iterator[Block | None]]
"""Bytes, what makes monotonic time of the recording's own UTC in ns, and the first sequence number, to blocks."""


VIDEO = "drivers.video:frames"


class Format(Struct, frozen=True):
    """What a recording of this kind holds near its start, and "module:function" of its Reader, imported when it is met.

    That of sound takes a drivers.sound_blocks.Setting too, that of video a drivers.video.VideoSetting.
    """

    name: str
    magic: bytes
    reader: str
    of: Literal["radio", "sound", "video"] = "radio"
    at: int = 0


FORMATS = (
    Format("pcap", b"\xd4\xc3\xb2\xa1", "drivers.capture:frames"),
    Format("pcap", b"\xa1\xb2\xc3\xd4", "drivers.capture:frames"),
    Format("pcap", b"\x4d\x3c\xb2\xa1", "drivers.capture:frames"),
    Format("pcap", b"\xa1\xb2\x3c\x4d", "drivers.capture:frames"),
    Format("pcapng", b"\x0a\x0d\x0d\x0a", "drivers.capture:frames"),
    Format("btsnoop", b"btsnoop\x00", "drivers.btsnoop:frames"),
    Format("avi", b"AVI ", VIDEO, "video", at=8),
    Format("wav", b"RIFF", "drivers.wav:blocks", "sound"),
    Format("wav", b"RF64", "drivers.wav:blocks", "sound"),
    Format("wav", b"BW64", "drivers.wav:blocks", "sound"),
    Format("flac", b"fLaC", "drivers.flac:blocks", "sound"),
    Format("mp4", b"ftyp", VIDEO, "video", at=4),
    Format("mov", b"moov", VIDEO, "video", at=4),
    Format("mov", b"mdat", VIDEO, "video", at=4),
    Format("mov", b"wide", VIDEO, "video", at=4),
    Format("matroska", b"\x1a\x45\xdf\xa3", VIDEO, "video"),
    Format("mjpeg", b"\xff\xd8\xff", VIDEO, "video"),
    Format("mpeg-ts", b"\x47\x40", VIDEO, "video"),
)
HEAD_BYTES = max(row.at + len(row.magic) for row in FORMATS)
SHOWN_BYTES = 8
NS_PER_S = 1_000_000_000
MOST_BACK_NS = NS_PER_S
MOST_AHEAD_NS = 3_600 * NS_PER_S
BETWEEN_LAPS_NS = 102_400_000
SILENCE_S = 1.0


class RecordingClock:
    """Moves a recording's stamps to the monotonic time of `start_ns`: never backwards, and an hour's leap counts as none."""

    def __init__(self, start_ns: int) -> None:
        self.first_ns: int | None = None
        self._offset_ns: int | None = None
        self._last_ns = start_ns

    def stamp(self, t_ns: int) -> int:
        """Monotonic time in ns of a recording's own."""
        if self._offset_ns is None:
            self._begin(t_ns)
        step_ns = t_ns + (self._offset_ns or 0) - self._last_ns
        if step_ns > MOST_AHEAD_NS or step_ns < -MOST_BACK_NS:
            self._offset_ns = self._last_ns - t_ns
        elif step_ns > 0:
            self._last_ns += step_ns
        return self._last_ns

    def next_lap(self, after_ns: int = BETWEEN_LAPS_NS) -> None:
        """Say that the recording starts anew, so long after its last stamp."""
        self._offset_ns = None
        self._last_ns += after_ns

    def _begin(self, t_ns: int) -> None:
        self._offset_ns = self._last_ns - t_ns
        if self.first_ns is None:
            self.first_ns = t_ns


class Recording(Source):
    """A capture as a source: stamped by its own clock and slept out, the same without waiting, or live, stamped on arrival.

    Live frames of radio keep the distances that their own stamps have: whoever hands them over may be late with some.

    A named pipe opens without a writer and is silent until one comes; what it holds is judged when its first bytes come, so
    `blocks` too may raise SourceMisconfigured. Of sound, `array` names what it was recorded with (hw/arrays, or the path of a TOML
    file), of video `camera` (hw/cameras, or such a path), and the angles how that stood. IQ is known by its name: SigMF, or a suffix
    such as .cu8; `format`, `rate_hz` and `center_hz` say what neither SigMF nor the name does, or otherwise than they do.
    """

    def __init__(
        self,
        path: Path | str,
        pace: Pace = "recorded",
        *,
        loop: bool = False,
        array: str | None = None,
        calibration: Path | str | None = None,
        azimuth_deg: float | None = None,
        tilt_deg: float = 0.0,
        roll_deg: float = 0.0,
        temperature_c: float | None = None,
        camera: str | None = None,
        sigma_pose_deg: float = 1.0,
        horizontal_fov_deg: float | None = None,
        masks: Masks = (),
        lowest_elevation_deg: float | None = None,
        format: str | None = None,  # noqa: A002 -- the word of the configuration and the command line
        rate_hz: float | None = None,
        center_hz: float | None = None,
    ) -> None:
        if calibration is not None and array is None:
            raise SourceMisconfigured("a calibration is of an array: say which")
        if array is not None and (camera is not None or horizontal_fov_deg is not None):
            raise SourceMisconfigured("a recording is of an array or of a camera, not of both")
        measured = None if calibration is None else Path(calibration)
        self._mounting = None if array is None else Mounting(array, measured, azimuth_deg or 0.0, tilt_deg, roll_deg)
        self._temperature_c = temperature_c
        pose = (azimuth_deg, tilt_deg, roll_deg, sigma_pose_deg, horizontal_fov_deg)
        named = camera or (UNSAID_CAMERA if horizontal_fov_deg is not None else None)
        self._camera = None if named is None else CameraSetting(named, None, None, *pose, masks, lowest_elevation_deg)
        self._iq = (format, rate_hz, center_hz)
        self.path = Path(path)
        self.pace = pace
        self.loop = loop
        self.t_mono_start_ns: int | None = None
        self._clock = RecordingClock(0)
        self._captured: FrameClock | None = None
        self._stream: ByteStream | None = None
        self._blocks: Iterator[Block | None] = iter(())
        self._ended = ""

    def open(self) -> None:
        """Take the file and read its first frame."""
        self.t_mono_start_ns = time.monotonic_ns()
        self._clock = RecordingClock(self.t_mono_start_ns)
        self._ended = ""
        self._stream = ByteStream(sigmf.data_of(self.path))
        self._blocks = self._laps(self._stream)
        if self._stream.size is None:
            return
        try:
            first = next(self._blocks, None)
        except SourceMisconfigured:
            self.close()
            raise
        self._blocks = chain(() if first is None else (first,), self._blocks)

    def blocks(self) -> Iterator[Block | None]:
        """Yield what was recorded, at its pace."""
        return self._slept_out() if self.pace == "recorded" else self._blocks

    def close(self) -> None:
        """Close the file; blocks end."""
        self._blocks = iter(())
        if self._stream is not None:
            self._stream.close()

    @property
    def t_utc_start_ns(self) -> int | None:
        """UTC of the first frame as the recording has it; None while there is none, or when it is stamped on arrival."""
        if self.pace == "live" or self._clock.first_ns is None:
            return None
        return self._clock.first_ns if 0 < self._clock.first_ns < 2**63 else None

    @property
    def progress(self) -> float | None:
        """How much of the file has been read, 0 to 1; None of a pipe."""
        if self._stream is None or self._stream.size is None:
            return None
        return min(1.0, self._stream.position / self._stream.size) if self._stream.size else 1.0

    def words(self) -> str:
        """Say how far it is, or how it ended."""
        if self._ended:
            return f"{self.path.name}: {self._ended}"
        if self.progress is None:
            return f"reading {self.path.name} as it is written"
        return f"playing {self.path.name}, {self.progress:.0%}"

    def _laps(self, stream: ByteStream) -> Iterator[Block | None]:
        sequence, first = 0, -1
        between_ns = BETWEEN_LAPS_NS
        while first < sequence and not stream.closed:
            first = sequence
            try:
                for block in self._lap(stream, sequence):
                    if block is not None:
                        sequence, between_ns = _after(block)
                    yield block
            except RecordingCut as cut:
                self._ended = str(cut)
            if not self.loop:
                return
            stream.rewind()
            self._clock.next_lap(between_ns)

    def _lap(self, stream: ByteStream, sequence: int) -> Iterator[Block | None]:
        chunks = stream.chunks()
        head = b""
        while len(head) < HEAD_BYTES and (chunk := next(chunks, b"")) != b"":
            if chunk is None:
                yield None
            else:
                head += chunk
        yield from self._reader(stream, head)(chain((head,), chunks), self._stamp, sequence)

    def _reader(self, stream: ByteStream, head: bytes) -> Reader:
        if self._is_iq():
            return self._iq_reader(head)
        row = _format(self.path, head)
        module, _, function = row.reader.partition(":")
        reader = getattr(import_module(module), function)
        if self._mounting is not None and row.of != "sound":
            raise SourceMisconfigured(f"{self.path} is {row.name}: it was not recorded with an array")
        if self._camera is not None and row.of != "video":
            raise SourceMisconfigured(f"{self.path} is {row.name}: it was not recorded with a camera")
        if any(said is not None for said in self._iq):
            raise SourceMisconfigured(f"{self.path} is {row.name}: format, rate_hz and center_hz are of bare IQ")
        if row.of == "radio":
            self._captured = FrameClock()
            return cast("Reader", reader)
        return partial(reader, setting=self._sound_setting(stream) if row.of == "sound" else self._video_setting(stream))

    def _is_iq(self) -> bool:
        return self._iq[0] is not None or sigmf.is_named(self.path) or iq_names.named(self.path).form is not None

    def _iq_reader(self, head: bytes) -> Reader:
        from drivers import iq_recording  # noqa: PLC0415 -- numpy is loaded for IQ alone

        if self._mounting is not None or self._camera is not None:
            raise SourceMisconfigured(f"{self.path} is IQ: it was recorded neither with an array nor with a camera")
        setting = iq_recording.setting(self.path, *self._iq, live=self.pace == "live")
        if not head:
            raise SourceMisconfigured(f"{self.path} is empty: it holds no sample")
        return partial(iq_recording.blocks, setting=setting)

    def _video_setting(self, stream: ByteStream) -> Struct:
        from drivers.video import VideoSetting  # noqa: PLC0415 -- OpenCV is loaded for video alone

        def progress(share: float) -> None:
            stream.position = round((stream.size or 0) * share)

        return VideoSetting(self.path if stream.size is not None else None, self._camera, progress)

    def _sound_setting(self, stream: ByteStream) -> Struct:
        from drivers.sound_blocks import Setting  # noqa: PLC0415 -- numpy is loaded for sound alone

        path = self.path if stream.size is not None else None
        return Setting(self._mounting, self._temperature_c, live=self.pace == "live", path=path)

    def _stamp(self, t_ns: int) -> int:
        if self.pace != "live":
            return self._clock.stamp(t_ns)
        arrival_ns = time.monotonic_ns()
        return self._captured.stamp(t_ns, arrival_ns) if self._captured else arrival_ns

    def _slept_out(self) -> Iterator[Block | None]:
        for block in self._blocks:
            if block is not None:
                while (wait_s := (block.t_mono_ns - time.monotonic_ns()) / NS_PER_S) > SILENCE_S:
                    time.sleep(SILENCE_S)
                    yield None
                time.sleep(max(0.0, wait_s))
            yield block


def _after(block: Block) -> tuple[int, int]:
    """The sequence number that follows, and how long after this block a next lap begins."""
    match block:
        case AudioBlock() | IqBlock():
            count = len(block.samples)
            return block.sequence + count, round(count * NS_PER_S / block.sample_rate_hz)
        case _:
            return block.sequence + 1, BETWEEN_LAPS_NS


def _format(path: Path, head: bytes) -> Format:
    for row in FORMATS:
        if head[row.at :].startswith(row.magic):
            return row
    known = ", ".join(sorted({row.name for row in FORMATS}))
    what = f"starts with {head[:SHOWN_BYTES].hex(' ')}" if head else "is empty"
    raise SourceMisconfigured(f"{path} {what}; recordings of these kinds are read: {known}")
