"""A detector that another package brings: whatever it does, its sensor goes on or says why not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import msgspec

from drivers.blocks import AnyBlock
from drivers.plugins import named
from edge_node.detection import Ailing, Finishing, Telling
from edge_node.messages import BusMessage

MOST_MESSAGES = 2_000
"""Of one block; more is no detection any more."""
MOST_BYTES = 16_384
"""Of one message: Remote ID with all that it can say takes a quarter."""
MOST_FINDINGS = 8
FAILURES_IN_A_ROW = 10
"""A detector that fails at a block now and then lives on; one that fails at all of them is broken."""

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[BusMessage] = msgspec.msgpack.Decoder(BusMessage)


class DetectorBroken(Exception):
    """A detector fails at every block; the text says how."""


class Guarded:
    """Makes the detector, makes it anew where it failed, and lets through what the bus can carry."""

    def __init__(self, block_type: str, make: Callable[[], Any]) -> None:
        self._block_type, self._make = block_type, make
        self._detector = make()
        self._in_a_row = self.failures = self.junk = 0
        self._failure = self._why_junk = ""

    def step(self, block: AnyBlock) -> Sequence[BusMessage]:
        """What this block holds, as far as it is sound; raises DetectorBroken."""
        try:
            said = list(islice(self._detector.step(block), MOST_MESSAGES + 1))
        except Exception as error:  # noqa: BLE001 -- a foreign detector may raise anything
            self._failed(error)
            return []
        self._in_a_row = 0
        return self._sound(said)

    def finish(self) -> Sequence[BusMessage]:
        """What it still had in hand."""
        try:
            return self._sound(list(islice(self._detector.finish(), MOST_MESSAGES + 1))) if isinstance(self._detector, Finishing) else []
        except Exception as error:  # noqa: BLE001 -- a foreign detector may raise anything as it ends
            self._failed(error)
            return []

    def words(self) -> str:
        """Its own words, and what is wrong with it."""
        try:
            own = str(self._detector.words())[:200]
        except Exception as error:  # noqa: BLE001 -- a foreign detector may raise anything when asked how it is
            own = f"its words fail ({named(error)})"
        failed = f"the detector of {self._block_type} failed {self.failures} times ({self._failure})" if self.failures else ""
        junk = f"the detector of {self._block_type} said {self.junk} things that are no message ({self._why_junk})" if self.junk else ""
        return "; ".join(filter(None, (own, failed, junk)))

    def findings(self) -> list[tuple[str, str]]:
        """What it says is wrong with its sensor, by names of field.health_names or without any."""
        try:
            return [(str(name), str(words)) for name, words in islice(self._told(), MOST_FINDINGS)]
        except Exception as error:  # noqa: BLE001 -- a foreign detector may raise anything when asked how it is
            return [("sensor_problem", f"what it finds fails ({named(error)})")]

    def _told(self) -> Sequence[tuple[str, str]]:
        if isinstance(self._detector, Telling):
            return self._detector.findings()
        problem = str(self._detector.problem) if isinstance(self._detector, Ailing) else ""
        return [("sensor_problem", problem)] if problem else []

    def _failed(self, error: Exception) -> None:
        self.failures += 1
        self._in_a_row += 1
        self._failure = named(error)
        if self._in_a_row >= FAILURES_IN_A_ROW:
            raise DetectorBroken(
                f"the detector of {self._block_type} failed at {self._in_a_row} blocks in a row: {self._failure}"
            ) from error
        self._detector = self._make()

    def _sound(self, said: list[object]) -> list[BusMessage]:
        sound = [message for one in said[:MOST_MESSAGES] if (message := self._checked(one)) is not None]
        if len(said) > MOST_MESSAGES:
            self._refuse(f"more than {MOST_MESSAGES} in one block")
        return sound

    def _checked(self, one: object) -> BusMessage | None:
        """The message as the hub will read it; None for what it could not."""
        try:
            data = _encoder.encode(one)
            message = _decoder.decode(data)
        except Exception as error:  # noqa: BLE001 -- a foreign detector may hand over anything
            self._refuse(named(error))
            return None
        if len(data) > MOST_BYTES:
            self._refuse(f"a message of {len(data)} bytes")
            return None
        return message

    def _refuse(self, why: str) -> None:
        self.junk += 1
        self._why_junk = why
