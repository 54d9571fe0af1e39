"""One block as it is kept in memory: its bytes in the device's own depth, and all else that it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from msgspec.structs import replace

from drivers.blocks import AnyBlock, Attitude, AudioBlock, Frame, GnssFix, IqBlock, RadioFrame

Bytes = bytes | memoryview
Room = Callable[[int], memoryview | None]
"""So many bytes of memory, free until they are taken by `Kept`; None where there is none."""
SMALL = (RadioFrame, GnssFix, Attitude)
LARGE = (AudioBlock, Frame, IqBlock)
STRUCT_BYTES = 400
"""What a small block takes in Python beside its bytes."""


class Kept(NamedTuple):
    """`block` without its samples or picture; `form` and `shape` say how `data` holds them."""

    block: Any
    form: str
    shape: tuple[int, ...]
    data: Bytes

    @property
    def t_mono_ns(self) -> int:
        """Of the block."""
        return int(self.block.t_mono_ns)


def small(block: AnyBlock) -> Kept:
    """A block that is kept as it is, without a copy."""
    return Kept(block, "whole", (), block.data if isinstance(block, RadioFrame) else b"")


class Keeper:
    """Copies blocks of one sensor into memory, in the smallest form that has given each of them back bit by bit so far."""

    def __init__(self) -> None:
        self._sound = self._iq = 0

    def keep(self, block: AudioBlock | Frame | IqBlock, room: Room) -> Kept | None:
        """None where there is no room."""
        match block:
            case AudioBlock():
                return self._keep_sound(block, room)
            case IqBlock():
                return self._keep_iq(block, room)
        return _keep_picture(block, room)

    def _keep_sound(self, block: AudioBlock, room: Room) -> Kept | None:
        from edge_node.record.forms import SOUND_FORMS  # noqa: PLC0415 -- a radio's process keeps frames without numpy

        self._sound, out = _smallest(block.samples, SOUND_FORMS, self._sound, room)
        return None if out is None else Kept(_without(block, "samples"), SOUND_FORMS[self._sound], block.samples.shape, out)

    def _keep_iq(self, block: IqBlock, room: Room) -> Kept | None:
        from edge_node.record.forms import IQ_FORMS  # noqa: PLC0415 -- a radio's process keeps frames without numpy

        self._iq, out = _smallest(block.samples, IQ_FORMS, self._iq, room)
        return None if out is None else Kept(_without(block, "samples"), IQ_FORMS[self._iq], block.samples.shape, out)


def _keep_picture(block: Frame, room: Room) -> Kept | None:
    picture: Any = block.picture
    out = room(picture.nbytes)
    if out is None:
        return None
    out[:] = picture.ravel().view("u1").data
    return Kept(_without(block, "picture"), "u16" if picture.itemsize == 2 else "u8", picture.shape, out)


def _smallest(samples: Any, forms: tuple[str, ...], first: int, room: Room) -> tuple[int, memoryview | None]:
    """The first form from `first` on in which these samples come back bit by bit, and their bytes."""
    from edge_node.record.forms import NUMBER_BYTES, floats, write_as  # noqa: PLC0415 -- a radio's process keeps frames without numpy

    numbers = floats(samples)
    for number in range(first, len(forms)):
        out = room(len(numbers) * NUMBER_BYTES[forms[number]])
        if out is None or write_as(forms[number], numbers, out):
            return number, out
    return len(forms) - 1, None


def _without(block: Any, name: str) -> Any:
    """The same block without what is kept apart."""
    return replace(block, **{name: None})


def kept(block: AnyBlock) -> Kept:
    """Any block in memory of its own."""
    if isinstance(block, SMALL):
        return small(block)
    found = Keeper().keep(block, lambda size: memoryview(bytearray(size)))  # type: ignore[arg-type]
    if found is None:
        raise MemoryError
    return found
