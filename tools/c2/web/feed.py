"""What the browsers are told: five times a second, to each what has changed since it was last able to listen."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable
from typing import Any

import msgspec

from tools.c2.enrolment import Enrolment
from tools.c2.following import Following
from tools.c2.picture import Event, Key, Picture
from tools.c2.web import rows
from tools.c2.web.fields import FIELDS
from tools.c2.web.ledger import Ledger

TURN_S = 0.2
SPOKEN_EVERY_S = 1.0
MOST_WAITING = 20_000
MOST_CLIENTS = 16


class Feed:
    """`take` may be called from any thread; all else belongs to the event loop that `run` runs in."""

    def __init__(self, enrolment: Enrolment) -> None:
        self.clients = 0
        self.closing = False
        self._enrolment, self._picture, self._ledger = enrolment, Picture(), Ledger(tuple(FIELDS))
        self._following, self._shown_s = Following(), 0.0
        self._waiting: deque[Event] = deque(maxlen=MOST_WAITING)
        self._turned = asyncio.Event()
        self._numbers: dict[Key, int] = {}
        self._next_number = 1
        self._told: dict[int, bytes] = {}
        self._run = secrets.token_hex(4)

    def take(self, event: Event) -> None:
        """One event of the station's; when far too many wait, the oldest are dropped, for each track is said again."""
        self._waiting.append(event)

    async def run(self) -> None:
        """Turn until `closing`."""
        next_s = time.monotonic()
        while not self.closing:
            self._turn(time.monotonic())
            next_s = max(next_s + TURN_S, time.monotonic())
            await asyncio.sleep(next_s - time.monotonic())
        self._turned.set()

    async def messages(self) -> AsyncIterator[bytes]:
        """The whole picture, then what changed, as server-sent events; who is slow skips to the newest."""
        self.clients += 1
        turn, spoke_s = 0, 0.0
        try:
            while not self.closing:
                await self._turned.wait()
                now_s = time.monotonic()
                message = self._since(turn, now_s)
                if message or now_s - spoke_s >= SPOKEN_EVERY_S:
                    turn, spoke_s = self._ledger.turn, now_s
                    yield message or self._said({}, now_s)
        finally:
            self.clients -= 1

    def _turn(self, now_s: float) -> None:
        for _ in range(len(self._waiting)):
            event = self._waiting.popleft()
            self._picture.take(event, now_s)
            self._following.take(event, now_s)
        self._enrolment.refresh()
        self._following.advance(now_s, {node.node8 for node in self._enrolment.nodes() if not node.revoked})
        if self.clients:
            self._ledger.next_turn()
            self._told.clear()
            self._put(now_s)
        turned, self._turned = self._turned, asyncio.Event()
        turned.set()

    def _put(self, now_s: float) -> None:
        picture, ledger = self._picture, self._ledger
        self._number()
        enrolled = {node.node8: node for node in self._enrolment.nodes()}
        keys = picture.nodes.keys() | enrolled.keys()
        ledger.put("nodes", {key: rows.node_row(key, enrolled.get(key), picture.nodes.get(key, {})) for key in keys})
        numbered = [(self._numbers[key], key, track) for key, track in picture.tracks.items()]
        ledger.put("moving", {number: rows.moving_row(number, track) for number, _, track in numbered})
        ledger.put("about", {number: rows.about_row(number, key[0], key[2], track) for number, key, track in numbered})
        ledger.put("log", {event["number"]: rows.log_row(event, self._track_of(event)) for event in picture.log})
        if self._following.advanced_s != self._shown_s:
            self._shown_s = self._following.advanced_s
            self._put_fused(now_s)

    def _number(self) -> None:
        """Each track has a short number of its own for as long as it is in the picture."""
        self._numbers = {key: number for key, number in self._numbers.items() if key in self._picture.tracks}
        for key in self._picture.tracks.keys() - self._numbers.keys():
            self._numbers[key] = self._next_number
            self._next_number += 1

    def _track_of(self, event: Event) -> int | None:
        key: tuple[Any, ...] = event.get("node8"), event.get("epoch"), (event.get("track") or {}).get("number", event["about"])
        return self._numbers.get(key)

    def _put_fused(self, now_s: float) -> None:
        """Where bearings cross, and what is followed, by the numbers of their tracks."""
        crossed = [(one, [sight.key for sight in one.sights]) for one in self._following.crossings]
        found = [rows.crossing_row(one, self._tracks(keys)) for one, keys in crossed if self._has(keys)]
        self._ledger.put("crossings", {row[0]: row for row in found})
        objects = [rows.object_row(one, self._tracks(one.keys), now_s) for one in self._following.objects if self._has(one.keys)]
        self._ledger.put("objects", {row[0]: row for row in objects})

    def _has(self, keys: Iterable[object]) -> bool:
        return all(key in self._numbers for key in keys)

    def _tracks(self, keys: Iterable[object]) -> list[int]:
        return sorted(self._numbers[key] for key in keys if isinstance(key, tuple))

    def _since(self, turn: int, now_s: float) -> bytes:
        """The same bytes for all who know the same turn; empty when there is nothing to say."""
        if turn not in self._told:
            news = self._ledger.since(turn)
            self._told[turn] = self._said(news, now_s) if news else b""
        return self._told[turn]

    def _said(self, news: dict[str, Any], now_s: float) -> bytes:
        head: dict[str, Any] = {"now": round(now_s * 1000)} | ({"fault": self._enrolment.fault} if self._enrolment.fault else {})
        if "whole" in news:
            trails = {self._numbers[key]: [(round(t_s * 1000), *place) for t_s, *place in trail] for key, trail in self._trails()}
            head |= {"run": self._run, "fields": FIELDS, "trails": trails}
        return b"data: " + msgspec.json.encode(head | news) + b"\n\n"

    def _trails(self) -> list[tuple[Key, deque[tuple[float, float, float]]]]:
        return [(key, trail) for key, trail in self._picture.trails.items() if key in self._numbers]
