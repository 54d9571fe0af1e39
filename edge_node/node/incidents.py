"""A recording as an incident: what was told of tracks live, or what is found again, as a role may know it."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from msgspec.structs import asdict, replace

from edge_node.incident.places import Place as At
from edge_node.incident.redaction import Redaction, persons_of
from edge_node.incident.told import Claim, Hashed, Here, Incident, SensorSaid, State, Story
from edge_node.interop import readings
from edge_node.messages import CameraDetection, NodeStatus, PositionFix, RemoteIdDetection, Track, TrackEvent
from edge_node.node.drawn import strips_of
from edge_node.node.histories import Histories, History
from edge_node.node.lanes import lane, ordered
from edge_node.node.replaying import Replay
from edge_node.node.saying import Passed
from edge_node.picture.page import Thinned
from edge_node.picture.strips import Strip
from edge_node.record import plain_file
from edge_node.record.folder import RecordedFolder
from edge_node.record.head import Place, Trigger
from edge_node.record.spine import Spoken, Told

MOST_TRANSMITTERS = 2_000
MOST_PERSONS, PERSON_DIGITS, MOST_FIXES = 20_000, 4, 100_000
"""Places of persons are told apart by ten metres, so that the same one said again is one; with more than these no way is public."""
LIVE = "Tracks are as the node told them while it happened."
AGAIN = "Tracks are as edge_node {version} finds them in the recording: what was told live is not in it."
ALL_FILES = "all of them: sha256sum * | sha256sum"
CUT = "it ends before it was finished"
"""For who may not read words in which names of folders and files can be."""
CAUSES = {"track": "a track was confirmed", "command": "it was commanded", "button": "the button was pressed"}


class Account:
    """All that is kept of what was told: tracks, claimed ways by transmitter, where persons were said to be, and the node's last status."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.histories = Histories()
        self.claims: dict[str, Thinned] = {}
        self.persons: set[At] = set()
        self.crowded = False
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
        elif isinstance(said, PositionFix) and said.has_fix and len(self._fixes) < MOST_FIXES:
            self._fixes.append(said)
        self.note_persons(said)

    def note_persons(self, said: Spoken) -> None:
        """Note where persons were said to be, by messages as by tracks."""
        if isinstance(said, RemoteIdDetection):
            self._person(said.operator_latitude_deg, said.operator_longitude_deg)
            self._person(said.take_off_latitude_deg, said.take_off_longitude_deg)
        elif isinstance(said, Track | TrackEvent):
            for place in persons_of([said.track if isinstance(said, TrackEvent) else said]):
                self._person(*place)

    def fix_at(self, t_mono_ns: int) -> PositionFix | None:
        """What the node's receiver had said of its place by then."""
        number = bisect_right(self._fixes, t_mono_ns, key=lambda one: one.t_mono_ns)
        return self._fixes[number - 1] if number else None

    def _claim(self, said: RemoteIdDetection) -> None:
        place = readings.place(said.latitude_deg, said.longitude_deg)
        if place is not None and (said.transmitter in self.claims or len(self.claims) < MOST_TRANSMITTERS):
            self.claims.setdefault(said.transmitter, Thinned()).add(said.t_mono_ns, (*place, said.altitude_wgs84_m))

    def _person(self, latitude_deg: float | None, longitude_deg: float | None) -> None:
        if (place := readings.place(latitude_deg, longitude_deg)) is None:
            return
        at = round(place[0], PERSON_DIGITS), round(place[1], PERSON_DIGITS)
        self.crowded |= len(self.persons) >= MOST_PERSONS and at not in self.persons
        if not self.crowded:
            self.persons.add(at)

    def everybody(self) -> set[At] | None:
        """Where persons were said to be, and where ways begin and end: one may stand there. None for more than were kept."""
        return None if self.crowded else self.persons | set(self._ends())

    def _ends(self) -> Iterator[At]:
        for history in self.histories.of.values():
            way = [one.kinematics for one in history.states if one.kinematics is not None]
            yield from ((one.latitude_deg, one.longitude_deg) for one in (*way[:1], *way[-1:]))
        for said in self.claims.values():
            yield from (at[:2] for _, at in (said.points[0], said.points[-1]))


def account_of(recording: RecordedFolder, replay: Replay, *, again: bool = False) -> Account:
    """What was told live; where nothing is kept of that, or it is asked for, what is found again.

    Of a part of a recording too it is known where persons were in all of it.
    """
    account = Account(LIVE)
    for told in recording.told():
        account.note_persons(told.message)
        if replay.from_ns <= told.t_mono_ns < replay.to_ns and not again:
            account.take(told)
    if account.histories.of:
        return account
    found = Account(AGAIN)
    found.status, found.persons, found.crowded = account.status, account.persons, account.crowded

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
        title=_title(recording, may.free_words),
        node=head.node,
        version=head.version,
        role=redaction.role,
        source=account.source.format(version=version),
        why=tuple(_why(one, may.free_words) for one in head.triggers),
        begin_mono_ns=replay.from_ns,
        seconds=(replay.to_ns - replay.from_ns) / 1e9,
        clock=head.clock,
        here=_here(head.place, redaction) if head.place else None,
        moving=head.moving,
        verdict=status.verdict if status else None,
        sentence=status.sentence if status and may.free_words else "",
        findings=findings if may.free_words else tuple(replace(one, words=one.name.replace("_", " "), touch="") for one in findings),
        sensors=tuple(SensorSaid(one.name, one.driver, one.kept) for one in head.sensors),
        stories=tuple(_story(one, account, redaction, replay.from_ns) for one in ordered(account.histories)),
        strips=_strips(recording, replay, redaction),
        files=tuple(hashed(recording) if may.free_words else together(hashed(recording))),
        cut=recording.cut if may.free_words or not recording.cut else CUT,
    )


def _title(recording: RecordedFolder, words: bool) -> str:
    """What its folder is called; for who may read nothing that was written by hand only the name that a node gives."""
    name = recording.path.resolve().name
    return name if words or re.fullmatch(rf"\d{{8}}T\d{{6}}Z-{re.escape(recording.head.id)}", name) else recording.head.id


def _here(place: Place, redaction: Redaction) -> Here | None:
    """Where the node was; None where its head says what is no place."""
    if readings.place(place.latitude_deg, place.longitude_deg) is None:
        return None
    about = redaction.rough(place.latitude_deg, place.longitude_deg, place.altitude_wgs84_m)
    return Here(**(asdict(place) | (about._asdict() | {"rough": True} if about else {})))


def hashed(recording: RecordedFolder) -> Iterator[Hashed]:
    """Every file as it lies in the folder, in the order of their names; no link, and nothing that is hidden."""
    files = (one for one in recording.path.iterdir() if one.is_file() and not one.is_symlink() and not one.name.startswith("."))
    for path in sorted(files):
        with plain_file.read(path) as file:
            yield Hashed(path.name, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def together(files: Iterable[Hashed]) -> Iterator[Hashed]:
    """One hash of them all, as `sha256sum * | sha256sum` says it: names may be of persons, and a frame can be guessed by its hash."""
    every = list(files)
    lines = "".join(f"{one.sha256}  {one.name}\n" for one in every)
    said = hashlib.sha256(lines.encode(errors="surrogateescape")).hexdigest()
    yield Hashed(ALL_FILES, sum(one.size for one in every), said)


def _story(history: History, account: Account, redaction: Redaction, from_ns: int) -> Story:
    states = redaction.way(history.states)
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
