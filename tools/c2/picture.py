"""What C2 knows now: the newest of each node and of each of its tracks, where these came along, and what happened last."""

from __future__ import annotations

from collections import deque
from typing import Any

from tools.c2.history import what

Event = dict[str, Any]
Key = tuple[str, int, int]

FORGET_LIVE_S = 30.0
FORGET_LOST_S = 5.0
MOST_TRACKS = 2000
TRAIL_S = 60.0
TRAIL_STEP_S = 1.0
MOST_LOGGED = 100
SENTENCES = {
    "malformed": "{why}",
    "desk_closed": "{why}",
    "fault": "{why}",
    "refused": "{fingerprint}: {why}",
    "enrolled": "{node} is {state}: {words}; if it shows other words, revoke {node} at once",
    "renewed": "speaks with its next key, {fingerprint}",
    "receipt": "command {id}: {outcome}: {words}",
}
"""What happened, by kind of event."""
UNNOTED = frozenset({"new", "identified", "merged"})
"""What the few lines below a table have no room for."""


class Picture:
    """Fed with the receiver's events; tracks that nobody speaks of any more are forgotten."""

    def __init__(self) -> None:
        self.nodes: dict[str, Event] = {}
        self.tracks: dict[Key, Event] = {}
        self.trails: dict[Key, deque[tuple[float, float, float]]] = {}
        """Of each track that has a place: when it was heard (s), latitude and longitude, about one a second."""
        self.notes: list[str] = []
        self.log: deque[Event] = deque(maxlen=MOST_LOGGED)
        """What happened, the newest last: `number` counts, `times` says how often in a row."""

    def take(self, event: Event, now_s: float) -> None:
        """Let one event change the picture; `now_s` is monotonic."""
        match event["kind"]:
            case "tracks":
                self._node(event, now_s)
                for track in event["tracks"]:
                    key = event["node8"], event["epoch"], track["number"]
                    self.tracks[key] = {**_reasoned(track, self.tracks.get(key)), "node": event["node"], "heard_s": now_s}
                    self._trace(key, track["kinematics"], now_s)
            case "status":
                self._node(event, now_s)
            case "gap":
                node = self.nodes.setdefault(event["node8"], {"node": event["node"], "heard_s": now_s})
                node["missing"] = node.get("missing", 0) + event["missing"]
            case _:
                self._tell(event, now_s)
        self._forget(now_s)

    def _node(self, event: Event, now_s: float) -> None:
        kept = {name: value for name, value in event.items() if name not in ("tracks", "kind")}
        self.nodes.setdefault(event["node8"], {}).update(kept, heard_s=now_s)

    def _tell(self, event: Event, now_s: float) -> None:
        """Log what happened, and note what there is room for below a table."""
        words = _words(event)
        if words is None:
            return
        self._happened({"event": event["kind"], **event, "words": words}, now_s)
        if event.get("event") not in UNNOTED:
            who = event.get("node") or ("refused" if event["kind"] == "refused" else None)
            self.notes = [*self.notes[-4:], ": ".join(filter(None, (who, words)))]

    def _happened(self, event: Event, now_s: float) -> None:
        """What is said again and again takes one row."""
        last = self.log[-1] if self.log else {}
        same = all(last.get(name) == event.get(name) for name in ("node", "event", "words")) and last.get("about") == event.get("number")
        again = self.log.pop() if last and same else {"times": 0, "number": last.get("number", 0) + 1}
        self.log.append({**event, "about": event.get("number"), "number": again["number"], "times": again["times"] + 1, "heard_s": now_s})

    def _trace(self, key: Key, place: Event | None, now_s: float) -> None:
        if place is None:
            return
        trail = self.trails.setdefault(key, deque(maxlen=round(TRAIL_S / TRAIL_STEP_S)))
        if not trail or now_s - trail[-1][0] >= TRAIL_STEP_S:
            trail.append((now_s, place["latitude_deg"], place["longitude_deg"]))

    def _forget(self, now_s: float) -> None:
        old = [
            name
            for name, track in self.tracks.items()
            if now_s - track["heard_s"] > (FORGET_LOST_S if track["state"] == "lost" else FORGET_LIVE_S)
        ]
        for name in old + list(self.tracks)[: max(len(self.tracks) - MOST_TRACKS, 0)]:
            self.tracks.pop(name, None)
            self.trails.pop(name, None)


def _reasoned(track: Event, before: Event | None) -> Event:
    """The track with the reasons that were said before, which stand while its cooperation and what it does stay the same."""
    if before is None:
        return track
    track = {**track, "judgement": _judged(track["judgement"], before["judgement"])}
    if track["cooperation_reason"] is not None or before["cooperation"] != track["cooperation"]:
        return track
    return {**track, "cooperation_reason": before["cooperation_reason"]}


def _judged(now: Event | None, before: Event | None) -> Event | None:
    if not now or not before:
        return now
    reasons = {(fact["name"], fact["about"]): fact["reason"] for fact in before["behaviour"]}
    facts = [{**fact, "reason": fact["reason"] or reasons.get((fact["name"], fact["about"]))} for fact in now["behaviour"]]
    return {**now, "behaviour": facts}


def _words(event: Event) -> str | None:
    """What happened, in a sentence; None for what needs none."""
    if event["kind"] == "event":
        return what(event)
    sentence = SENTENCES.get(event["kind"])
    return None if sentence is None else sentence.format_map(event)
