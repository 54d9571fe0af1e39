"""What an object is by all sensors together: a logarithmic opinion pool (Genest & Zidek 1986; Heskes 1998).

P(kind) ~ prior(kind) x product over sources of (said(kind) / prior(kind))^w, so that a source that knows nothing changes nothing, and
one alone of exponent 1 is believed as it is. What one source says over time is not independent, as it looks at the same object with the
same eyes: each counts once, by its newest word, smoothed over SMOOTHED_S. Sources of one kind share part of their errors, and count
together as n / (1 + (n - 1) SHARED) of them (Kish 1965: the design effect). `opinions.RELIABILITY` are the exponents. No single word
makes a kind more than MOST_NATS likelier or less. Claims come last and only as far as they leave the likeliest kind of all evidence the
likeliest: they never outweigh it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from math import exp, fsum, inf, log
from typing import NamedTuple

from edge_node.fusion.kind.gait import excluded
from edge_node.fusion.kind.opinions import PRIOR, RELIABILITY, Shares, opinion
from edge_node.messages import Detection, TargetLabel

MOST_SOURCES = 16
SMOOTHED_S = 1.0
ASKED_EVERY_NS = 200_000_000
"""Sensors smooth what they say, and a camera says it 25 times a second: to weigh each word would cost a twentieth of a core."""
SHARED = 0.5
MOST_NATS = 4.0
LEAST_UNKNOWN = 0.005
"""However sure all sensors are, so much is for what has no label."""
LEAST_TOLD = 0.005
SURE = 0.5
LEAST_SAID = 0.02
"""Nats: who says less than this of every kind has said nothing, and is no witness that shares errors."""
MOVED_S, REMEMBERED_S = 2.0, 120.0
"""A movement counts once it lasts; what it excluded comes back in minutes, for two objects may have been taken for one."""

LOG_PRIOR = {name: log(share) for name, share in PRIOR.items()}

Told = tuple[TargetLabel | None, float | None, dict[str, float]]
Nats = dict[TargetLabel, float]


class _Source(NamedTuple):
    kind: str
    t_mono_ns: int
    nats: Nats

    @property
    def says(self) -> bool:
        """Whether it says anything that was not known before."""
        return max(map(abs, self.nats.values())) >= LEAST_SAID


class Kinds:
    """Of one object, at most MOST_SOURCES sources; the one not heard for longest makes room."""

    __slots__ = ("_excluded", "_moved", "_moved_ns", "_sources", "_told")

    def __init__(self) -> None:
        self._sources: dict[Hashable, _Source] = {}
        self._moved: Nats = {}
        self._excluded: Nats = {}
        self._moved_ns: int | None = None
        self._told: Told | None = None

    def note(self, key: Hashable, said: Detection) -> None:
        """Take in what a source says; what says nothing of the kind, or comes too soon after its last word, changes nothing."""
        before = self._sources.get(key)
        if before and said.t_mono_ns < before.t_mono_ns + ASKED_EVERY_NS:
            return
        told = opinion(said)
        if told is None:
            return
        nats = _nats(told.shares)
        if before and before.kind == told.kind:
            nats = _towards(before.nats, nats, (said.t_mono_ns - before.t_mono_ns) / 1e9 / SMOOTHED_S)
        self._put(key, _Source(told.kind, said.t_mono_ns, nats))

    def drop(self, key: Hashable) -> None:
        """What this source said was of another object."""
        self._sources.pop(key, None)
        self._told = None

    def move(self, t_mono_ns: int, speed_mps: float | None, climb_mps: float | None, sigma_mps: float = 0.0) -> None:
        """How the body moves, about twice a second: measured, never claimed; over ground, up, and the 1-sigma of both."""
        if self._moved_ns is not None and t_mono_ns <= self._moved_ns:
            return
        now = excluded(speed_mps, climb_mps, sigma_mps)
        passed_s = 0.0 if self._moved_ns is None else (t_mono_ns - self._moved_ns) / 1e9
        self._moved = _towards(self._moved, now, passed_s / MOVED_S) if self._moved else dict.fromkeys(now, 0.0)
        kept = exp(-passed_s / REMEMBERED_S)
        self._excluded = {name: max(nats, kept * self._excluded.get(name, 0.0)) for name, nats in self._moved.items()}
        self._moved_ns, self._told = t_mono_ns, None

    def absorb(self, other: Kinds) -> None:
        """Take over what is known of a track of the same object; of one source the newer word."""
        for key, source in other._sources.items():
            mine = self._sources.get(key)
            if mine is None or source.t_mono_ns > mine.t_mono_ns:
                self._put(key, source)
        self._excluded = {name: max(self._excluded.get(name, 0.0), nats) for name, nats in (self._excluded | other._excluded).items()}
        self._told = None

    def told(self) -> Told:
        """The kind that is likelier than all others together, else "unknown"; its probability; all probabilities above LEAST_TOLD.

        None and nothing where nobody but the object itself says anything; movement alone excludes kinds, and confirms none.
        """
        if self._told is None:
            self._told = self._weighed()
        return self._told

    def _weighed(self) -> Told:
        spoken = [source for source in self._sources.values() if source.says]
        if all(source.kind == "claim" for source in spoken):
            return None, None, {}
        shares = self._shares(spoken)
        label, sure = _likeliest(shares)
        told: dict[str, float] = {name: share for name, share in shares.items() if share >= LEAST_TOLD and name != "unknown"}
        return (label, sure, told) if sure > SURE and label != "unknown" else ("unknown", None, told)

    def _shares(self, spoken: list[_Source]) -> Shares:
        """Of all kinds; a claim that would leave what all evidence is sure of unsure is not heard."""
        evidence, claims = [source for source in spoken if source.kind != "claim"], [source for source in spoken if source.kind == "claim"]
        nats = {name: LOG_PRIOR[name] + said - self._excluded.get(name, 0.0) for name, said in _pooled(evidence).items()}
        alone = _normalised(nats)
        if not claims:
            return alone
        claimed = _pooled(claims)
        by = _bounded(nats, claimed)
        shares = _normalised({name: nats[name] + by * claimed[name] for name in PRIOR})
        label, sure = _likeliest(alone)
        return alone if sure > SURE >= shares[label] else shares

    def _put(self, key: Hashable, source: _Source) -> None:
        self._sources[key], self._told = source, None
        if len(self._sources) > MOST_SOURCES:
            del self._sources[min(self._sources, key=lambda one: self._sources[one].t_mono_ns)]


def _nats(shares: Shares) -> Nats:
    """By how much likelier each kind is than before, within MOST_NATS."""
    return {name: min(max(log(max(share, 1e-9)) - LOG_PRIOR[name], -MOST_NATS), MOST_NATS) for name, share in shares.items()}


def _towards(before: Nats, now: Nats, times: float) -> Nats:
    """From what was, towards what is, as far as these many time constants let it."""
    kept = exp(-times)
    return {name: kept * before[name] + (1 - kept) * now[name] for name in now}


def _pooled(sources: list[_Source]) -> Nats:
    """The sum of all words, each to its exponent; their order makes no difference, not even in the last bit."""
    count = Counter(source.kind for source in sources)
    weigh = {kind: RELIABILITY[kind] / (1 + (n - 1) * SHARED) for kind, n in count.items()}
    words = [(weigh[source.kind], source.nats) for source in sources]
    return {name: fsum([weight * nats[name] for weight, nats in words]) for name in PRIOR}


def _bounded(evidence: Nats, claimed: Nats) -> float:
    """The share of a claim with which at most half the lead of the likeliest kind is lost to any other."""
    first = max(evidence, key=lambda name: evidence[name])
    gains = ((evidence[first] - evidence[name], claimed[name] - claimed[first]) for name in evidence)
    return min(1.0, min((lead / 2 / gain for lead, gain in gains if gain > 0), default=inf))


def _normalised(nats: Nats) -> Shares:
    most = max(nats.values())
    likely = {name: exp(one - most) for name, one in nats.items()}
    whole = sum(likely.values()) / (1 - LEAST_UNKNOWN)
    return {name: one / whole for name, one in likely.items()}


def _likeliest(shares: Shares) -> tuple[TargetLabel, float]:
    return max(shares.items(), key=lambda one: one[1])
