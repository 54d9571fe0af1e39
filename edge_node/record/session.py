"""One recording from the hub's side, as a thread beside does it: its folder, what was told, its end. Everything here waits for the disk."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from edge_node.record import spine
from edge_node.record.archive import Archive, NoRoom
from edge_node.record.head import Head
from edge_node.record.part import SUFFIX, SpinePart, Target
from edge_node.record.spine import Spoken
from edge_node.record.writing import DONE

HUB = "hub"
log = logging.getLogger("edge_node.black_box")
Heard = tuple[int, Spoken]


class Begun(Struct, frozen=True):
    """It may be written to."""

    target: Target


class Tended(Struct, frozen=True):
    """How far it is: which sensors have written all of theirs, how large it is, and why it must end, empty where it need not."""

    done: frozenset[str]
    bytes: int
    must_end: str


class Finished(Struct, frozen=True):
    """It is whole."""

    folder: Path


class Failed(Struct, frozen=True):
    """It cannot be done, in words."""

    words: str


State = Begun | Tended | Finished | Failed


class Session:
    """The calls come one after the other, and none of them raises."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._target: Target | None = None
        self._spine: SpinePart | None = None
        self._broken = False

    def begin(self, head: Head, public_key: str | None) -> State:
        """Make the folder."""
        try:
            target = self._archive.begin(head, public_key)
            self._spine, self._target, self._broken = SpinePart(target, HUB, 0), target, False
        except NoRoom as why:
            return Failed(str(why))
        except Exception as error:  # noqa: BLE001 -- told in words, and logged with its place
            return _failed(error)
        return Begun(target)

    def tend(self, told: Sequence[Heard]) -> State:
        """Write what was told since; keep the quota."""
        target, part = self._target, self._spine
        if target is None or part is None:
            return Failed("there is none")
        try:
            if not self._broken:
                _say(part, told)
            self._archive.make_room(target.folder)
            size = self._archive.size(target.folder)
            names = {path.name for path in target.folder.glob(DONE.format("*"))}
            done = frozenset(name.removeprefix(DONE.format("")) for name in names)
            return Tended(done, size, self._archive.full(size))
        except Exception as error:  # noqa: BLE001 -- told in words, and logged with its place
            part.abandon()
            self._broken = True
            return _failed(error)

    def keep_house(self, now_utc_s: float | None, days: float) -> State | None:
        """Remove what is older, or too much, and close what an earlier life of the node left."""
        try:
            self._archive.sweep()
            self._archive.close_unfinished(None if self._target is None else self._target.folder)
            if now_utc_s is not None:
                self._archive.expire(now_utc_s, days)
            self._archive.make_room(None)
        except Exception as error:  # noqa: BLE001 -- told in words, and logged with its place
            return _failed(error)
        return None

    def finish(self, head: Head) -> State:
        """Make it whole."""
        target, part, self._target, self._spine = self._target, self._spine, None, None
        if target is None or part is None:
            return Failed("there is none")
        try:
            if not self._broken:
                part.close()
            if (late := _late(target.folder)) and head.cut is None:
                head = replace(head, cut=f"what {late} gave was not written to its end")
            self._archive.finish(target, head)
            self._archive.make_room(None)
        except Exception as error:  # noqa: BLE001 -- told in words, and logged with its place
            return _failed(error)
        return Finished(target.folder)


def _say(part: SpinePart, told: Sequence[Heard]) -> None:
    for t_mono_ns, message in told:
        part.say(spine.topic_of(message), t_mono_ns, spine.encode({"t_mono_ns": t_mono_ns, "message": message}))
    part.flush()


def _late(folder: Path) -> str:
    """Sensors whose processes began to write and have not said that they are done."""
    before, after = spine.PART.split("{}")
    begun = {path.name.removesuffix(SUFFIX).removeprefix(before).removesuffix(after) for path in folder.glob(spine.PART.format("*") + "*")}
    return ", ".join(sorted(name for name in begun - {HUB} if not (folder / DONE.format(name)).exists()))


def _failed(error: Exception) -> Failed:
    if isinstance(error, OSError):
        return Failed(f"{error.filename or 'the disk'}: {error.strerror or error}")
    log.error("the black box fails", exc_info=error)
    return Failed("it failed: the log says how")
