"""Making a recording whole, once nobody writes it any more or a power cut ended it: one spine, sounds of known length, and a head."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec.structs import replace

from drivers import mcap, wav_file
from drivers.byte_stream import RecordingCut
from edge_node import private_file
from edge_node.record import head as heads
from edge_node.record import spine
from edge_node.record.head import Head
from edge_node.record.part import LIBRARY, Target, replace_whole
from edge_node.record.writing import DONE
from edge_node.strict_toml import as_path

COPIED = frozenset({mcap.SCHEMA, mcap.CHANNEL, mcap.MESSAGE})


def write_head(target: Target, head: Head) -> None:
    """Lay `head.json` there, over the one before; of a sealed recording the times alone, and all of it sealed. Raises OSError."""
    if target.public_key is None:
        private_file.replace(target.folder / heads.FILE, _text(head))
        return
    replace_whole(target, heads.FILE, _text(head).encode())
    private_file.replace(target.folder / heads.FILE, _text(times_of(head, target.public_key)))


def times_of(head: Head, public_key: str) -> Head:
    """What anybody may know of a sealed recording."""
    return Head(
        id=head.id,
        from_mono_ns=head.from_mono_ns,
        until_mono_ns=head.until_mono_ns,
        clock=head.clock,
        finished=head.finished,
        cut=head.cut,
        sealed_to=public_key,
    )


def close(folder: Path) -> None:
    """Do what needs no key and no head: join the parts of the spine, say how long sounds are. Raises OSError."""
    for path in folder.glob("*.wav"):
        _measure(path)
    parts = sorted(folder.glob(spine.PART.format("*")))
    if parts and not (folder / spine.FILE).exists():
        _join(parts, folder / spine.FILE)
    for part in parts:
        part.unlink()
    for done in folder.glob(DONE.format("*")):
        done.unlink()
    private_file.sync(folder)


def close_cut(folder: Path, words: str) -> bool:
    """Close a recording that nobody finished; False where there is none, or it is finished. Raises OSError."""
    head = _read(folder)
    if head is None or head.finished:
        return False
    close(folder)
    private_file.replace(folder / heads.FILE, _text(replace(head, finished=True, cut=head.cut or words)))
    return True


def is_vouched_for(folder: Path) -> bool:
    """Whether its times are by a clock that somebody vouched for."""
    head = _read(folder)
    return head is not None and head.clock.sigma_s is not None


def _read(folder: Path) -> Head | None:
    try:
        return msgspec.json.decode((folder / heads.FILE).read_bytes(), type=Head, dec_hook=as_path)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _text(head: Head) -> str:
    return msgspec.json.format(msgspec.json.encode(head, enc_hook=str)).decode()


def _measure(path: Path) -> None:
    with path.open("r+b") as file, suppress(ValueError):  # one that was cut within its header stays as it is
        header = wav_file.closed(file.read(wav_file.HEADER_BYTES), path.stat().st_size)
        file.seek(0)
        file.write(header)
        file.flush()
        os.fsync(file.fileno())


def _join(parts: list[Path], path: Path) -> None:
    """All messages of all parts in one file; of a part that is cut, what stands before its cut."""
    fresh = path.with_name(f".{path.name}")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
        made = mcap.McapWriter(file.write, LIBRARY)
        for part in parts:
            with part.open("rb") as one, suppress(RecordingCut):
                for kind, content in mcap.records(one):
                    if kind in COPIED:
                        made.copy(kind, content)
        made.finish()
        file.flush()
        os.fsync(file.fileno())
    private_file.move(fresh, path)
