"""What happened while somebody watched: told apart from one look to the next."""

from __future__ import annotations

import time
from collections import deque

from edge_node.messages import Track
from edge_node.node.log_file import tail
from edge_node.node.now import Now
from edge_node.watch.cells import Look
from edge_node.watch.tracks import what

MOST_KEPT, FROM_THE_LOG = 40, 12
STATES = {
    "running": "the node runs",
    "hangs": "the node says nothing any more",
    "stopped": "the node does not run any more",
    "not yours": "the node may not be looked at any more",
}
Said = tuple[str, str, Look]


class Happened:
    """The last things, newest first, each with the time of day (UTC) at which it was seen here."""

    def __init__(self) -> None:
        self.said: deque[Said] = deque(maxlen=MOST_KEPT)
        self._tracks: dict[int, Track] | None = None
        self._states: dict[str, str] | None = None
        self._findings: dict[tuple[str, str], str] | None = None
        self._state = ""
        self._hub_pid: int | None = None

    def look(self, now: Now) -> None:
        """Compare with the look before; of the first one all is news but the tracks."""
        if not self._state:
            self._remember(now)
        if now.state != self._state:
            if self._state:
                self._say(STATES[now.state], "good" if now.state == "running" else "bad")
            self._state = now.state
        if now.state != "running":
            return
        self._look_at_parts(now)
        self._look_at_tracks(now)

    def _remember(self, now: Now) -> None:
        """What the node logged before anybody watched."""
        for line in reversed(tail(now.run_dir, FROM_THE_LOG)):
            clock, _, words = line.partition("Z ")
            self.said.append((clock[:8], words, "dim"))

    def _look_at_parts(self, now: Now) -> None:
        if now.status is None:
            return
        parts = (*now.status.sensors, now.status.hub)
        states = {one.name: one.state for one in parts}
        for one in parts:
            if self._states is not None and self._states.get(one.name) != one.state:
                self._say(f"{one.name} {one.state}: {one.sentence}", "good" if one.state == "running" else "bad")
        findings = {(one.about, one.name): one.words for one in now.status.findings}
        before = self._findings or {}
        for about, name in findings.keys() - before.keys():
            self._say(f"{about}: {findings[about, name]}", "fair")
        for about, name in before.keys() - findings.keys():
            self._say(f"{about}: well again ({name})", "good")
        self._states, self._findings = dict(states), findings

    def _look_at_tracks(self, now: Now) -> None:
        if now.tracks is None or now.status is None or not now.tracks_fresh:
            return
        tracks = {one.number: one for one in now.tracks.tracks}
        pid = now.status.hub.pid
        if pid != self._hub_pid:  # another hub numbers anew
            self._hub_pid, self._tracks = pid, tracks
            return
        before, self._tracks = self._tracks or {}, tracks
        for number, track in tracks.items():
            state = before[number].state if number in before else None
            if track.state not in (state, "tentative"):
                self._say(f"track {number} {track.state}: {what(track)}", "bad" if track.state == "confirmed" else "")

    def _say(self, words: str, look: Look) -> None:
        self.said.appendleft((time.strftime("%H:%M:%S", time.gmtime()), words, look))
