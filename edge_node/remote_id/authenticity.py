"""Whether to believe what is heard: named suspicions, each with a score and its evidence, and never a verdict."""

from __future__ import annotations

from collections import Counter, OrderedDict

from msgspec.structs import replace

from edge_node.messages import RemoteIdDetection, Suspicion
from edge_node.remote_id.judges.counter import MessageCounter
from edge_node.remote_id.judges.crowd import Crowd
from edge_node.remote_id.judges.heard import Flight, Heard, Judge, OwnPlace, Station
from edge_node.remote_id.judges.identity import Names, TwoPlaces, flight_name
from edge_node.remote_id.judges.kinematics import Jumps, Motion, Stuck, Turns
from edge_node.remote_id.judges.plausibility import Plausibility
from edge_node.remote_id.judges.shared_counter import SharedCounter
from edge_node.remote_id.judges.strength import AlikeLevels, Flatness, Reach
from edge_node.remote_id.judges.timestamps import Timestamps
from edge_node.remote_id.judges.tsf import SharedTsf, Tsf

OF_ALL: tuple[type[Judge], ...] = (SharedCounter, SharedTsf, AlikeLevels, TwoPlaces, Crowd)
OF_A_STATION: tuple[type[Judge], ...] = (Tsf, Names)
OF_A_FLIGHT: tuple[type[Judge], ...] = (Jumps, Motion, Turns, Stuck, Timestamps, MessageCounter, Plausibility, Reach, Flatness)

MOST_REGULARS, MOST_NEWCOMERS, MOST_FLIGHTS = 500, 500, 4
REGULAR_AFTER_FRAMES = 4
# A regular makes room only after such a silence, so that no flood pushes out who is still there.
GIVEN_UP_AFTER_S = 30.0
MOST_KEY_LENGTH = 96
# In the words: who was suspected within so many seconds, and by which names most.
WORDS_LAST_S, MOST_WORDS, MOST_SUSPECTED = 10.0, 3, 1_000


class Authenticity:
    """Pure and bounded; one instance hears all sensors of a node, for what gives a spoofer away is mostly between transmitters."""

    def __init__(self) -> None:
        self._of_all = tuple(make() for make in OF_ALL)
        self._newcomers: OrderedDict[str, Station] = OrderedDict()
        self._regulars: OrderedDict[str, Station] = OrderedDict()
        self._suspected: OrderedDict[str, tuple[float, tuple[str, ...]]] = OrderedDict()

    def judge(self, detection: RemoteIdDetection, t_utc_ns: int | None, place: OwnPlace | None) -> RemoteIdDetection:
        """The detection with what is suspected of its aircraft, the surest first; names join its flags.

        `t_utc_ns` is when it was heard, None where nobody vouches for the clock; `place` is the node's, None where not known.
        """
        if not 0 < len(detection.transmitter) <= MOST_KEY_LENGTH:
            return detection
        station = self._station(detection)
        heard = Heard(detection, t_utc_ns, place, station, _flight(station, detection))
        for judge in self._of_all:
            judge.hear(heard)
        for judge in station.judges:
            judge.hear(heard)
        for judge in heard.flight.judges:
            judge.hear(heard)
        return self._told(heard)

    def words(self) -> str:
        """Such as "authenticity: 15 transmitters suspected: shared_sequence_counter 15, operator_far 15"; empty while none is."""
        if not self._suspected:
            return ""
        names = Counter(name for _, names in self._suspected.values() for name in names).most_common(MOST_WORDS)
        many = len(self._suspected)
        said = f"{many}{' or more' if many == MOST_SUSPECTED else ''} transmitter{'s' if many > 1 else ''} suspected"
        return f"authenticity: {said}: {', '.join(f'{name} {count}' for name, count in names)}"

    def _station(self, said: RemoteIdDetection) -> Station:
        """The transmitter's notes; who was heard a few times is kept apart from newcomers, who displace one another."""
        name, t_s = said.transmitter, said.t_mono_ns / 1e9
        station = self._regulars.get(name)
        if station is not None:
            self._regulars.move_to_end(name)
        else:
            station = self._newcomers.get(name)
            if station is None:
                station = self._newcomers[name] = Station(name, t_s, tuple(make() for make in OF_A_STATION))
                if len(self._newcomers) > MOST_NEWCOMERS:
                    self._newcomers.popitem(last=False)
            elif station.frames >= REGULAR_AFTER_FRAMES and self._has_room(t_s):
                self._regulars[name] = self._newcomers.pop(name)
        station.frames += 1
        station.last_s = t_s
        return station

    def _has_room(self, t_s: float) -> bool:
        if len(self._regulars) < MOST_REGULARS:
            return True
        oldest = next(iter(self._regulars.values()))
        if t_s - oldest.last_s <= GIVEN_UP_AFTER_S:
            return False
        del self._regulars[oldest.transmitter]
        return True

    def _told(self, heard: Heard) -> RemoteIdDetection:
        said, t_s = heard.said, heard.t_s
        self._relax(t_s)
        if not (heard.station.evidence.held or heard.flight.evidence.held):
            return said
        standing = sorted((*heard.station.evidence.now(t_s), *heard.flight.evidence.now(t_s)), key=_surest)
        names = tuple(suspicion.name for suspicion in standing)
        if not names:
            return said
        self._suspected[heard.station.transmitter] = t_s, names
        self._suspected.move_to_end(heard.station.transmitter)
        if len(self._suspected) > MOST_SUSPECTED:
            self._suspected.popitem(last=False)
        return replace(said, suspicions=tuple(standing), flags=tuple(dict.fromkeys((*said.flags, *names))))

    def _relax(self, t_s: float) -> None:
        """Forget in the words who was not suspected lately."""
        while self._suspected and t_s - next(iter(self._suspected.values()))[0] > WORDS_LAST_S:
            self._suspected.popitem(last=False)


def _flight(station: Station, said: RemoteIdDetection) -> Flight:
    """The aircraft that a frame speaks of: by its id, else the one that its transmitter spoke of last."""
    name, current = flight_name(said), station.current
    if current is not None and (name is None or name == current.name):
        return current
    if current is not None and not current.name and name is not None:
        current.name = name
        station.flights[name] = current
        return current
    known = station.flights.get(name or "")
    if known is None:
        known = station.flights[name or ""] = Flight(name or "", tuple(make() for make in OF_A_FLIGHT))
        if len(station.flights) > MOST_FLIGHTS:
            del station.flights[next(iter(station.flights))]
    station.current = known
    return known


def _surest(suspicion: Suspicion) -> float:
    return -suspicion.score
