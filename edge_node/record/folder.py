"""A recording's folder, read: head, blocks bit by bit as detectors had them, and what was told."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec
from msgspec import Struct

from drivers import mcap
from drivers.blocks import AnyBlock, AudioBlock, Camera, Frame, IqBlock, MicrophoneArray, RadioFrame
from drivers.byte_stream import RecordingCut
from edge_node.record import head as heads
from edge_node.record import plain_file, spine
from edge_node.record.head import Head
from edge_node.record.spine import Told
from edge_node.strict_toml import as_path

SUFFIX = ".enc"
MOST_HEAD_BYTES = 4 << 20
MOST_BLOCK_BYTES = 256 << 20


class RecordingUnreadable(Exception):
    """A folder is no recording, or cannot be opened with this key; the text says which."""


BROKEN = (RecordingCut, msgspec.MsgspecError, UnicodeDecodeError, RecordingUnreadable, OSError)
"""What the parts of a recording raise where a power cut or a worn card broke them: its head was opened before, by this key."""


class RecordedSensor(Struct, frozen=True):
    """One sensor: `kind` is the type of its blocks, None where it has none here; `settings` are what its Pipeline takes."""

    name: str
    kind: str | None
    driver: str
    settings: Mapping[str, Mapping[str, Any]]


class RecordedFolder:
    """One recording, opened; an encrypted one with the private `key` (32 bytes) that it was sealed to. Raises RecordingUnreadable.

    `cut` says in words where it ends before it was finished; it is known for a sensor once its blocks were read, and from the start
    for what `head.json` says.
    """

    def __init__(self, path: Path, key: bytes | None = None) -> None:
        self.path, self._key = path, key
        self.head: Head = self._head()
        self.cut: str | None = self.head.cut or (None if self.head.finished else "the node ended while it was written")
        try:
            self.sensors = tuple(self._sensor(one) for one in self.head.sensors if one.kept)
        except ValueError:
            raise RecordingUnreadable(f"{path / heads.FILE}: setting.trusted_keys are not in hex") from None

    def blocks(self, sensor: str) -> Iterator[AnyBlock]:
        """Every block of one sensor in order, up to where the recording is cut; raises RecordingUnreadable for no such sensor."""
        if sensor not in {one.name for one in self.sensors}:
            raise RecordingUnreadable(f"{self.path} holds no sensor {sensor!r}")
        files = _Files(self)
        said: dict[int, Any] = {}
        try:
            for message in self._spine(sensor):
                match line := spine.lines.decode(message.data):
                    case spine.ArraySaid():
                        said[line.number] = line.array
                    case spine.CameraSaid():
                        said[line.number] = line.camera
                    case spine.Missed():
                        pass
                    case spine.FixEntry() | spine.AttitudeEntry():
                        yield line.block
                    case _:
                        yield _made(line, files.read(line), said)
        except BROKEN as error:
            self._end(f"{sensor}: {error}")
        finally:
            files.close()

    def missed(self, sensor: str) -> list[spine.Missed]:
        """Where blocks of a sensor were not kept though it gave them."""
        return [line for line in self._lines(sensor) if isinstance(line, spine.Missed)]

    def told(self) -> Iterator[Told]:
        """What the node told meanwhile, in that order."""
        try:
            for message in self._spine(None):
                yield spine.as_told(message.topic, message.data)
        except (*BROKEN, KeyError) as error:
            self._end(f"what was told: {error}")

    def media(self) -> list[Path]:
        """Every file of it beside head and spine."""
        return sorted(path for path in self.path.iterdir() if not path.name.startswith((heads.FILE, "spine", ".")))

    def open(self, name: str) -> BinaryIO:
        """One of its files by its plain name, opened where it is sealed; raises OSError, and RecordingUnreadable without the key."""
        if "/" in name:
            raise RecordingUnreadable(f"{self.path}: {name!r} names no file in it")
        sealed = self.path / (name + SUFFIX)
        if not sealed.exists():
            return plain_file.read(self.path / name)
        if self._key is None:
            raise RecordingUnreadable(f"{self.path} is encrypted: give the private key of {self.head.sealed_to}")
        from edge_node.record.sealed import KeyUnusable, SealedReader  # noqa: PLC0415 -- libsodium is loaded for what is encrypted alone

        file = plain_file.read(sealed)
        try:
            return cast("BinaryIO", SealedReader(file, self._key, f"{self.head.id}/{name}"))
        except KeyUnusable as error:
            file.close()
            raise RecordingUnreadable(str(error)) from None

    def _head(self) -> Head:
        plain = self._read_head(self.path / heads.FILE)
        if plain.sealed_to is None:
            return plain
        self.head = plain
        try:
            with closing(self.open(heads.FILE)) as file:
                whole = msgspec.json.decode(file.read(MOST_HEAD_BYTES), type=Head, dec_hook=as_path)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise RecordingUnreadable(f"{self.path}: its sealed head cannot be read: {error}") from None
        return msgspec.structs.replace(
            whole, finished=plain.finished, cut=plain.cut, until_mono_ns=plain.until_mono_ns, sealed_to=plain.sealed_to
        )

    def _read_head(self, path: Path) -> Head:
        try:
            with plain_file.read(path) as file:
                head = msgspec.json.decode(file.read(MOST_HEAD_BYTES), type=Head, dec_hook=as_path)
        except OSError as error:
            raise RecordingUnreadable(f"{path} cannot be read: {error.strerror}") from None
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise RecordingUnreadable(f"{path} is no head of a recording: {error}") from None
        if head.format != heads.FORMAT:
            raise RecordingUnreadable(f"{path} is of format {head.format}, and {heads.FORMAT} is read")
        return head

    def _sensor(self, one: heads.SensorHead) -> RecordedSensor:
        setting = self.head.setting
        keys = {bytes.fromhex(tag): bytes.fromhex(key) for tag, key in setting.trusted_keys.items()}
        settings: dict[str, dict[str, Any]] = {"RadioFrame": {"trusted_keys": keys}, "Frame": {"settings": setting.camera}}
        return RecordedSensor(one.name, self._kind(one.name), one.driver, settings)

    def _kind(self, sensor: str) -> str | None:
        for line in self._lines(sensor):
            if not isinstance(line, spine.ArraySaid | spine.CameraSaid | spine.Missed):
                return str(line.__struct_config__.tag)
        return None

    def _lines(self, sensor: str) -> Iterator[spine.Line]:
        """As far as they go, and not a word on where they end."""
        try:
            for message in self._spine(sensor):
                yield spine.lines.decode(message.data)
        except BROKEN:
            return

    def _spine(self, sensor: str | None) -> Iterator[mcap.Message]:
        """Messages of one sensor, or those that were told."""
        name = spine.FILE if self._has(spine.FILE) else spine.PART.format(sensor or "hub")
        if not self._has(name):
            return
        wanted = {spine.BLOCKS.format(sensor)} if sensor else set(spine.TOLD)
        file = self.open(name)
        try:
            yield from (message for message in mcap.messages(file) if message.topic in wanted)
        finally:
            file.close()

    def _has(self, name: str) -> bool:
        return (self.path / name).exists() or (self.path / (name + SUFFIX)).exists()

    def _end(self, words: str) -> None:
        self.cut = self.cut or words


class _Files:
    """Media files read from front to back, as their blocks come; each is opened once."""

    def __init__(self, folder: RecordedFolder) -> None:
        self._folder = folder
        self._open: dict[str, tuple[BinaryIO, int]] = {}

    def read(self, entry: spine.Entry) -> bytes:
        """The bytes of one block; raises RecordingCut where they are not there, or not those that were written."""
        file, at = self._open.get(entry.file) or (self._opened(entry.file), 0)
        if entry.offset < at:
            file.close()
            file, at = self._opened(entry.file), 0
        self._open[entry.file] = (file, at)
        if entry.size > MOST_BLOCK_BYTES:
            raise RecordingCut(f"{entry.file} holds no block of {entry.size} bytes")
        _skip(file, entry.offset - at)
        data = file.read(entry.size)
        self._open[entry.file] = (file, entry.offset + len(data))
        if len(data) < entry.size or zlib.crc32(data) != entry.crc:
            raise RecordingCut(f"{entry.file} is cut or damaged at byte {entry.offset}")
        return data

    def close(self) -> None:
        """Close all."""
        for file, _ in self._open.values():
            file.close()

    def _opened(self, name: str) -> BinaryIO:
        try:
            return self._folder.open(name)
        except OSError as error:
            raise RecordingCut(f"{name} cannot be read: {error.strerror}") from None


def _skip(file: BinaryIO, count: int) -> None:
    if isinstance(file, BufferedReader):
        file.seek(count, 1)
        return
    while count > 0 and (data := file.read(min(count, 1 << 20))):
        count -= len(data)


def _made(entry: spine.Entry, data: bytes, said: Mapping[int, Any]) -> AnyBlock:
    """The block; raises RecordingCut where entry and bytes contradict."""
    from edge_node.record import forms  # noqa: PLC0415 -- numpy is loaded for sound, pictures and IQ alone

    at = (entry.t_mono_ns, entry.sequence, entry.lost)
    try:
        match entry:
            case spine.SoundEntry():
                array = _of(said, entry.array, MicrophoneArray)
                return AudioBlock(*at, entry.sample_rate_hz, forms.sound(data, entry.form, entry.channels), array, entry.temperature_c)
            case spine.PictureEntry():
                seen = forms.picture(data, entry.form, entry.rows, entry.columns)
                return Frame(*at, seen, _of(said, entry.camera, Camera), entry.repeated, entry.shutter)
            case spine.IqEntry():
                tuned = (entry.gain_db, entry.clipped, entry.tuned_anew)
                return IqBlock(*at, entry.sample_rate_hz, entry.center_hz, forms.iq(data, entry.form), *tuned)
            case spine.RadioEntry():
                flags = (entry.intact, entry.coded_phy, entry.extended)
                return RadioFrame(*at, entry.medium, data, entry.rssi_dbm, entry.center_hz, *flags)
    except ValueError as error:
        raise RecordingCut(f"{entry.file}: its bytes are no block of this kind ({error})") from None
    raise RecordingCut(f"{entry.file}: a block of a kind that is not read")


def _of(said: Mapping[int, Any], number: int | None, kind: type[Any]) -> Any:
    """What was said under this number; raises RecordingCut where it was something else, or nothing."""
    found = None if number is None else said.get(number)
    if number is not None and not isinstance(found, kind):
        raise RecordingCut(f"nobody said what {kind.__name__} {number} is")
    return found
