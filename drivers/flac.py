"""FLAC, through libsndfile by the file's path: its reading of anything else needs callbacks, which a hardened unit forbids."""

from __future__ import annotations

from collections.abc import Iterator

from drivers.blocks import AudioBlock
from drivers.byte_stream import RecordingCut
from drivers.pcm import full_scale
from drivers.sound_blocks import Blocks, Setting, Stamp
from drivers.source import LibraryMissing, SourceMisconfigured

ENDLESS_FRAMES = 1 << 48
"""More than the format can count: libsndfile's way to say that the file does not say."""


def blocks(chunks: Iterator[bytes | None], stamp: Stamp, sequence: int, setting: Setting) -> Iterator[AudioBlock | None]:
    """Sound in twentieths of a second; `chunks` are drawn in step, so that they tell how far it is.

    Raises RecordingCut where it breaks off, SourceMisconfigured for a pipe and for what libsndfile does not read.
    """
    if setting.path is None:
        raise SourceMisconfigured("FLAC is read from a file, not from a pipe: have it written as WAV (flac -d -c), or name the file")
    try:
        import soundfile  # noqa: PLC0415 -- a library that only FLAC needs
    except (ImportError, OSError) as error:
        raise LibraryMissing(f"libsndfile cannot be loaded: {error}") from error
    try:
        file = soundfile.SoundFile(str(setting.path))
    except soundfile.LibsndfileError as error:
        raise SourceMisconfigured(f"{setting.path} is no FLAC that can be read: {error.error_string}") from error
    with file:
        made = Blocks(setting, file.samplerate, file.channels, stamp, sequence)
        size, drawn = setting.path.stat().st_size, 0
        while made.frames < file.frames:
            try:
                samples = file.read(made.frames_each, dtype="int32", always_2d=True)
            except soundfile.LibsndfileError as error:
                why = "broken" if file.frames < ENDLESS_FRAMES else "without a stated length, and at an end or broken"
                raise RecordingCut(f"{why} after {made.frames} frames") from error
            if not len(samples):
                raise RecordingCut(f"cut short after {made.frames} frames")
            yield made.block(full_scale(samples))
            while drawn * file.frames < size * made.frames and (chunk := next(chunks, b"")):
                drawn += len(chunk)
