"""What the gateway knows of each node now: its place, health and newest tracks; bounded, and nothing old is told anew."""

from __future__ import annotations

from typing import Any

from edge_node.gateway import heard
from edge_node.interop.moment import Moment, Names, Station
from edge_node.messages import NodeStatus

MOST_TRACKS = 1000
FORGET_NS = 60_000_000_000
SILENT_NS = 20_000_000_000
"""Without a word for so long, four of its usual status messages, a node is taken for gone."""
MOST_AGE_NS = 5_000_000_000
"""What is older when it comes is told to nobody: sinks are live."""
Said = dict[str, Any]


class View:
    """One node as it said last, by its own clock where somebody vouches for that, else by the gateway's.

    `serial` counts all that it told of tracks, so that each sink knows what is new to it.
    """

    def __init__(self, name: str, node8: str, now_ns: int) -> None:
        self.station = Station(name=name)
        self.names = Names(node8=node8, epoch=0, started_utc_ns=now_ns)
        self.status: NodeStatus | None = None
        self.clock_sigma_s: float | None = None
        self.heard_ns, self.serial = now_ns, 0
        self._tracks: dict[int, tuple[int, int, Moment]] = {}
        self._first: dict[int, int] = {}

    def tracks(self, said: Said, now_ns: int) -> None:
        """Take a batch; another epoch is another run, whose numbers mean other objects."""
        self._epoch(said["epoch"], now_ns)
        self.heard_ns, self.clock_sigma_s = now_ns, said["clock_sigma_s"]
        sent_ns = now_ns if said["clock_sigma_s"] is None else said["t_utc_ms"] * 1_000_000
        for one in said["tracks"]:
            age_ns = round((one["age_s"] or 0.0) * 1e9)
            t_utc_ns = sent_ns - age_ns
            if one["number"] in self._tracks or len(self._tracks) < MOST_TRACKS:
                first_ns = self._first.setdefault(one["number"], t_utc_ns)
                self.serial += 1
                moment = Moment(t_utc_ns=t_utc_ns, track=heard.track(one, t_utc_ns, first_ns))
                self._tracks[one["number"]] = self.serial, now_ns - age_ns, moment
        self._forget(now_ns)

    def health(self, said: Said, now_ns: int) -> None:
        """Take a status."""
        self._epoch(said["epoch"], now_ns)
        self.heard_ns, self.clock_sigma_s = now_ns, said["clock_sigma_s"]
        self.status = heard.status(said)
        self.station = heard.station(said["name"], said["place"])

    def new_since(self, serial: int, now_ns: int, most_age_ns: int = MOST_AGE_NS) -> list[Moment]:
        """The newest state of each track that was told after that, and is not old by the gateway's own clock."""
        return [one for told, held_ns, one in self._tracks.values() if told > serial and now_ns - held_ns <= most_age_ns]

    def silent(self, now_ns: int) -> bool:
        """Whether nothing came for long."""
        return now_ns - self.heard_ns > SILENT_NS

    def _epoch(self, epoch: int, now_ns: int) -> None:
        if epoch != self.names.epoch:
            self.names = Names(node8=self.names.node8, epoch=epoch, started_utc_ns=now_ns)
            self._tracks.clear()
            self._first.clear()

    def _forget(self, now_ns: int) -> None:
        for number in [number for number, (_, held_ns, _) in self._tracks.items() if now_ns - held_ns > FORGET_NS]:
            del self._tracks[number], self._first[number]


class Picture:
    """All nodes that were heard since the gateway started."""

    def __init__(self) -> None:
        self.views: dict[str, View] = {}

    def take(self, name: str, node8: str, said: Said, now_ns: int) -> None:
        """One decoded message of a node that is let in."""
        view = self.views.setdefault(node8, View(name, node8, now_ns))
        (view.tracks if said["kind"] == "tracks" else view.health)(said, now_ns)
