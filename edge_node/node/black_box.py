"""The black box of one sensor's process: holds its newest blocks, and hands them to a thread that writes when the hub says so."""

from __future__ import annotations

import time

from drivers.blocks import AnyBlock, AudioBlock, Frame, IqBlock
from edge_node.config import Config
from edge_node.field.health_names import found
from edge_node.messages import Finding
from edge_node.node.freeze_order import FreezeOrder, OrderFile
from edge_node.record.ring import Ring
from edge_node.record.writing import Missed, Writing

SLACK_S = 2.0
"""So much more is held than is to be kept: the hub needs a moment to say that it is."""
LOOK_EVERY_NS = 200_000_000
SILENT_NS = 2_000_000_000
STUCK_S = 10.0
SAID_NS = 600_000_000_000
END_WITHIN_S = 3.0
NO_ROOM = "the disk is slower than the sensor, and memory_mb is full"


class BlackBox:
    """Costs one copy a block, and one look at a file a few times a second."""

    def __init__(self, config: Config, sensor: str) -> None:
        table = config.black_box
        self._sensor = sensor
        self._file = OrderFile(config.node.run_dir)
        self._ring = Ring(table.seconds_before + SLACK_S, table.memory_mb << 20)
        self._refused = tuple(kind for kind, kept in ((AudioBlock, table.sound), (Frame, table.video), (IqBlock, table.iq)) if not kept)
        self._order: FreezeOrder | None = None
        self._writing: Writing | None = None
        self._missed: Missed | None = None
        self._ending = False
        self._looked_ns = self._last_ns = self._problem_ns = 0
        self._problem = ""

    def take(self, block: AnyBlock) -> None:
        """Hold it, and hand it on while a recording runs."""
        if isinstance(block, self._refused):
            return
        held = self._ring.add(block)
        self._last_ns = block.t_mono_ns
        order, writing = self._order, self._writing
        if writing is None or self._ending or order is None or not order.from_mono_ns <= block.t_mono_ns <= order.until_mono_ns:
            return
        if held is None:
            self._missed = self._missed or Missed(block.t_mono_ns, NO_ROOM)
            self._missed.blocks += 1
            return
        self._tell_missed(writing)
        self._ring.pin(held)
        writing.take(held)

    def look(self, now_ns: int) -> None:
        """Begin, go on and end as the hub says; to be called after every block and every pause."""
        if now_ns - self._looked_ns < LOOK_EVERY_NS:
            return
        self._looked_ns = now_ns
        if self._file.look():
            self._follow(self._file.order)
        writing = self._writing
        if writing is None:
            return
        if not self._ending and (self._order is None or self._is_over(self._order, now_ns)):
            self._end(writing)
        if writing.problem:
            self._say(writing.problem, now_ns)
        elif writing.stuck_s > STUCK_S:
            self._say(f"the disk has taken nothing for {writing.stuck_s:.0f} s", now_ns)
        if self._ending and writing.done:
            self._writing = None

    def words(self) -> str:
        """What is held and kept now, for the status; empty where nothing is."""
        if self._writing is not None:
            return f"black box: keeps {self._writing.blocks} blocks"
        return f"black box: holds {self._ring.seconds:.0f} s in {self._ring.bytes >> 20} MiB" if self._ring.bytes else ""

    def findings(self, now_ns: int) -> list[Finding]:
        """What a person should mend; said for a while after it was."""
        if not self._problem or now_ns - self._problem_ns > SAID_NS:
            return []
        return [found(self._sensor, "black_box_failed", f"what it gives cannot be kept: {self._problem}")]

    def close(self) -> None:
        """The sensor ends, and so does its part of a recording."""
        if self._writing is not None:
            if not self._ending:
                self._end(self._writing)
            self._writing.join(END_WITHIN_S)

    def _follow(self, order: FreezeOrder | None) -> None:
        """Another recording, another end of this one, or none any more."""
        before = self._order
        if order is None or self._sensor not in order.numbers:
            self._order = None
        elif before is not None and before.target.id == order.target.id:
            self._order = order
        elif self._writing is not None and not self._writing.done:
            self._order = None
            self._say("the disk has not taken the recording before", time.monotonic_ns())
        else:
            self._begin(order)

    def _begin(self, order: FreezeOrder) -> None:
        self._order, self._ending, self._missed = order, False, None
        writing = self._writing = Writing(order.target, self._sensor, order.numbers[self._sensor], self._ring.unpin)
        for held in self._ring.since(order.from_mono_ns):
            if held.kept.t_mono_ns <= order.until_mono_ns:
                self._ring.pin(held)
                writing.take(held)

    def _is_over(self, order: FreezeOrder, now_ns: int) -> bool:
        return self._last_ns > order.until_mono_ns or now_ns > order.until_mono_ns + SILENT_NS

    def _end(self, writing: Writing) -> None:
        self._tell_missed(writing)
        self._ending = True
        writing.end()

    def _tell_missed(self, writing: Writing) -> None:
        if self._missed is not None:
            self._say(f"{self._missed.blocks} blocks were not kept: {self._missed.words}", time.monotonic_ns())
            writing.miss(self._missed)
            self._missed = None

    def _say(self, problem: str, now_ns: int) -> None:
        self._problem, self._problem_ns = problem, now_ns
