"""The driver: a BaseStation server, or aircraft.json in a file or behind a URL."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from drivers.source import Source, SourceAbsent, SourceLost, SourceMisconfigured, SourceStalled
from edge_node.geometry import distance_m
from edge_node_adsb.aircraft import MOST_AIRCRAFT, Aircraft, AircraftSeen
from edge_node_adsb.aircraft_json import AircraftJson
from edge_node_adsb.basestation import BaseStation
from edge_node_adsb.reading import Feed, fetched, read_whole

POLL_S = 1.0
SILENT_FILE_S, SILENT_SERVER_S = 10.0, 120.0
"""aircraft.json is written every second; a server is silent while nobody flies, but for an empty line a minute."""


class Adsb(Source):
    """Takes what AdsbOptions says; it checks what no single option can be blamed for."""

    def __init__(
        self,
        *,
        basestation: str | None = None,
        file: Path | None = None,
        url: str | None = None,
        latitude_deg: float | None = None,
        longitude_deg: float | None = None,
        within_km: float = 30.0,
        silent_after_s: float | None = None,
    ) -> None:
        if sum(one is not None for one in (basestation, file, url)) != 1:
            raise SourceMisconfigured("adsb needs exactly one of basestation, file and url")
        if (latitude_deg is None) != (longitude_deg is None):
            raise SourceMisconfigured("latitude_deg and longitude_deg go together")
        self._server, self._file, self._url = basestation, file, url
        self._here = None if latitude_deg is None or longitude_deg is None else (latitude_deg, longitude_deg)
        self._within_m = within_km * 1000
        self._silent_s = silent_after_s or (SILENT_SERVER_S if basestation else SILENT_FILE_S)
        self._feed: Feed | None = None
        self._lines, self._rows = BaseStation(), AircraftJson()
        self._sequence = self._placed = self._left_out = 0
        self._trouble = ""

    def open(self) -> None:
        """Call the server, or look whether there is a file; raises SourceAbsent."""
        self._lines, self._rows, self._trouble = BaseStation(), AircraftJson(), ""
        if self._server:
            self._feed = Feed(self._server)
            return
        try:
            self._whole()
        except OSError as error:
            raise SourceAbsent(f"{self._name} cannot be read ({error}): does readsb or dump1090 run and write it?") from error

    def blocks(self) -> Iterator[AircraftSeen | None]:
        """A block whenever there are new places, None in between; raises SourceLost or SourceStalled."""
        yield from self._from_server(self._feed) if self._feed else self._from_file()

    def close(self) -> None:
        """Hang up; may be called twice."""
        feed, self._feed = self._feed, None
        if feed:
            feed.close()

    def words(self) -> str:
        """How many aircraft there were in the newest block, and what is wrong."""
        damaged = self._lines.bad + self._rows.bad
        said = (f"{damaged} damaged" if damaged else "", f"{self._left_out} left out of the last" if self._left_out else "", self._trouble)
        return "; ".join(filter(None, (f"{self._placed} aircraft from {self._name}", *said)))

    @property
    def _name(self) -> str:
        return self._server or self._url or str(self._file)

    def _from_server(self, feed: Feed) -> Iterator[AircraftSeen | None]:
        heard_s = time.monotonic()
        while True:
            chunk = feed.read()
            now_ns = time.monotonic_ns()
            if chunk is None and now_ns / 1e9 - heard_s > self._silent_s:
                raise SourceStalled(f"{self._name} said nothing for {self._silent_s:g} s")
            if chunk == b"":
                raise SourceLost(f"{self._name} hung up")
            if chunk:
                heard_s = now_ns / 1e9
            yield self._block(self._lines.feed(chunk or b"", now_ns), now_ns)

    def _from_file(self) -> Iterator[AircraftSeen | None]:
        changed_s, now_s = time.monotonic(), self._rows.now_s
        while True:
            began_s = time.monotonic()
            found = self._polled()
            if self._rows.now_s != now_s:
                changed_s, now_s = time.monotonic(), self._rows.now_s
            elif time.monotonic() - changed_s > self._silent_s:
                raise SourceStalled(
                    f"{self._name} is not written anew for {self._silent_s:g} s{f': {self._trouble}' if self._trouble else ''}"
                )
            yield self._block(found, time.monotonic_ns())
            time.sleep(max(0.0, POLL_S - (time.monotonic() - began_s)))

    def _polled(self) -> list[Aircraft]:
        """What is new; a file that cannot be read or is cut short is named, and the next one counts."""
        self._trouble = ""
        try:
            return self._rows.feed(self._whole(), time.monotonic_ns(), time.time())
        except OSError as error:
            self._trouble = f"cannot be read: {error}"
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self._trouble = f"is no aircraft.json: {error}"
        return []

    def _whole(self) -> bytes:
        return fetched(self._url) if self._url else read_whole(self._file or Path())

    def _block(self, found: list[Aircraft], now_ns: int) -> AircraftSeen | None:
        near = self._near(found)
        if not near:
            return None
        taken = near[:MOST_AIRCRAFT]
        self._placed, self._left_out = len(taken), len(near) - len(taken)
        self._sequence += 1
        return AircraftSeen(now_ns, self._sequence - 1, self._left_out, tuple(taken))

    def _near(self, found: list[Aircraft]) -> list[Aircraft]:
        """The nearest first where it is known where the node is, else the newest first."""
        if self._here is None:
            return sorted(found, key=lambda one: -one.t_mono_ns)
        apart = [(distance_m(*self._here, one.latitude_deg, one.longitude_deg), one) for one in found]
        return [one for far_m, one in sorted(apart, key=lambda pair: pair[0]) if far_m <= self._within_m]
