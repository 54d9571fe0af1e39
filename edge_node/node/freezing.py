"""What the hub tells its black box, and what wishes reach it: tracks, C2's orders, a command on the spot, a button."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from edge_node.config import Config
from edge_node.field.health_names import found
from edge_node.messages import BusMessage, Finding, NodeStatus, Track, TrackEvent
from edge_node.node.freeze_wishes import AskedFreeze, Button
from edge_node.publish.noted import CommandOutcome
from edge_node.publish.orders import Freeze

if TYPE_CHECKING:
    from edge_node.node.freezer import Around, Freezer

OFF = "the black box is off: [black_box] on in node.toml says what it is for"
log = logging.getLogger("edge_node.hub")


class Freezing:
    """Costs a list of what was told in the last seconds; nothing where the black box is off."""

    def __init__(self, config: Config, around: Around) -> None:
        self._freezer = _freezer(config, around)
        self._asked = AskedFreeze(config.node.run_dir)
        self._button = Button(config.black_box.button if "button" in config.black_box.on else None)

    def tell(self, message: BusMessage, now_ns: int) -> None:
        """A message of the bus."""
        if self._freezer is not None:
            self._freezer.tell(message, now_ns)

    def happened(self, event: TrackEvent, now_ns: int) -> None:
        """One of the tracker's events; a track that is confirmed is what a black box is for."""
        if self._freezer is not None:
            self._freezer.tell(event, now_ns)
            if event.kind == "confirmed":
                self._freezer.trigger("track", now_ns, track=event.track.number)

    def tick(self, tracks: Sequence[Track], now_ns: int) -> None:
        """All tracks as they are now."""
        if self._freezer is None:
            return
        for track in tracks:
            self._freezer.tell(track, now_ns)
        if self._button.pressed(now_ns):
            self._freezer.trigger("button", now_ns)
        self._freezer.advance(now_ns)

    def look(self, node: NodeStatus | None, now_ns: int) -> list[str]:
        """Once a second: who asks on the spot; what began and ended since, for C2."""
        asked = self._asked.look(now_ns)
        if asked is not None:
            kept, words = self._commanded(asked.words, asked.seconds, now_ns)
            try:
                self._asked.answer(asked, kept, words)
            except OSError as error:
                log.warning("who asked for the black box cannot be told: %s", error)
        if self._freezer is None:
            return []
        if node is not None:
            self._freezer.tell(node, now_ns)
        news = self._freezer.news()
        for words in news:
            log.info(words)
        return news

    def ordered(self, order: Freeze, now_ns: int) -> tuple[CommandOutcome, str]:
        """By C2."""
        kept, words = self._commanded(order.words, order.seconds, now_ns)
        return ("done" if kept else "failed"), words

    def findings(self) -> list[Finding]:
        """What a person should mend."""
        button = [found("storage", "black_box_failed", self._button.problem)] if self._button.problem else []
        return [*(self._freezer.findings(time.monotonic_ns()) if self._freezer else ()), *button]

    def words(self) -> str:
        """What is kept now, for the status."""
        return self._freezer.words() if self._freezer else ""

    def end(self) -> None:
        """The hub ends."""
        if self._freezer is not None:
            self._freezer.end()
        self._button.close()

    def _commanded(self, words: str, seconds: float | None, now_ns: int) -> tuple[bool, str]:
        return (False, OFF) if self._freezer is None else self._freezer.trigger("command", now_ns, words=words, seconds=seconds)


def _freezer(config: Config, around: Around) -> Freezer | None:
    """None where nothing is to be held, and then nothing of it is loaded either."""
    if not config.black_box.on:
        return None
    from edge_node.node.freezer import Freezer  # noqa: PLC0415 -- as the docstring says

    return Freezer(config, around)
