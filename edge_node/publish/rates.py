"""Which tracks are due to be said again: pure, time is told."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from edge_node.messages import Cooperation, Track, TrackState

LOST_SAID_FOR_S = 3.0
REASON_EVERY_S = 10.0


class Beat:
    """One period; a tick that comes up to a quarter of it early still counts, so that a jittering tick does not halve the rate."""

    def __init__(self, rate_hz: float) -> None:
        self._period_ns = round(1e9 / rate_hz)
        self._next_ns: int | None = None

    def due(self, now_ns: int) -> bool:
        """Whether the time has come."""
        return self._next_ns is None or now_ns + self._period_ns // 4 >= self._next_ns

    def said(self, now_ns: int) -> None:
        """It was said now; the beat goes on from its own grid, or from now where now is off the grid."""
        near = self._next_ns is not None and abs(now_ns - self._next_ns) <= self._period_ns // 4
        self._next_ns = (self._next_ns if near and self._next_ns is not None else now_ns) + self._period_ns


class Allowance:
    """So many a second, and after quiet times at most so many at once (a token bucket)."""

    def __init__(self, a_second: float, at_once: float) -> None:
        self._a_second, self._at_once, self._left = a_second, at_once, at_once
        self._since_ns: int | None = None

    def take(self, now_ns: int) -> bool:
        """Whether one more may pass now."""
        passed_s = 0.0 if self._since_ns is None else (now_ns - self._since_ns) / 1e9
        self._since_ns, self._left = now_ns, min(self._left + passed_s * self._a_second, self._at_once)
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


class _Said:
    """What was last said of one track."""

    def __init__(self, rate_hz: float, confirmed_rate_hz: float) -> None:
        self._least, self._most = Beat(rate_hz), Beat(confirmed_rate_hz)
        self._reason = Beat(1 / REASON_EVERY_S)
        self._state: TrackState | None = None
        self._cooperation: Cooperation | None = None
        self._facts: tuple[tuple[str, str | None], ...] = ()
        self._heard_ns = self._since_ns = 0

    def due(self, track: Track, now_ns: int) -> bool:
        """At once when its state or cooperation changed, at the higher rate when confirmed and heard anew, else at the lower one."""
        if (track.state, track.cooperation) != (self._state, self._cooperation):
            return True
        if track.state == "lost" and now_ns - self._since_ns > LOST_SAID_FOR_S * 1e9:
            return False
        anew = track.state == "confirmed" and track.last_seen_mono_ns != self._heard_ns
        return self._least.due(now_ns) or (anew and self._most.due(now_ns))

    def say(self, track: Track, now_ns: int) -> Track:
        """It is said now: with reasons when these may have changed or were not said for long."""
        if track.state != self._state:
            self._state, self._since_ns = track.state, now_ns
        self._heard_ns = track.last_seen_mono_ns
        self._least.said(now_ns)
        self._most.said(now_ns)
        facts = tuple((fact.name, fact.about) for fact in track.behaviour)
        if (track.cooperation, facts) == (self._cooperation, self._facts) and not self._reason.due(now_ns):
            return _without_reasons(track)
        self._cooperation, self._facts = track.cooperation, facts
        self._reason.said(now_ns)
        return track


def _without_reasons(track: Track) -> Track:
    return replace(track, cooperation_reason=None, behaviour=tuple(replace(fact, reason="") for fact in track.behaviour))


class Rates:
    """Every live track at least at `rate_hz`, a confirmed one when heard but at most at `confirmed_rate_hz`, a lost one a few seconds."""

    def __init__(self, rate_hz: float, confirmed_rate_hz: float) -> None:
        self._rates = rate_hz, max(rate_hz, confirmed_rate_hz)
        self._said: dict[int, _Said] = {}

    def due(self, tracks: Sequence[Track], now_ns: int) -> list[Track]:
        """Those of all the hub's tracks that are to be said now; each counts as said, and tracks that are gone are forgotten."""
        known = {track.number: self._said.get(track.number) or _Said(*self._rates) for track in tracks}
        self._said = known
        due = [track for track in tracks if known[track.number].due(track, now_ns)]
        return [known[track.number].say(track, now_ns) for track in due]

    def forget(self) -> None:
        """Say everything again: somebody new listens."""
        self._said.clear()
