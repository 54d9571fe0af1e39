"""What of the tracks is told for good: events as they come, the way each track went, and its thinned history. Pure; time is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from msgspec.structs import replace

from edge_node.messages import Cooperation, Fact, FactName, LinkKind, SightLabel, SoundLabel, Suspicion, TargetLabel, Track, TrackEvent
from edge_node.publish.fact_words import doing
from edge_node.publish.noted import Noted, Spot
from edge_node.publish.rates import Beat

MOST_SPOTS = 64
FIRST_SPACING_NS = 1_000_000_000
MOST_SUSPICIONS = 32
TELLING: tuple[FactName, ...] = ("approaches", "swarms")
"""What of all that a track does is told for good; all of it is in the live plane and in history."""
MOST_DEEDS, DEED_AGAIN_NS = 16, 60_000_000_000
# A claim that goes to and fro is told once in so long.
RECLASSIFIED_EVERY_S = 10.0


class Way:
    """Where a track was, in at most so many spots: when they are full every second goes, and the next ones are twice as far apart."""

    def __init__(self) -> None:
        self.spots: list[Spot] = []
        self._spacing_ns = FIRST_SPACING_NS

    def add(self, track: Track) -> None:
        """Note where it is, unless that was noted just now."""
        if self.spots and track.t_mono_ns - self.spots[-1].t_mono_ns < self._spacing_ns:
            return
        spot = _spot(track)
        if spot is None:
            return
        self.spots.append(spot)
        if len(self.spots) > MOST_SPOTS:
            self.spots = self.spots[::2]
            self._spacing_ns *= 2


def _spot(track: Track) -> Spot | None:
    if place := track.kinematics:
        where = {"latitude_deg": place.latitude_deg, "longitude_deg": place.longitude_deg, "altitude_wgs84_m": place.altitude_wgs84_m}
        return Spot(track.t_mono_ns, **where)
    if (way := track.bearing) and way.reference == "true_north":
        return Spot(track.t_mono_ns, azimuth_deg=way.azimuth_deg, elevation_deg=way.elevation_deg)
    return None


class _Told:
    """What was told of one track."""

    def __init__(self, history_hz: float) -> None:
        self.way = Way()
        self.believed = False
        self._suspicions: set[str] = set()
        self._deeds: dict[tuple[FactName, str | None], int] = {}
        self._ua_type: str | None = None
        self._cooperation: Cooperation | None = None
        self._label: SoundLabel | None = None
        self._look: SightLabel | None = None
        self._link: LinkKind | None = None
        self._target: TargetLabel | None = None
        self._whole: TargetLabel | None = None
        self._beat, self._reclassified = Beat(history_hz), Beat(1 / RECLASSIFIED_EVERY_S)
        self._heard_ns = 0

    def history_due(self, track: Track, now_ns: int) -> bool:
        """Whether a confirmed track that was heard anew is due to be kept."""
        due = track.state == "confirmed" and track.last_seen_mono_ns != self._heard_ns and self._beat.due(now_ns)
        if due:
            self._heard_ns = track.last_seen_mono_ns
            self._beat.said(now_ns)
        return due

    def changes(self, track: Track, now_ns: int) -> list[Noted]:
        """What changed of a confirmed track beyond what the tracker tells."""
        noted = [self._suspected(track, suspicion) for suspicion in track.suspicions if self._is_news(suspicion)]
        noted += [self._behaves(track, fact) for fact in track.behaviour if self._is_new(fact, now_ns)]
        if self._reclassified.due(now_ns):
            evidence = (self._other_sound(track), self._other_sight(track), self._other_link(track), self._other_target(track))
            changed = [*self._other_type(track), *self._other_cooperation(track), *self._other_label(track), *chain.from_iterable(evidence)]
            if changed:
                self._reclassified.said(now_ns)
            noted += changed
        return noted

    def _is_news(self, suspicion: Suspicion) -> bool:
        return suspicion.name not in self._suspicions and len(self._suspicions) < MOST_SUSPICIONS

    def _is_new(self, fact: Fact, now_ns: int) -> bool:
        """Whether it begins to do what is told, and did not a minute ago; a swarm stays one whoever joins it."""
        key = fact.name, fact.about if fact.name == "approaches" else None
        if fact.name not in TELLING or (key not in self._deeds and len(self._deeds) >= MOST_DEEDS):
            return False
        before_ns, self._deeds[key] = self._deeds.get(key), now_ns
        return before_ns is None or now_ns - before_ns > DEED_AGAIN_NS

    def _behaves(self, track: Track, fact: Fact) -> Noted:
        return Noted(event="behaves", about=fact.name, words=fact.reason or doing(fact.name, fact.value, fact.about), track=track)

    def _suspected(self, track: Track, suspicion: Suspicion) -> Noted:
        self._suspicions.add(suspicion.name)
        return Noted(event="suspected", about=suspicion.name, words=suspicion.evidence, track=track)

    def _other_type(self, track: Track) -> Iterator[Noted]:
        now, before = track.identity.ua_type if track.identity else None, self._ua_type
        self._ua_type = now or before
        if before is not None and self._ua_type != before:
            yield Noted(event="reclassified", about="ua_type", words=f"{now}, was {before}", track=track)

    def _other_cooperation(self, track: Track) -> Iterator[Noted]:
        now, before = track.cooperation, self._cooperation
        self._cooperation = now or before
        if before is not None and self._cooperation != before:
            words = f"{now}, was {before}: {track.cooperation_reason or 'no reason given'}"
            yield Noted(event="reclassified", about="cooperation", words=words, track=track)

    def _other_label(self, track: Track) -> Iterator[Noted]:
        """What all sensors together say; to "unknown" is no news, as of sight."""
        now, before = track.label, self._whole
        self._whole = now if now not in (None, "unknown") else before
        if before is not None and self._whole != before:
            sure = "" if track.label_probability is None else f", {track.label_probability:.0%} sure"
            yield Noted(event="reclassified", about="label", words=f"{now}{sure}, was {before}", track=track)

    def _other_sound(self, track: Track) -> Iterator[Noted]:
        now, before = track.sound.label if track.sound else None, self._label
        self._label = now or before
        if before is not None and self._label != before:
            yield Noted(event="reclassified", about="sound", words=f"{now}, was {before}", track=track)

    def _other_sight(self, track: Track) -> Iterator[Noted]:
        """To "unknown" is no news: it was taken for nothing else."""
        now, before = track.sight.label if track.sight else None, self._look
        self._look = now if now not in (None, "unknown") else before
        if before is not None and self._look != before:
            yield Noted(event="reclassified", about="sight", words=f"{now}, was {before}", track=track)

    def _other_link(self, track: Track) -> Iterator[Noted]:
        now, before = track.emission.link if track.emission else None, self._link
        self._link = now or before
        if before is not None and self._link != before:
            yield Noted(event="reclassified", about="emission", words=f"{now}, was {before}", track=track)

    def _other_target(self, track: Track) -> Iterator[Noted]:
        """To "unknown" is no news, as of sight."""
        now, before = track.target.label if track.target else None, self._target
        self._target = now if now not in (None, "unknown") else before
        if before is not None and self._target != before:
            yield Noted(event="reclassified", about="target", words=f"{now}, was {before}", track=track)


def _brief(track: Track) -> Track:
    """What a track does without the reasons: each second of history has the numbers that they are made of."""
    return replace(track, behaviour=tuple(replace(fact, reason="") for fact in track.behaviour)) if track.behaviour else track


class Journal:
    """Fed with the tracker's events and, at each tick, all its tracks; as bounded as they are."""

    def __init__(self, history_hz: float) -> None:
        self._history_hz = history_hz
        self._told: dict[int, _Told] = {}

    def happened(self, event: TrackEvent) -> Noted:
        """One of the tracker's events; a lost track comes with the way it went."""
        track = event.track
        told = self._told.setdefault(track.number, _Told(self._history_hz))
        told.believed |= track.state == "confirmed"
        told.way.add(track)
        ended = event.kind in ("lost", "merged")
        if ended:
            del self._told[track.number]
        trail = tuple(told.way.spots) if ended and told.believed else ()
        return Noted(event=event.kind, track=track, other=event.other, trail=trail, rumour=not told.believed)

    def look(self, tracks: Sequence[Track], now_ns: int) -> tuple[list[Noted], list[Track]]:
        """What changed of these, all the tracks that there are, and which are due for the history."""
        noted: list[Noted] = []
        due: list[Track] = []
        live = [track for track in tracks if track.state != "lost"]
        self._told = {track.number: self._told.get(track.number) or _Told(self._history_hz) for track in live}
        for track in live:
            told = self._told[track.number]
            told.way.add(track)
            if track.state == "confirmed":
                told.believed = True
                noted += told.changes(track, now_ns)
            if told.history_due(track, now_ns):
                due.append(_brief(track))
        return noted, due
