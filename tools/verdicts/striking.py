"""One fault after the other: how soon it is said by its name, and how soon nothing is left of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf

from msgspec import Struct

from edge_node.field.health_names import PAST
from edge_node.messages import NodeStatus
from tools.verdicts.post import WAIT_S, Post, flows, named

PATIENCE_S = 30.0
"""So long is waited for what should take 5 or 10 s."""
LASTS_S = 2.2
"""A fault stays for so long after it was said; no whole seconds, for what looks once a second would be met at the best moment."""
CALM_S = 1.5
"""All runs for so long before the next fault."""
LINKED = "connected to C2"


def nothing(_post: Post) -> None:
    """There is nothing to do."""


class Fault(Struct, frozen=True):
    """`strike` does it and `heal` ends it; `about` whom it must be said by one of `names`.

    `passes`: it is over as soon as it was done, such as a kill. `targets` are the processes that it may touch.
    """

    name: str
    about: tuple[str, ...]
    names: frozenset[str]
    strike: Callable[[Post], object]
    heal: Callable[[Post], object] = nothing
    after: Callable[[Post], object] = nothing
    targets: tuple[str, ...] = ()
    passes: bool = False


class Verdict(Struct, frozen=True):
    """What became of one fault; inf where it never was said or never well again. `others` are sensors beside it that did not run."""

    name: str
    finding: str
    sentence: str
    said_s: float
    well_s: float
    others: tuple[str, ...]


def judge(post: Post, fault: Fault, lasts_s: float = LASTS_S, calm_s: float = CALM_S) -> Verdict:
    """Wait until all has been calm, strike, watch, heal, watch."""
    settle(post, calm_s)
    watch = _Watch(post, fault)
    begun_s = time.monotonic()
    fault.strike(post)
    said_s = watch.until(watch.is_said, begun_s)
    if not fault.passes:
        watch.until(lambda _: False, time.monotonic(), lasts_s)
        begun_s = time.monotonic()
        fault.heal(post)
    well_s = watch.until(watch.is_well, begun_s)
    fault.after(post)
    return Verdict(fault.name, watch.finding, watch.sentence, said_s, well_s, tuple(sorted(watch.others)))


def settle(post: Post, calm_s: float = CALM_S, patience_s: float = 2 * PATIENCE_S) -> None:
    """Until all processes have run for so long and hand over data; raises RuntimeError where that does not come."""
    until_s = time.monotonic() + patience_s
    since_s = time.monotonic()
    while time.monotonic() < since_s + calm_s:
        now = post.status()
        if now is None or not all(map(flows, (*now.sensors, now.hub))) or LINKED not in now.hub.sentence:
            since_s = time.monotonic()
        if time.monotonic() > until_s:
            raise RuntimeError(f"it is not well: {now.verdict if now else ''}: {now.sentence if now else 'it says nothing'}")
        time.sleep(WAIT_S)


class _Watch:
    """Looks at a node's status while a fault lasts."""

    def __init__(self, post: Post, fault: Fault) -> None:
        self._post, self._fault = post, fault
        self._touched = frozenset(fault.targets or fault.about)
        self.finding = self.sentence = ""
        self.others: set[str] = set()
        self._seen: dict[str, str] = {}
        self._before = _said(post.status(), fault.about)

    def until(self, holds: Callable[[NodeStatus], bool], since_s: float, patience_s: float = PATIENCE_S) -> float:
        """Seconds from `since_s` until a status holds; inf where none does in time."""
        while (now_s := time.monotonic()) < since_s + patience_s:
            now = self._post.status()
            if now is not None:
                self.others |= {one.name for one in now.sensors if one.name not in self._touched and one.state != "running"}
                if now.t_mono_ns / 1e9 >= since_s and holds(now):
                    return now_s - since_s
            time.sleep(WAIT_S)
        return inf

    def is_said(self, now: NodeStatus) -> bool:
        """Whether each of those whom it is about has been named by now."""
        for about in self._fault.about:
            found = named(now, about, self._fault.names)
            if found is not None and about not in self._seen:
                self._seen[about] = found.name
                self.finding, self.sentence = ", ".join(dict.fromkeys(self._seen.values())), found.words
        return len(self._seen) == len(self._fault.about)

    def is_well(self, now: NodeStatus) -> bool:
        """Whether nothing is said that was not said before of whom it is about, and all that it touched hand over data."""
        touched = [one for one in (*now.sensors, now.hub) if one.name in self._touched]
        if _said(now, self._fault.about) - self._before or not all(map(flows, touched)):
            return False
        return "link" not in self._fault.about or LINKED in now.hub.sentence


def _said(now: NodeStatus | None, about: tuple[str, ...]) -> set[tuple[str, str]]:
    """What is found of these; what is over is no fault."""
    return {(one.about, one.name) for one in (now.findings if now else ()) if one.about in about and one.name not in PAST}
