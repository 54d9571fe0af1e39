"""The last seconds of one sensor's blocks in memory: slabs that are filled one after the other and used again, never more than allowed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from drivers.blocks import AnyBlock
from edge_node.record.kept import LARGE, SMALL, STRUCT_BYTES, Keeper, Kept, small

SLAB_BYTES = 1 << 20
NS_PER_S = 1_000_000_000


class Slab:
    """Memory for some blocks; `blocks` are those still wanted, `unwritten` those that a recording waits for."""

    __slots__ = ("blocks", "memory", "unwritten", "used")

    def __init__(self, size: int) -> None:
        self.memory = memoryview(bytearray(size))
        self.used = self.blocks = self.unwritten = 0

    @property
    def free(self) -> bool:
        """Whether nobody needs what is in it."""
        return not self.blocks and not self.unwritten


class Held:
    """A block in the ring, and the slab that holds its bytes, None for one that is small."""

    __slots__ = ("bytes", "kept", "slab")

    def __init__(self, kept: Kept, slab: Slab | None) -> None:
        self.kept, self.slab = kept, slab
        self.bytes = len(kept.data) + (0 if slab else STRUCT_BYTES)


class Ring:
    """Holds the blocks of the newest `seconds`, of fewer where `most_bytes` do not hold them.

    What `pin` handed out stays as it is until `unpin`, which another thread may call; a block that then finds no room is not kept.
    """

    def __init__(self, seconds: float, most_bytes: int) -> None:
        self._for_ns, self._most = round(seconds * NS_PER_S), most_bytes
        self._keeper = Keeper()
        self._held: deque[Held] = deque()
        self._slabs: deque[Slab] = deque()
        self._free: list[Slab] = []
        self._written: deque[Held] = deque()
        self._slab_bytes = self._small_bytes = self._small_unwritten = 0

    def add(self, block: AnyBlock) -> Held | None:
        """Copy it in; None where there is no room, or nothing to keep of its kind."""
        self._reclaim()
        if isinstance(block, SMALL):
            held = self._add_small(block)
        elif isinstance(block, LARGE):
            kept = self._keeper.keep(block, self._room)
            held = None if kept is None else self._in_slab(kept)
        else:
            return None
        if held is not None:
            self._held.append(held)
        self._forget(block.t_mono_ns - self._for_ns)
        return held

    def since(self, t_mono_ns: int) -> Iterator[Held]:
        """What it holds from then on, in order."""
        return (held for held in self._held if held.kept.t_mono_ns >= t_mono_ns)

    def pin(self, held: Held) -> None:
        """A recording waits for it."""
        if held.slab is not None:
            held.slab.unwritten += 1
        else:
            self._small_unwritten += held.bytes

    def unpin(self, held: Held) -> None:
        """It was written."""
        self._written.append(held)

    @property
    def bytes(self) -> int:
        """How much memory it has taken."""
        return self._slab_bytes + self._small_bytes

    @property
    def seconds(self) -> float:
        """How far back it goes."""
        return (self._held[-1].kept.t_mono_ns - self._held[0].kept.t_mono_ns) / NS_PER_S if self._held else 0.0

    def _add_small(self, block: AnyBlock) -> Held | None:
        held = Held(small(block), None)
        while self.bytes + self._small_unwritten + held.bytes > self._most and self._held:
            self._drop()
        if self.bytes + self._small_unwritten + held.bytes > self._most:
            return None
        self._small_bytes += held.bytes
        return held

    def _in_slab(self, kept: Kept) -> Held:
        slab = self._slabs[-1]
        slab.used += len(kept.data)
        slab.blocks += 1
        return Held(kept, slab)

    def _room(self, size: int) -> memoryview | None:
        """So many bytes at the end of the newest slab, or of a fresh one."""
        slab = self._slabs[-1] if self._slabs else None
        if slab is None or slab.used + size > len(slab.memory):
            slab = self._fresh(max(1, size))
            if slab is None:
                return None
            self._slabs.append(slab)
        return slab.memory[slab.used : slab.used + size]

    def _fresh(self, size: int) -> Slab | None:
        """An empty slab for at least one block of this size; the oldest blocks go where there is no memory left."""
        wanted = size * max(1, SLAB_BYTES // size)  # blocks of one size leave no gap at its end
        while True:
            self._retire_last()
            if self._free and len(self._free[-1].memory) >= size:
                slab = self._free.pop()
                slab.used = 0
                return slab
            self._slab_bytes -= sum(len(slab.memory) for slab in self._free)
            self._free.clear()  # the blocks have grown
            if self.bytes + wanted <= self._most:
                self._slab_bytes += wanted
                return Slab(wanted)
            if not any(slab.blocks and not slab.unwritten for slab in self._slabs):
                return None
            self._drop()

    def _retire_last(self) -> None:
        """The newest slab is not the newest any more; nobody would look at it again if it is empty."""
        if self._slabs and self._slabs[-1].free:
            self._free.append(self._slabs.pop())

    def _forget(self, before_ns: int) -> None:
        while self._held and self._held[0].kept.t_mono_ns < before_ns:
            self._drop()

    def _drop(self) -> None:
        """The oldest block."""
        held = self._held.popleft()
        if held.slab is None:
            self._small_bytes -= held.bytes
        else:
            held.slab.blocks -= 1
            self._recycle(held.slab)

    def _reclaim(self) -> None:
        """Take back what was written since."""
        while self._written:
            held = self._written.popleft()
            if held.slab is None:
                self._small_unwritten -= held.bytes
            else:
                held.slab.unwritten -= 1
                self._recycle(held.slab)

    def _recycle(self, slab: Slab) -> None:
        """Unless somebody needs it."""
        if slab.free:
            slab.used = 0
            if slab is not self._slabs[-1]:
                self._slabs.remove(slab)
                self._free.append(slab)
