from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from edge_node.publish.flight import (
    FAST_NS,
    FIRST_WINDOW,
    LEAST_WINDOW,
    MOST_BATCH_BYTES,
    MOST_WINDOW,
    ROW_OVERHEAD_BYTES,
    SLOW_NS,
    Batch,
    Flight,
    Window,
)
from edge_node.publish.spool_file import Row


def rows(epoch: int, first_id: int, count: int, size: int = 10) -> list[Row]:
    return [(first_id + place, epoch, place + 1, 0, 0, bytes(size)) for place in range(count)]


class Node:
    """Rows of several epochs, as the spool gives them."""

    def __init__(self) -> None:
        self.flight = Flight()
        self.waiting: list[Row] = []
        self.epoch, self.seq, self.id = 1, 0, 0

    def put(self, count: int, size: int) -> None:
        for _ in range(count):
            self.seq, self.id = self.seq + 1, self.id + 1
            self.waiting.append((self.id, self.epoch, self.seq, 0, 0, bytes(size)))

    def take(self) -> Batch | None:
        return self.flight.take([row for row in self.waiting if row[0] > self.flight.last_id][:40], 0)

    def hear(self, epoch: int, seq: int) -> None:
        done = self.flight.acked(epoch, seq)
        if done is not None:
            self.waiting = [row for row in self.waiting if row[0] > done[0]]

    def restart(self) -> None:
        self.flight, self.epoch, self.seq = Flight(), self.epoch + 1, 0


class C2:
    """What tools/c2/collector.py does with rows: those behind what it holds, if nothing is missing before them."""

    def __init__(self) -> None:
        self.kept: list[tuple[int, int]] = []
        self.held: Counter[int] = Counter()

    def hear(self, batch: Batch) -> tuple[int, int]:
        if batch.after <= self.held[batch.epoch]:
            new = [row[2] for row in batch.rows if row[2] > self.held[batch.epoch]]
            self.kept += [(batch.epoch, seq) for seq in new]
            self.held[batch.epoch] = max([self.held[batch.epoch], *new])
        return batch.epoch, self.held[batch.epoch]


class World:
    """A node, a C2, and sessions that end with messages on their way: those upwards may still arrive, in their order."""

    def __init__(self) -> None:
        self.node, self.c2 = Node(), C2()
        self.up: list[deque[Batch]] = [deque()]
        self.down: deque[tuple[int, int]] = deque()

    def step(self, chance: Random) -> None:
        steps: tuple[Callable[[Random], None], ...] = (
            self.put,
            self.send,
            self.send,
            self.arrive,
            self.arrive,
            self.hear,
            self.hear,
            self.reconnect,
            self.restart,
            self.refuse,
        )
        chance.choice(steps)(chance)

    def put(self, chance: Random) -> None:
        self.node.put(chance.randrange(1, 30), chance.choice((5, 2000)))

    def send(self, _: Random) -> None:
        if batch := self.node.take():
            self.up[-1].append(batch)

    def arrive(self, chance: Random) -> None:
        self.deliver(chance.randrange(len(self.up)))

    def hear(self, _: Random) -> None:
        if self.down:
            self.node.hear(*self.down.popleft())

    def restart(self, chance: Random) -> None:
        self.node.restart()
        self.reconnect(chance)

    def refuse(self, _: Random) -> None:
        """C2 is busy: it keeps nothing of a batch and says so."""
        if self.up[-1]:
            self.up[-1].popleft()
            self.node.flight.go_back()

    def deliver(self, session: int) -> None:
        if self.up[session]:
            answer = self.c2.hear(self.up[session].popleft())
            if session == len(self.up) - 1:
                self.down.append(answer)

    def reconnect(self, chance: Random) -> None:
        """Of what was on its way the last part is lost."""
        while self.up[-1] and chance.random() < 0.5:
            self.up[-1].pop()
        self.up = [*[session for session in self.up if session], deque()]
        self.down.clear()
        self.node.flight.go_back()

    def settle(self) -> None:
        self.reconnect(Random(0))
        for _ in range(10_000):
            if not self.node.waiting:
                return
            while batch := self.node.take():
                self.up[-1].append(batch)
            for session in range(len(self.up)):
                self.deliver(session)
            while self.down:
                self.node.hear(*self.down.popleft())
            if not self.node.flight.bytes and not self.up[-1]:
                self.node.flight.go_back()
        raise AssertionError("it never came to rest")


@given(st.randoms(use_true_random=False), st.integers(1, 150))
def test_c2_gets_every_row_once_and_in_order_whatever_befalls_the_sessions(chance: Random, steps: int) -> None:
    world = World()
    put: list[tuple[int, int]] = []
    for _ in range(steps):
        before = world.node.id
        world.step(chance)
        put += [(row[1], row[2]) for row in world.node.waiting if row[0] > before]
    world.settle()
    assert world.c2.kept == put
    assert world.node.flight.bytes == 0


@given(st.lists(st.integers(0, 48_000), min_size=1, max_size=60))
def test_a_batch_holds_at_least_one_row_and_no_more_bytes_than_it_may(sizes: list[int]) -> None:
    flight, waiting = Flight(), [(place + 1, 7, place + 1, 0, 0, bytes(size)) for place, size in enumerate(sizes)]
    taken: list[Row] = []
    while batch := flight.take(waiting[len(taken) :], 0):
        assert batch.after == (taken[-1][2] if taken else 0)
        taken += batch.rows
        content = sum(len(row[5]) + ROW_OVERHEAD_BYTES for row in batch.rows)
        assert len(batch.rows) == 1 or content <= MOST_BATCH_BYTES
    assert taken == waiting


def test_an_epoch_waits_for_the_one_before() -> None:
    flight, waiting = Flight(), [*rows(1, 1, 3), *rows(2, 4, 3)]
    first = flight.take(waiting, 5)
    assert first is not None
    assert [row[0] for row in first.rows] == [1, 2, 3]
    assert flight.take(waiting[3:], 6) is None
    assert flight.acked(1, 2) == (2, 5)
    assert flight.take(waiting[3:], 6) is None
    assert flight.acked(1, 3) == (3, 5)
    second = flight.take(waiting[3:], 6)
    assert second is not None
    assert (second.epoch, second.after, flight.last_id) == (2, 0, 6)


def test_what_is_no_news_is_told_apart() -> None:
    flight = Flight()
    assert flight.acked(1, 5) is None
    flight.take(rows(1, 1, 3), 0)
    assert flight.acked(2, 5) is None
    assert flight.acked(1, 0) is None
    assert flight.acked(1, 2**63 - 1) == (3, 0)
    assert (flight.bytes, flight.last_id) == (0, 0)


def test_the_window_grows_with_fast_answers_halves_with_slow_ones_and_has_ends() -> None:
    window = Window()
    assert window.most == FIRST_WINDOW
    window.answered((FAST_NS + SLOW_NS) // 2)
    assert window.most == FIRST_WINDOW
    for _ in range(50):
        window.answered(FAST_NS - 1)
    assert window.most == MOST_WINDOW
    window.answered(SLOW_NS + 1)
    assert window.most == MOST_WINDOW / 2
    for _ in range(50):
        window.shrink()
    assert window.most == LEAST_WINDOW


def test_what_the_way_itself_takes_does_not_count_as_queueing() -> None:
    window = Window()
    window.greeted(SLOW_NS)
    window.answered(SLOW_NS + FAST_NS // 2)
    assert window.most > FIRST_WINDOW
    before = window.most
    window.answered(2 * SLOW_NS + FAST_NS)
    assert window.most == before / 2
