"""A recording as an incident: what was told of tracks live, or what is found again, as a role may know it."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator

from msgspec.structs import asdict, replace

from edge_node.incident.redaction import Place, Redaction, persons_of
from edge_node.incident.told import Claim, Hashed, Here, Incident, SensorSaid, State, Story
from edge_node.interop import readings
from edge_node.messages import CameraDetection, NodeStatus, PositionFix, RemoteIdDetection, Track
from edge_node.node.drawn import strips_of
from edge_node.node.histories import Histories, History
from edge_node.node.lanes import lane, ordered
from edge_node.node.replaying import Replay
from edge_node.node.saying import Passed
from edge_node.picture.page import Thinned
from edge_node.picture.strips import Strip
from edge_node.record.folder import RecordedFolder
from edge_node.record.head import Trigger
from edge_node.record.spine import Spoken, Told

MOST_TRANSMITTERS = 2_000
MOST_PERSONS = 4_000
LIVE = "Tracks are as the node told them while it happened."
AGAIN = "Tracks are as edge_node {version} finds them in the recording: what was told live is not in it."
CAUSES = {"track": "a track was confirmed", "command": "it was commanded", "button": "the button was pressed"}


class Account:
    """All that is kept of what was told: tracks, claimed ways by transmitter, where persons were said to be, and the node's last status."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.histories = Histories()
        self.claims: dict[str, Thinned] = {}
        self.persons: set[Place] = set()
        self.status: NodeStatus | None = None
        self._fixes: list[PositionFix] = []

    def take(self, told: Told) -> None:
        """Note what was told."""
        self.histories.take(told)
        self.hear(told.message)

    def hear(self, said: Spoken) -> None:
        """Note what is no track."""
        if isinstance(said, NodeStatus):
            self.status = said
        elif isinstance(said, RemoteIdDetection):
            self._claim(said)
        elif isinstance(said, PositionFix) and said.has_fix:
            self._fixes.append(said)

    def fix_at(self, t_mono_ns: int) -> PositionFix | None:
        """What the node's receiver had said of its place by then."""
        number = bisect_right(self._fixes, t_mono_ns, key=lambda one: one.t_mono_ns)
        return self._fixes[number - 1] if number else None

    def _claim(self, said: RemoteIdDetection) -> None:
        for latitude_deg, longitude_deg in (
            (said.operator_latitude_deg, said.operator_longitude_deg),
            (said.take_off_latitude_deg, said.take_off_longitude_deg),
        ):
            if latitude_deg is not None and longitude_deg is not None and len(self.persons) < MOST_PERSONS:
                self.persons.add((latitude_deg, longitude_deg))
        place = readings.place(said.latitude_deg, said.longitude_deg)
        if place is not None and (said.transmitter in self.claims or len(self.claims) < MOST_TRANSMITTERS):
            self.claims.setdefault(said.transmitter, Thinned()).add(said.t_mono_ns, (*place, said.altitude_wgs84_m))

    def everybody(self) -> set[Place]:
        """Where persons were said to be, by tracks too."""
        return self.persons | persons_of(state for one in self.histories.of.values() for state in one.states)


def account_of(recording: RecordedFolder, replay: Replay, *, again: bool = False) -> Account:
    """What was told live; where nothing is kept of that, or it is asked for, what is found again."""
    account = Account(LIVE)
    for told in () if again else recording.told():
        if replay.from_ns <= told.t_mono_ns < replay.to_ns:
            account.take(told)
    if account.histories.of:
        return account
    found = Account(AGAIN)
    found.status = account.status

    def hear(passed: Passed) -> None:
        for message in passed.messages:
            found.hear(message)

    for told in replay.told(hear):
        found.take(told)
    return found


def incident_of(recording: RecordedFolder, replay: Replay, account: Account, redaction: Redaction, version: str) -> Incident:
    """All of a page."""
    head, may, status = recording.head, redaction.may, account.status
    findings = status.findings if status else ()
    return Incident(
        title=recording.path.name,
        node=head.node,
        version=head.version,
        role=redaction.role,
        source=account.source.format(version=version),
        why=tuple(_why(one, may.free_words) for one in head.triggers),
        begin_mono_ns=replay.from_ns,
        seconds=(replay.to_ns - replay.from_ns) / 1e9,
        clock=head.clock,
        here=Here(**asdict(head.place)) if head.place else None,
        moving=head.moving,
        verdict=status.verdict if status else None,
        sentence=status.sentence if status and may.free_words else "",
        findings=findings if may.free_words else tuple(replace(one, words=one.name.replace("_", " "), touch="") for one in findings),
        sensors=tuple(SensorSaid(one.name, one.driver, one.kept) for one in head.sensors),
        stories=tuple(_story(one, account, redaction, replay.from_ns) for one in ordered(account.histories)),
        strips=_strips(recording, replay, redaction),
        files=tuple(hashed(recording)),
        cut=recording.cut,
    )


def states_of(history: History, redaction: Redaction) -> Iterator[Track]:
    """A track's states as a role may know them."""
    return map(redaction.track, history.states)


def hashed(recording: RecordedFolder) -> Iterator[Hashed]:
    """Every file as it lies in the folder."""
    for path in sorted(one for one in recording.path.iterdir() if one.is_file()):
        with path.open("rb") as file:
            yield Hashed(path.name, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _story(history: History, account: Account, redaction: Redaction, from_ns: int) -> Story:
    states = list(states_of(history, redaction))
    shown = History(history.number)
    shown.states, shown.events = states, history.events
    transmitters = history.last.identity.transmitters if history.last.identity else ()
    claims = [
        Claim((t_ns - from_ns) / 1e9, *at)
        for name in transmitters
        if name in account.claims
        for t_ns, at in account.claims[name].points
        if not redaction.hides(at[:2])
    ]
    told = tuple(State((one.t_mono_ns - from_ns) / 1e9, one) for one in states)
    return Story(lane(shown, from_ns), told, tuple(sorted(claims, key=lambda one: one.t_s)), history.was_confirmed)


def _why(trigger: Trigger, words: bool) -> str:
    """Why it was kept."""
    track = "" if trigger.track is None else f" (track {trigger.track})"
    return f"It was kept because {CAUSES[trigger.cause]}{track}{f': {trigger.words}' if words and trigger.words else ''}."


def _strips(recording: RecordedFolder, replay: Replay, redaction: Redaction) -> list[Strip]:
    """What of the raw data may be shown, with what was told of pictures in boxes."""
    may = redaction.may
    kinds = {*(["IqBlock"] if may.radio else []), *(["AudioBlock", "Frame"] if may.sound_and_pictures else [])}
    seen = (told.message for told in recording.told() if isinstance(told.message, CameraDetection))
    return strips_of(recording, replay, seen, kinds) if kinds else []
