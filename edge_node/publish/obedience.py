"""Which of C2's commands are done: each once, while it is valid, and only those that the configuration allows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import msgspec

from edge_node.publish.noted import CommandOutcome
from edge_node.publish.reliable_schema import Command
from edge_node.publish.spool import Spool
from edge_node.timebase import Timebase

MOST_REMEMBERED = 256
FACT = "commands"
Ended = tuple[CommandOutcome, str]


class Obedience:
    """Remembers the outcomes of the last commands, over restarts too."""

    def __init__(self, spool: Spool, allowed: Sequence[str]) -> None:
        self._spool, self._allowed = spool, tuple(allowed)
        self._in_hand: set[str] = set()
        self._ended: dict[str, Ended] = _recalled(spool.fact(FACT))

    def ended(self, command_id: str) -> Ended | None:
        """What became of it already; None for one that is new or in hand."""
        return self._ended.get(command_id)

    def refusal(self, command: Command, clock: Timebase, now_mono_ns: int) -> Ended | None:
        """Why it must not be done; None where it may. A clock that nobody vouches for makes no command too late."""
        if command.name not in self._allowed:
            return "rejected", f"this node does not do {command.name!r}: [c2] commands allows {', '.join(self._allowed) or 'none'}"
        late_ms = clock.utc_ns(now_mono_ns) // 1_000_000 - command.sent_utc_ms
        if clock.sigma_s is not None and late_ms > command.valid_ms + clock.sigma_s * 1000:
            return "expired", f"it came {late_ms / 1000:.1f} s after it was sent and was valid for {command.valid_ms / 1000:.1f} s"
        return None

    def begin(self, command_id: str) -> bool:
        """Whether this is the first time that it is taken up."""
        if command_id in self._in_hand or len(self._in_hand) >= MOST_REMEMBERED:
            return False
        self._in_hand.add(command_id)
        return True

    def note(self, command_id: str, outcome: CommandOutcome, words: str) -> None:
        """It ended so, and is not to be done again."""
        self._in_hand.discard(command_id)
        self._ended.pop(command_id, None)
        self._ended[command_id] = outcome, words
        for old in list(self._ended)[:-MOST_REMEMBERED]:
            del self._ended[old]
        self._spool.put_fact(FACT, msgspec.json.encode(self._ended).decode())


def _recalled(text: str | None) -> dict[str, Ended]:
    try:
        return cast("dict[str, Ended]", msgspec.json.decode(text or "{}", type=dict[str, tuple[str, str]]))
    except msgspec.DecodeError:
        return {}
