"""What C2 knows now: the newest of each node and of each of its tracks."""

from __future__ import annotations

from typing import Any

Event = dict[str, Any]

FORGET_LIVE_S = 30.0
FORGET_LOST_S = 5.0
MOST_TRACKS = 2000


class Picture:
    """Fed with the receiver's events; tracks that nobody speaks of any more are forgotten."""

    def __init__(self) -> None:
        self.nodes: dict[str, Event] = {}
        self.tracks: dict[tuple[str, int, int], Event] = {}
        self.notes: list[str] = []

    def take(self, event: Event, now_s: float) -> None:
        """Let one event change the picture; `now_s` is monotonic."""
        match event["kind"]:
            case "tracks":
                self._node(event, now_s)
                for track in event["tracks"]:
                    key = event["node8"], event["epoch"], track["number"]
                    self.tracks[key] = {**_reasoned(track, self.tracks.get(key)), "node": event["node"], "heard_s": now_s}
            case "status":
                self._node(event, now_s)
            case "gap":
                node = self.nodes.setdefault(event["node8"], {"node": event["node"], "heard_s": now_s})
                node["missing"] = node.get("missing", 0) + event["missing"]
            case "malformed":
                self._note(f"{event['node']}: {event['why']}")
            case "enrolled":
                self._note(
                    f"{event['node']} is {event['state']}: {event['words']}; if it shows other words, revoke {event['node']} at once"
                )
            case "desk_closed":
                self._note(event["why"])
            case "refused":
                self._note(f"refused {event['fingerprint']}: {event['why']}")
        self._forget(now_s)

    def _node(self, event: Event, now_s: float) -> None:
        kept = {name: value for name, value in event.items() if name not in ("tracks", "kind")}
        self.nodes.setdefault(event["node8"], {}).update(kept, heard_s=now_s)

    def _note(self, words: str) -> None:
        self.notes = [*self.notes[-4:], words]

    def _forget(self, now_s: float) -> None:
        old = [
            name
            for name, track in self.tracks.items()
            if now_s - track["heard_s"] > (FORGET_LOST_S if track["state"] == "lost" else FORGET_LIVE_S)
        ]
        for name in old + list(self.tracks)[: max(len(self.tracks) - MOST_TRACKS, 0)]:
            self.tracks.pop(name, None)


def _reasoned(track: Event, before: Event | None) -> Event:
    """The track with the reason that was said before, which stands while its cooperation stays the same."""
    if track["cooperation_reason"] is not None or before is None or before["cooperation"] != track["cooperation"]:
        return track
    return {**track, "cooperation_reason": before["cooperation_reason"]}
