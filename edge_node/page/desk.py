"""All that the node's processes leave in the run folder, read for the page: how the node is now, or that it says nothing any more."""

from __future__ import annotations

import time
from math import inf

import msgspec
from msgspec import Struct

from edge_node import __version__
from edge_node.config import Config
from edge_node.messages import NodeStatus, Track, Verdict
from edge_node.node import figures_file, log_file, status, tracks_file
from edge_node.node.figures_file import Figures
from edge_node.page.sky import Mark, mark
from edge_node.publish.readings import without_operator

MOST_MARKS = 100
LOG_LINES = 40
OF_OPERATOR = "operator"
"""Doubts about the operator begin with this; their evidence may hold his number."""
HIDDEN_FLAG = "hidden here: [page] personal"


class Told(Struct, frozen=True, kw_only=True):
    """How the node is as of one look; `verdict` is red where the node itself says nothing any more. What is None was never said."""

    version: str
    verdict: Verdict
    sentence: str
    t_mono_ns: int
    age_s: float | None
    tracks_age_s: float | None
    node: NodeStatus | None
    figures: Figures | None


class Desk:
    """Reads at every call; nothing is kept."""

    def __init__(self, config: Config) -> None:
        self._run_dir, self._personal = config.node.run_dir, config.page.personal

    def told(self) -> Told:
        """Status and figures, with how old they are."""
        node, figures, now_ns = status.read(self._run_dir), figures_file.read(self._run_dir), time.monotonic_ns()
        age_s = None if node is None else (now_ns - node.t_mono_ns) / 1e9
        verdict, sentence = _judged(node, age_s)
        return Told(
            version=__version__,
            verdict=verdict,
            sentence=sentence,
            t_mono_ns=now_ns,
            age_s=age_s,
            tracks_age_s=None if figures is None else (now_ns - figures.t_mono_ns) / 1e9,
            node=node,
            figures=figures,
        )

    def tracks(self) -> tuple[float, tuple[Track, ...]]:
        """How old they are in seconds, infinite where there are none, and the tracks, without persons unless those may be shown."""
        now = tracks_file.read(self._run_dir)
        if now is None:
            return inf, ()
        age_s = (time.monotonic_ns() - now.t_mono_ns) / 1e9
        return age_s, now.tracks if self._personal else tuple(map(_without_person, now.tracks))

    def marks(self, told: Told) -> list[Mark]:
        """The tracks that are not lost, those that matter first; none from a hub that says nothing any more."""
        age_s, tracks = self.tracks()
        if age_s > tracks_file.STALE_AFTER_S:
            return []
        place = told.figures.place if told.figures else None
        live = [track for track in tracks if track.state != "lost"]
        live.sort(key=lambda one: (one.state != "confirmed", -(one.existence or 0.0), one.number))
        return [mark(track, place, told.t_mono_ns) for track in live[:MOST_MARKS]]

    def log(self) -> list[str]:
        """The newest lines."""
        return log_file.tail(self._run_dir, LOG_LINES)


def _judged(node: NodeStatus | None, age_s: float | None) -> tuple[Verdict, str]:
    """Silence never reads as well."""
    if node is None or age_s is None:
        return "red", "no node runs here: start it with 'systemctl start edge-node'"
    if age_s > status.STALE_AFTER_S:
        return "red", f"the node has said nothing for {age_s:.0f} s: its supervisor does not run or hangs"
    return node.verdict, node.sentence


def _without_person(track: Track) -> Track:
    """Neither number nor place of an operator, nor free text of his, nor evidence that may quote him."""
    track = without_operator(track)
    identity = msgspec.structs.replace(track.identity, self_id=None) if track.identity else None
    doubts = tuple(
        msgspec.structs.replace(one, evidence=HIDDEN_FLAG) if one.name.startswith(OF_OPERATOR) else one for one in track.suspicions
    )
    return msgspec.structs.replace(track, identity=identity, suspicions=doubts)
