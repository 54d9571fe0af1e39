"""What the hub tells its black box, and what wishes reach it: tracks, C2's orders, a command on the spot, a button."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from edge_node.config import Config
from edge_node.field.health_names import found
from edge_node.messages import BusMessage, Finding, NodeStatus, Track, TrackEvent
from edge_node.node.freeze_wishes import AskedFreeze, Button
from edge_node.node.freezer import Around, Freezer
from edge_node.publish.noted import CommandOutcome
from edge_node.publish.orders import Freeze

log = logging.getLogger("edge_node.hub")


class Freezing:
    """Costs a list of what was told in the last seconds; nothing where the black box is off."""

    def __init__(self, config: Config, around: Around) -> None:
        self._freezer = Freezer(config, around)
        self._asked = AskedFreeze(config.node.run_dir)
        self._button = Button(config.black_box.button if "button" in config.black_box.on else None)

    def tell(self, message: BusMessage, now_ns: int) -> None:
        """A message of the bus."""
        if self._freezer.on:
            self._freezer.tell(message, now_ns)

    def happened(self, event: TrackEvent, now_ns: int) -> None:
        """One of the tracker's events; a track that is confirmed is what a black box is for."""
        if self._freezer.on:
            self._freezer.tell(event, now_ns)
            if event.kind == "confirmed":
                self._freezer.trigger("track", now_ns, track=event.track.number)

    def tick(self, tracks: Sequence[Track], now_ns: int) -> None:
        """All tracks as they are now."""
        if not self._freezer.on:
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
            kept, words = self._freezer.trigger("command", now_ns, words=asked.words, seconds=asked.seconds)
            try:
                self._asked.answer(asked, kept, words)
            except OSError as error:
                log.warning("who asked for the black box cannot be told: %s", error)
        if node is not None and self._freezer.on:
            self._freezer.tell(node, now_ns)
        news = self._freezer.news()
        for words in news:
            log.info(words)
        return news

    def ordered(self, order: Freeze, now_ns: int) -> tuple[CommandOutcome, str]:
        """By C2."""
        kept, words = self._freezer.trigger("command", now_ns, words=order.words, seconds=order.seconds)
        return ("done" if kept else "failed"), words

    def findings(self) -> list[Finding]:
        """What a person should mend."""
        button = [found("storage", "black_box_failed", self._button.problem)] if self._button.problem else []
        return [*self._freezer.findings(time.monotonic_ns()), *button]

    def words(self) -> str:
        """What is kept now, for the status."""
        return self._freezer.words()

    def end(self) -> None:
        """The hub ends."""
        self._freezer.end()
        self._button.close()
