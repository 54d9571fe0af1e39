"""Recordings of the black box, one after the other: begun, put off, ended, made whole, and no more of them than there may be."""

from __future__ import annotations

import logging
import secrets
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from edge_node import __version__
from edge_node.config import Config
from edge_node.field.health_names import found
from edge_node.messages import Finding
from edge_node.node import freeze_order
from edge_node.node.aside import Aside
from edge_node.node.freeze_order import FreezeOrder
from edge_node.node.recorded_setting import recorded_sensors, recorded_setting
from edge_node.record.archive import FOLDER, Archive, name_of
from edge_node.record.head import Cause, Head, Place, Trigger
from edge_node.record.part import Target
from edge_node.record.session import Begun, Failed, Finished, Heard, Session, State, Tended
from edge_node.record.spine import Spoken
from edge_node.timebase import Timebase

NS_PER_S = 1_000_000_000
MOST_TOLD = 20_000
MOST_TRIGGERS = 100
TEND_EVERY_NS = NS_PER_S
HOUSEKEEPING_NS, FIRST_HOUSEKEEPING_NS = 600 * NS_PER_S, 10 * NS_PER_S
"""An earlier hub's recording is closed only when its sensors' processes have had time to write all of theirs."""
STILL_NS = 10 * NS_PER_S
"""A recording that has not grown for so long is over, though a sensor's process has not said so."""
STUCK_S = 10.0
LATEST_EXTENSION_NS = NS_PER_S // 2
NS_PER_HOUR = 3_600 * NS_PER_S
SAID_NS = 600 * NS_PER_S
END_WITHIN_S = 3.0
log = logging.getLogger("edge_node.hub")
Around = Callable[[int], tuple[Timebase, Place | None]]
"""The clock and the node's own place then."""


class _Running(Struct):
    """A recording that goes on: what is to be said of it, and how far its end may be put off."""

    head: Head
    latest_ns: int
    seconds_after: float
    target: Target | None = None
    done: frozenset[str] = frozenset()
    bytes: int = 0
    grown_ns: int = 0
    over: bool = False
    finishing: bool = False


class Freezer:
    """Never waits for the disk."""

    def __init__(self, config: Config, around: Around) -> None:
        self._config, self._table, self._around = config, config.black_box, around
        self._on = frozenset(self._table.on)
        self._archive = Archive(config.node.state_dir / FOLDER, self._table.quota_mb << 20, self._table.free_mb << 20)
        self._session = Session(self._archive)
        self._aside: Aside[State | None] = Aside("black box")
        self._job = False
        self._told: deque[Heard] = deque(maxlen=MOST_TOLD)
        self._untold: list[Heard] = []
        self._running: _Running | None = None
        self._next: tuple[Trigger, float] | None = None
        self._begun: dict[str, deque[int]] = {cause: deque() for cause in self._on}
        self._tended_ns = self._problem_ns = 0
        self._kept_house_ns = time.monotonic_ns() - HOUSEKEEPING_NS + FIRST_HOUSEKEEPING_NS
        self._problem = ""
        self._news: list[str] = []
        self.recordings = self.refused = 0
        self._order_file = config.node.run_dir / freeze_order.FILE
        self._withdraw()  # an earlier hub's

    def tell(self, message: Spoken, now_ns: int) -> None:
        """What the node hears of its sensors and tells of its tracks."""
        self._told.append((now_ns, message))
        if self._running is not None and not self._running.over and len(self._untold) < MOST_TOLD:
            self._untold.append((now_ns, message))

    def trigger(
        self, cause: Cause, now_ns: int, *, track: int | None = None, words: str = "", seconds: float | None = None
    ) -> tuple[bool, str]:
        """Keep these seconds; whether they are kept, and in words where, or why not."""
        if cause not in self._on:
            return False, f"the black box is not for a {cause}: [black_box] on in node.toml says what it is for"
        trigger = Trigger(cause=cause, t_mono_ns=now_ns, track=track, words=words)
        after_s = self._table.seconds_after if seconds is None else seconds
        running = self._running
        if running is not None and not running.over and now_ns < running.head.until_mono_ns - LATEST_EXTENSION_NS:
            self._extend(running, trigger, after_s)
            return True, f"the recording that runs goes on for it: {_name(running)}"
        if not self._may_begin(cause, now_ns):
            self.refused += 1
            return False, f"there were {self._table.an_hour} recordings by a {cause} within an hour"
        if running is not None:
            self._wait_with(trigger, after_s)
            return True, "it is kept as soon as the recording before is written"
        return self._begin(trigger, after_s)

    def advance(self, now_ns: int) -> None:
        """Go on with what is in hand; to be called with every tick."""
        if self._job and not self._aside.busy_s:
            self._job = False
            self._follow(self._aside.last, now_ns)
        if self._aside.busy_s > STUCK_S:
            self._say(f"the disk has not answered for {self._aside.busy_s:.0f} s", now_ns)
        running = self._running
        if running is None:
            self._idle(now_ns)
        elif running.target is not None and not self._job:
            self._go_on(running, now_ns)

    def news(self) -> list[str]:
        """What began and ended since, for the log and for C2."""
        news, self._news = self._news, []
        return news

    def words(self) -> str:
        """What is kept now, for the status."""
        running = f"black box: keeps {_name(self._running)}" if self._running else ""
        refused = f"black box: {self.refused} triggers too many" if self.refused else ""
        return "; ".join(filter(None, (running, refused)))

    def findings(self, now_ns: int) -> list[Finding]:
        """What a person should mend; said for a while after it was."""
        if not self._problem or now_ns - self._problem_ns > SAID_NS:
            return []
        return [found("storage", "black_box_failed", f"the black box keeps nothing: {self._problem}")]

    def end(self) -> None:
        """The hub ends, and so does a recording; a disk that hangs is not waited for."""
        until_s = time.monotonic() + END_WITHIN_S
        if self._running is not None and not self._running.over:
            self._end_at(self._running, time.monotonic_ns(), None)
        while self._running is not None and time.monotonic() < until_s:
            self._next = None
            self.advance(time.monotonic_ns())
            time.sleep(0.05)
        self._withdraw()
        self._aside.close(0.5)

    def _may_begin(self, cause: str, now_ns: int) -> bool:
        begun = self._begun[cause]
        while begun and now_ns - begun[0] > NS_PER_HOUR:
            begun.popleft()
        return len(begun) < self._table.an_hour

    def _begin(self, trigger: Trigger, after_s: float) -> tuple[bool, str]:
        if self._aside.busy_s:
            self._wait_with(trigger, after_s)
            return True, "it is kept as soon as the disk answers"
        clock, place = self._around(trigger.t_mono_ns)
        latest_ns = trigger.t_mono_ns + round(max(self._table.longest_s, after_s) * NS_PER_S)
        head = Head(
            id=secrets.token_hex(4),
            node=self._config.node.name,
            version=__version__,
            triggers=(trigger,),
            from_mono_ns=max(0, trigger.t_mono_ns - round(self._table.seconds_before * NS_PER_S)),
            until_mono_ns=trigger.t_mono_ns + round(after_s * NS_PER_S),
            clock=clock,
            place=place,
            moving=self._config.node.moving,
            sensors=recorded_sensors(self._config),
        )
        self._running = _Running(head, latest_ns, after_s)
        self._untold = [one for one in self._told if one[0] >= head.from_mono_ns]
        self._begun[trigger.cause].append(trigger.t_mono_ns)
        self._do(lambda: self._session.begin(replace(head, setting=recorded_setting(self._config)), self._table.public_key))
        return True, f"kept as {name_of(head)}"

    def _wait_with(self, trigger: Trigger, after_s: float) -> None:
        """It begins as soon as it can; one that waits already goes on for this one too."""
        first, first_s = self._next or (trigger, after_s)
        wanted_s = (trigger.t_mono_ns - first.t_mono_ns) / NS_PER_S + after_s
        self._next = first, max(first_s, min(wanted_s, self._table.longest_s))

    def _extend(self, running: _Running, trigger: Trigger, after_s: float) -> None:
        until_ns = min(max(running.head.until_mono_ns, trigger.t_mono_ns + round(after_s * NS_PER_S)), running.latest_ns)
        triggers = (*running.head.triggers, trigger)[:MOST_TRIGGERS]
        running.head = replace(running.head, triggers=triggers, until_mono_ns=until_ns)
        self._order(running)

    def _order(self, running: _Running) -> None:
        """Tell the sensors' processes."""
        if running.target is None:
            return
        numbers = {sensor.name: number for number, sensor in enumerate(self._config.sensor, start=1)}
        order = FreezeOrder(running.target, running.head.from_mono_ns, running.head.until_mono_ns, numbers)
        try:
            freeze_order.put(self._order_file, order)
        except OSError as error:
            self._say(f"{error.filename or self._order_file}: {error.strerror or error}", time.monotonic_ns())

    def _withdraw(self) -> None:
        """Sensors' processes end what they write; where the file cannot be removed, they do so at the time that it says."""
        with suppress(OSError):
            self._order_file.unlink()

    def _follow(self, state: State | None, now_ns: int) -> None:
        """What a job came to."""
        running = self._running
        if isinstance(state, Failed):
            self._say(state.words, now_ns)
            if running is not None and (running.target is None or running.finishing):
                self._drop()
            elif running is not None and not running.over:
                self._end_at(running, now_ns, state.words)
        elif running is None:
            return
        elif isinstance(state, Begun):
            running.target, running.grown_ns, self._tended_ns = state.target, now_ns, now_ns
            self._problem = ""
            self._order(running)
            first = running.head.triggers[0]
            why = f"track {first.track} is confirmed" if first.cause == "track" else f"a {first.cause} asked for it"
            self._news.append(f"the black box keeps {_name(running)}, as {why}")
        elif isinstance(state, Tended):
            self._tended(running, state, now_ns)
        elif isinstance(state, Finished):
            self.recordings += 1
            said = f", cut: {running.head.cut}" if running.head.cut else ""
            self._news.append(f"the black box has kept {_name(running)}, {running.bytes / 1e6:.1f} MB{said}")
            self._drop()

    def _tended(self, running: _Running, state: Tended, now_ns: int) -> None:
        if state.bytes != running.bytes or state.done != running.done:
            running.bytes, running.done, running.grown_ns = state.bytes, state.done, now_ns
        if state.must_end and not running.over:
            self._say(state.must_end, now_ns)
            self._end_at(running, now_ns, state.must_end)

    def _end_at(self, running: _Running, now_ns: int, cut: str | None) -> None:
        """Sooner than it was meant to."""
        running.head = replace(running.head, until_mono_ns=min(now_ns, running.head.until_mono_ns), cut=cut)
        self._order(running)
        running.over, running.grown_ns = True, now_ns

    def _go_on(self, running: _Running, now_ns: int) -> None:
        if not running.over and now_ns > running.head.until_mono_ns:
            running.over, running.grown_ns = True, now_ns
        all_done = running.done >= {sensor.name for sensor in self._config.sensor}
        if running.over and not self._untold and (all_done or now_ns - running.grown_ns > STILL_NS):
            running.finishing = True
            self._withdraw()
            head = replace(running.head, finished=True)
            self._do(lambda: self._session.finish(replace(head, setting=recorded_setting(self._config))))
        elif now_ns - self._tended_ns >= (TEND_EVERY_NS if not running.over else TEND_EVERY_NS // 4):
            self._tended_ns = now_ns
            told, self._untold = self._untold, []
            self._do(lambda: self._session.tend(told))

    def _idle(self, now_ns: int) -> None:
        if self._next is not None and not self._job:
            (trigger, after_s), self._next = self._next, None
            self._begin(trigger, after_s)
        elif now_ns - self._kept_house_ns >= HOUSEKEEPING_NS and not self._job:
            self._kept_house_ns = now_ns
            clock, _ = self._around(now_ns)
            now_utc_s = None if clock.sigma_s is None else clock.utc_ns(now_ns) / NS_PER_S
            self._do(lambda: self._session.keep_house(now_utc_s, self._table.days))

    def _do(self, job: Callable[[], State | None]) -> None:
        self._job = self._aside.do(job)

    def _drop(self) -> None:
        self._running, self._untold = None, []
        self._withdraw()

    def _say(self, problem: str, now_ns: int) -> None:
        if problem != self._problem:
            log.warning("the black box keeps nothing: %s", problem)
        self._problem, self._problem_ns = problem, now_ns


def _name(running: _Running) -> str:
    return name_of(running.head)
