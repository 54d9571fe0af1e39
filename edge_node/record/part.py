"""What one process writes of a recording: its media files and its part of the spine, in pieces that each leave the whole readable."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec import Struct

from drivers.blocks import Attitude, AudioBlock, Frame, GnssFix, IqBlock
from drivers.mcap import McapWriter
from edge_node.private_file import replace_bytes, sync
from edge_node.record import spine
from edge_node.record.kept import Bytes, Kept

SUFFIX = ".enc"
LIBRARY = "edge_node"
SYNC_EVERY_BYTES = 8 << 20
CHANNELS_EACH = 64
"""So many numbers of channels and schemas has each process for its own."""
SAME: dict[type[spine.Entry], tuple[str, ...]] = {
    spine.SoundEntry: ("sample_rate_hz", "temperature_c"),
    spine.PictureEntry: ("repeated", "shutter"),
    spine.IqEntry: ("sample_rate_hz", "center_hz", "gain_db", "clipped", "tuned_anew"),
    spine.RadioEntry: ("medium", "rssi_dbm", "center_hz", "intact", "coded_phy", "extended"),
}
"""What stands in an entry as the block has it."""


class Target(Struct, frozen=True):
    """Where a recording goes: its folder and id, what makes UTC of monotonic time, and the public key that it is sealed to."""

    folder: Path
    id: str
    offset_ns: int
    public_key: str | None = None


class PartFile:
    """One file of a recording, new, its owner's alone, sealed where the recording is; `at` counts its plain bytes. Raises OSError."""

    def __init__(self, target: Target, name: str) -> None:
        self.name, self.at, self._synced = name, 0, 0
        path = target.folder / (name + (SUFFIX if target.public_key else ""))
        self._handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            self._seal = self._sealed(target.public_key, f"{target.id}/{name}") if target.public_key else None
        except BaseException:
            self.abandon()
            raise

    def write(self, *parts: Bytes) -> None:
        """All of them, one after the other."""
        put: Callable[[Bytes], object] = self._seal.write if self._seal else self._raw
        for part in filter(len, parts):
            put(part)
            self.at += len(part)

    def flush(self) -> None:
        """Give all to the system, which keeps it whatever becomes of this process."""
        if self._seal:
            self._seal.flush()
        if self.at - self._synced >= SYNC_EVERY_BYTES:
            self._synced = self.at
            os.fdatasync(self._handle)  # so that nobody else who syncs must wait for all of it

    def close(self) -> None:
        """And to the disk."""
        try:
            if self._seal:
                self._seal.finish()
            os.fsync(self._handle)
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Let it go as it is: a disk that did not take something takes no end either. May be called twice."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    def _sealed(self, public_key: str, name: str) -> Any:
        from edge_node.record import sealed  # noqa: PLC0415 -- libsodium is loaded only where somebody asked for it

        return sealed.SealedWriter(self._raw, sealed.public_key(public_key), name)

    def _raw(self, data: Bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._handle, view) :]


def replace_whole(target: Target, name: str, data: bytes) -> None:
    """A small file, over the one that may be there, sealed as the recording is. Raises OSError."""
    sealed = target.public_key is not None
    replace_bytes(target.folder / (name + SUFFIX * sealed), sealed_bytes(target, name, data) if sealed else data)


def sealed_bytes(target: Target, name: str, data: bytes) -> bytes:
    """A whole small file, sealed as the recording is."""
    from edge_node.record import sealed  # noqa: PLC0415 -- libsodium is loaded only where somebody asked for it

    made = bytearray()
    seal = sealed.SealedWriter(made.extend, sealed.public_key(target.public_key or ""), f"{target.id}/{name}")
    seal.write(data)
    seal.finish()
    return bytes(made)


class SpinePart:
    """A process's part of the spine; messages wait until `flush`, by when what they speak of is in its file."""

    def __init__(self, target: Target, name: str, number: int) -> None:
        self._offset_ns = target.offset_ns
        self._file = PartFile(target, spine.PART.format(name))
        self._waiting: list[bytes] = []
        self._mcap = McapWriter(self._waiting.append, LIBRARY, number * CHANNELS_EACH + 1)

    def say(self, topic: str, t_mono_ns: int, data: bytes) -> None:
        """One message."""
        self._mcap.message(topic, spine.schema(topic), max(0, t_mono_ns + self._offset_ns), data)

    def flush(self) -> None:
        """Give it to the system."""
        waiting = b"".join(self._waiting)
        self._waiting.clear()
        self._file.write(waiting)
        self._file.flush()

    def close(self) -> None:
        """Finish it."""
        try:
            self._mcap.finish()
            self.flush()
            self._file.close()
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Let it go as it is; may be called twice."""
        self._file.abandon()


class SensorPart:
    """Blocks of one sensor, written in their order; raises OSError, after which `abandon` closes what is open."""

    def __init__(self, target: Target, sensor: str, number: int) -> None:
        self._target, self._sensor = target, sensor
        self._topic = spine.BLOCKS.format(sensor)
        self._spine = SpinePart(target, sensor, number)
        self._medium: Any = None
        self._kind: type | None = None
        self._file: PartFile | None = None
        self._files = self.blocks = self.bytes = 0
        self._said: dict[Any, int] = {}

    def write(self, kept: Kept) -> None:
        """One block."""
        self.blocks += 1
        self.bytes += len(kept.data)
        if isinstance(kept.block, GnssFix | Attitude):
            entry = spine.FixEntry if isinstance(kept.block, GnssFix) else spine.AttitudeEntry
            self._say(kept.t_mono_ns, entry(block=kept.block))  # type: ignore[arg-type]
            return
        file = self._file_for(kept)
        before, after = self._medium.around(kept, kept.t_mono_ns + self._target.offset_ns)
        offset = file.at + len(before)
        file.write(before, kept.data, after)
        self._say(kept.t_mono_ns, self._entry(kept, file.name, offset))

    def missed(self, t_mono_ns: int, blocks: int, words: str) -> None:
        """So many blocks could not be kept."""
        self._say(t_mono_ns, spine.Missed(t_mono_ns=t_mono_ns, blocks=blocks, words=words))

    def flush(self) -> None:
        """Let what was written be readable, whatever becomes of this process."""
        if self._file is not None:
            self._file.flush()
            self._lay_beside(self._file)
        self._spine.flush()

    def close(self) -> None:
        """Finish: all of it is on the disk."""
        self._end_file()
        self._spine.close()
        sync(self._target.folder)

    def abandon(self) -> None:
        """Let all go as it is; may be called twice."""
        if self._file is not None:
            self._file.abandon()
        self._spine.abandon()

    def _say(self, t_mono_ns: int, line: Struct) -> None:
        self._spine.say(self._topic, t_mono_ns, spine.encode(line))

    def _file_for(self, kept: Kept) -> PartFile:
        if self._file is None or self._kind is not type(kept.block) or not self._medium.fits(kept):
            from edge_node.record import media  # noqa: PLC0415 -- formats are loaded when something is recorded

            self._end_file()
            self._files += 1
            self._medium, self._kind = media.medium_for(kept), type(kept.block)
            stem = self._sensor if self._files == 1 else f"{self._sensor}-{self._files}"
            self._file = PartFile(self._target, stem + self._medium.suffix)
            self._file.write(self._medium.head())
        return self._file

    def _end_file(self) -> None:
        file, self._file = self._file, None
        if file is None:
            return
        try:
            self._lay_beside(file)
            file.close()
        finally:
            file.abandon()

    def _lay_beside(self, file: PartFile) -> None:
        """What stands in small files beside it, where that has changed."""
        beside = self._medium.beside()
        if beside is not None:
            suffix, data = beside
            replace_whole(self._target, file.name.removesuffix(self._medium.suffix) + suffix, data)

    def _entry(self, kept: Kept, file: str, offset: int) -> spine.Entry:
        block = kept.block
        at: dict[str, Any] = {"t_mono_ns": block.t_mono_ns, "sequence": block.sequence, "lost": block.lost}
        where: dict[str, Any] = {"file": file, "offset": offset, "size": len(kept.data), "crc": zlib.crc32(kept.data)}
        kind, form, said = self._told_of(kept)
        same: dict[str, Any] = {name: getattr(block, name) for name in SAME[kind]}
        return kind(**at, **where, **form, **said, **same)

    def _told_of(self, kept: Kept) -> tuple[type[spine.Entry], dict[str, Any], dict[str, Any]]:
        """The kind of entry, how its bytes are to be read, and what was said once."""
        match kept.block:
            case AudioBlock():
                shape = {"form": kept.form, "frames": kept.shape[0], "channels": kept.shape[1]}
                return spine.SoundEntry, shape, {"array": self._number(kept.block.array, kept.t_mono_ns)}
            case Frame():
                shape = {"form": kept.form, "rows": kept.shape[0], "columns": kept.shape[1]}
                return spine.PictureEntry, shape, {"camera": self._number(kept.block.camera, kept.t_mono_ns)}
            case IqBlock():
                return spine.IqEntry, {"form": kept.form}, {}
        return spine.RadioEntry, {}, {}

    def _number(self, said: Any, t_mono_ns: int) -> int | None:
        """Of an array or a camera, which is told when it comes first."""
        if said is None:
            return None
        if said not in self._said:
            number = self._said[said] = len(self._said) + 1
            is_array = hasattr(said, "positions_m")
            line = spine.ArraySaid(number=number, array=said) if is_array else spine.CameraSaid(number=number, camera=said)
            self._say(t_mono_ns, line)
        return self._said[said]
