"""What of the spool is on its way to C2: go-back-N for each stream, in a window of bytes that keeps a thin link fresh. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from msgspec import Struct

from edge_node.publish.reliable_schema import MOST_ROWS
from edge_node.publish.spool_file import Row

MOST_BATCH_BYTES = 32_000
LEAST_WINDOW, FIRST_WINDOW, MOST_WINDOW = 4_000, 32_000, 1_000_000
# Longer than it takes on an empty link: below the first more may be under way; above the second, what is queued delays the live plane.
FAST_NS, SLOW_NS = 250_000_000, 750_000_000
ROW_OVERHEAD_BYTES = 12
LEAST_WANTED = 32


class Batch(Struct, frozen=True, gc=False):
    """Rows of one epoch that go in one message; `after` as in reliable_schema.Rows."""

    epoch: int
    after: int
    rows: Sequence[Row]
    bytes: int
    sent_ns: int


class Window:
    """How many bytes may be under way: more while answers come fast, half as many when they come late (after LEDBAT, RFC 6817)."""

    def __init__(self) -> None:
        self.most = float(FIRST_WINDOW)
        self._empty_ns = 0

    def answered(self, round_trip_ns: int) -> None:
        """One batch was acknowledged after so long."""
        queued_ns = round_trip_ns - self._empty_ns
        if queued_ns < FAST_NS:
            self.most = min(self.most * 1.25, MOST_WINDOW)
        elif queued_ns > SLOW_NS:
            self.shrink()

    def greeted(self, round_trip_ns: int) -> None:
        """A hello, which is short and the first of its session, was answered after so long: that is the way itself."""
        self._empty_ns = round_trip_ns

    @property
    def batch(self) -> int:
        """How many bytes may go in one message: a thin link must get it through before C2's silence counts as its end."""
        return round(min(self.most / 2, MOST_BATCH_BYTES))

    def shrink(self) -> None:
        """Half as many."""
        self.most = max(self.most / 2, LEAST_WINDOW)


class Flight:
    """One stream: batches under way, of one epoch at a time, so that C2 gets all epochs in their order.

    `wanted` is how many rows to read for the next one: what the last one held, and some.
    """

    def __init__(self) -> None:
        self._under_way: deque[Batch] = deque()
        self.bytes = 0
        self.wanted = LEAST_WANTED

    @property
    def last_id(self) -> int:
        """Up to which row all is under way or done; 0: go back to the oldest that there is."""
        return self._under_way[-1].rows[-1][0] if self._under_way else 0

    def take(self, rows: Sequence[Row], now_ns: int, most_bytes: int = MOST_BATCH_BYTES) -> Batch | None:
        """The first of these rows as the next batch; None where there is none, or the epoch before is not acknowledged yet."""
        last = self._under_way[-1] if self._under_way else None
        if not rows or (last and last.epoch != rows[0][1]):
            return None
        size = count = 0
        for row in rows:
            more = len(row[5]) + ROW_OVERHEAD_BYTES
            if row[1] != rows[0][1] or (count and size + more > most_bytes):
                break
            count, size = count + 1, size + more
        self.wanted = min(count + count // 4 + LEAST_WANTED, MOST_ROWS)
        batch = Batch(rows[0][1], last.rows[-1][2] if last else 0, rows[:count], size, now_ns)
        self._under_way.append(batch)
        self.bytes += size
        return batch

    def acked(self, epoch: int, seq: int) -> tuple[int, int] | None:
        """C2 holds the epoch up to `seq`: the id up to which rows are done and when that batch was sent; None where that is no news."""
        done: tuple[int, int] | None = None
        while self._under_way and self._under_way[0].epoch == epoch and self._under_way[0].rows[0][2] <= seq:
            batch = self._under_way[0]
            held = [row for row in batch.rows if row[2] <= seq]
            done = held[-1][0], batch.sent_ns
            if len(held) < len(batch.rows):
                break
            self._under_way.popleft()
            self.bytes -= batch.bytes
        return done

    def go_back(self) -> None:
        """Nothing counts as sent: begin again with the oldest row."""
        self._under_way.clear()
        self.bytes = 0
