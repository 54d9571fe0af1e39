"""What the hub tells every sensor's process of a recording: a file in the run folder, looked for a few times a second."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from edge_node.record.part import Target
from edge_node.strict_toml import as_path

FILE, ASKED = "black-box.json", "freeze.json"
MOST_BYTES = 64 << 10


class FreezeOrder(Struct, frozen=True):
    """Keep what was and is from `from_mono_ns` until `until_mono_ns`, which may be put off; `numbers` are those of the parts."""

    target: Target
    from_mono_ns: int
    until_mono_ns: int
    numbers: dict[str, int]


class FreezeAsked(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody on the node wants a recording, with so many seconds to come; None is as configured."""

    id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}\Z")]
    t_mono_ns: Annotated[int, Meta(ge=0)]
    seconds: Annotated[float, Meta(ge=0, le=300)] | None = None
    words: Annotated[str, Meta(max_length=100)] = ""


def put(path: Path, said: Struct) -> None:
    """Lay it there, whole; raises OSError."""
    fresh = path.with_name(f".{path.name}")
    fresh.write_bytes(msgspec.json.encode(said, enc_hook=str))
    fresh.replace(path)


class OrderFile:
    """One such file, read when it has changed."""

    def __init__(self, run_dir: Path) -> None:
        self._path = run_dir / FILE
        self._seen: tuple[int, int] | None = None
        self.order: FreezeOrder | None = None

    def look(self) -> bool:
        """Whether `order` is another one than before."""
        try:
            state = self._path.stat()
        except OSError:
            found = self.order is not None
            self._seen = self.order = None
            return found
        seen = (state.st_mtime_ns, state.st_ino)
        if seen == self._seen:
            return False
        self._seen = seen
        self.order = self._read()
        return True

    def _read(self) -> FreezeOrder | None:
        try:
            with self._path.open("rb") as file:
                return msgspec.json.decode(file.read(MOST_BYTES), type=FreezeOrder, dec_hook=as_path)
        except (OSError, msgspec.MsgspecError):
            return None
