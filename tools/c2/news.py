"""What C2 has to tell: events in their order, totals by kind; strangers are named rarely, so that they cannot fill a log."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from typing import Any

from edge_node.publish.keys import fingerprint
from tools.c2.enrolment import Node

Event = dict[str, Any]

MOST_REFUSED = 64
REFUSED_SAID_EVERY_S = 5.0


class News:
    """Every part of a C2 says here what it heard; `taken` hands it on."""

    def __init__(self) -> None:
        self.totals: Counter[str] = Counter()
        self._pending: list[Event] = []
        self._refused: OrderedDict[tuple[str, str], float] = OrderedDict()

    def say(self, node: Node, event: Event) -> None:
        """One event of an enrolled node."""
        self._pending.append({"kind": event["kind"], "node": node.name, "node8": node.node8, **event})

    def tell(self, event: Event) -> None:
        """One event of C2's own."""
        self._pending.append(event)

    def malformed(self, node: Node, why: str) -> None:
        """An enrolled node said what cannot be read."""
        self.totals["malformed"] += 1
        self.say(node, {"kind": "malformed", "why": why})

    def refuse(self, key: str, why: str) -> None:
        """A key that may not say what it said: counted each time, named at most once in a while, and only so many of them."""
        self.totals["refused"] += 1
        named, now = (key, why), time.monotonic()
        while self._refused and now - next(iter(self._refused.values())) >= REFUSED_SAID_EVERY_S:
            self._refused.popitem(last=False)
        if named not in self._refused and len(self._refused) < MOST_REFUSED:
            self._refused[named] = now
            self._pending.append({"kind": "refused", "fingerprint": fingerprint(key), "why": why})

    def taken(self) -> list[Event]:
        """All that was said since the last call."""
        said, self._pending = self._pending, []
        return said
