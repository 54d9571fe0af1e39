"""The files that say who is known and where flying is restricted: read when the node starts and whenever one changes."""

from __future__ import annotations

import binascii
import logging
import tomllib
from base64 import b64decode
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from edge_node.config import RemoteIdTable
from edge_node.messages import Track
from edge_node.remote_id.authorisation import Authorisation
from edge_node.remote_id.ed25519 import is_signed
from edge_node.remote_id.known_aircraft import AircraftTable, AreaTable, Entry, entries
from edge_node.remote_id.zone_files import ZoneFile, ZoneFileError, read
from edge_node.remote_id.zones import ZoneMap
from edge_node.strict_toml import Problem, nearest, read_table

log = logging.getLogger("edge_node.hub")

UNSIGNED = "unsigned"
MOST_LIST_BYTES = 4_000_000
MOST_ZONE_BYTES = 32_000_000
LONGEST_PROBLEM = 1000


class NotUsed(Exception):
    """A file that is not used, and why."""


class Reading(Struct, frozen=True):
    """What came of reading all files: `problem` says which is not used, `words` how much is."""

    authorisation: Authorisation | None = None
    problem: str = ""
    words: str = ""


class AuthorisationFiles:
    """What [remote_id] names, read anew in the background whenever it changes, so that tracks go on meanwhile."""

    def __init__(self, table: RemoteIdTable) -> None:
        self._table = table
        self._stamps = self._look()
        self._reading = read_files(table) if self._stamps else Reading()
        self._reader: ThreadPoolExecutor | None = None
        self._coming: Future[Reading] | None = None
        self._told: dict[int, tuple[Track, Track]] = {}

    @property
    def problem(self) -> str:
        """Which file is not used, and why."""
        return self._reading.problem

    @property
    def words(self) -> str:
        """How much is in use."""
        return self._reading.words

    def look(self) -> None:
        """Take what was read; have the files read again if any has changed; forget what was made of tracks, for time has passed."""
        self._told.clear()
        if self._coming is not None and self._coming.done():
            self._reading, self._coming = self._coming.result(), None
        if self._coming is None and (stamps := self._look()) != self._stamps:
            self._stamps = stamps
            self._reader = self._reader or ThreadPoolExecutor(1)
            self._coming = self._reader.submit(read_files, self._table)

    def told(self, track: Track, t_utc_ns: int | None) -> Track:
        """The track with its cooperation and the reason; as it is where neither a list nor zones are configured."""
        if self._reading.authorisation is None:
            return track
        before = self._told.get(track.number)
        if before is None or before[0] is not track:
            cooperation, reason = self._reading.authorisation.assess(track, t_utc_ns)
            before = self._told[track.number] = track, replace(track, cooperation=cooperation, cooperation_reason=reason)
        return before[1]

    def close(self) -> None:
        """End the reader."""
        if self._reader:
            self._reader.shutdown()

    def _look(self) -> tuple[object, ...]:
        listed = self._table.known_aircraft
        return tuple(map(_stamp, [*([listed, _signature_of(listed)] if listed else []), *self._table.zones]))


def read_files(table: RemoteIdTable) -> Reading:
    """Read the list and all zones; what cannot be used is named, and the rest is used."""
    problems: list[str] = []
    words: list[str] = []
    authorisation = Authorisation(_listed(table, problems, words), _zones(table, problems, words))
    for problem in problems:
        log.error("%s", problem)
    log.info("in use: %s", ", ".join(words) or "no list of known aircraft and no zones")
    return Reading(authorisation, "; ".join(problems)[:LONGEST_PROBLEM], ", ".join(words))


def _listed(table: RemoteIdTable, problems: list[str], words: list[str]) -> tuple[Entry, ...] | None:
    if table.known_aircraft is None:
        return None
    try:
        listed = read_list(table.known_aircraft, table.known_aircraft_key or "")
    except NotUsed as error:
        problems.append(f"the list of known aircraft is not used: {error}")
        return None
    words.append(f"{len(listed)} entries of known aircraft{', unsigned' if table.known_aircraft_key == UNSIGNED else ''}")
    return listed


def _zones(table: RemoteIdTable, problems: list[str], words: list[str]) -> ZoneMap | None:
    files: list[ZoneFile] = []
    for path in table.zones:
        try:
            files.append(read(_bytes(path, MOST_ZONE_BYTES)))
        except (NotUsed, ZoneFileError) as error:
            problems.append(f"zones {path.name} are not used: {error}")
    for problem in (problem for file in files for problem in file.problems):
        log.warning("zone not wholly understood: %s", problem)
    if not files:
        return None
    zones = ZoneMap(zone for file in files for zone in file.zones)
    unclear = sum(file.unclear for file in files)
    of_them = f" ({unclear} of {sum(file.total for file in files)} not wholly understood)" if unclear else ""
    words.append(f"{zones.count} restricted zones{of_them}")
    return zones


def read_list(path: Path, key: str) -> tuple[Entry, ...]:
    """A list that this key signed (base64 or hex; "unsigned" asks for no signature); raises NotUsed, with the reason."""
    data = _bytes(path, MOST_LIST_BYTES)
    if key != UNSIGNED:
        _check_signature(path, data, key)
    problems: list[Problem] = []
    try:
        text = data.decode()
        tables = tomllib.loads(text)
        listed = _entries(tables, text, problems)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError) as error:
        raise NotUsed(f"{path.name}: {error}") from error
    if problems:
        raise NotUsed(f"{path.name} {'; '.join(map(str, problems[:3]))}")
    return listed


def _check_signature(path: Path, data: bytes, key: str) -> None:
    signature = _signature_of(path)
    try:
        signed = b64decode(_bytes(signature, MOST_LIST_BYTES).strip(), validate=True)
    except binascii.Error as error:
        raise NotUsed(f"{signature.name} is not base64") from error
    public = bytes.fromhex(key) if len(key) == 64 else b64decode(key)
    if not is_signed(data, signed, public):
        raise NotUsed(f"{signature.name} is not signed by remote_id.known_aircraft_key, or {path.name} was changed after it was signed")


def _entries(tables: dict[str, object], text: str, problems: list[Problem]) -> tuple[Entry, ...]:
    """The entries; empty, with all that is wrong in `problems`, where anything is; raises ValueError where they contradict each other."""
    aircraft, areas = tables.get("aircraft", []), tables.get("area", {})
    problems += [Problem(f"unknown table {name!r}: {nearest(name, ['aircraft', 'area'])}") for name in tables.keys() - {"aircraft", "area"}]
    if not isinstance(aircraft, list) or not isinstance(areas, dict):
        raise ValueError("aircraft are written as [[aircraft]] and areas as [area.NAME]")  # noqa: TRY004 -- one kind of error a file
    listed = [read_table(one, AircraftTable, ("aircraft", number), text, problems) for number, one in enumerate(aircraft)]
    drawn = {name: read_table(one, AreaTable, ("area", name), text, problems) for name, one in areas.items()}
    if problems:
        return ()
    return entries([one for one in listed if one], {name: one for name, one in drawn.items() if one})


def _signature_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.sig")


def _bytes(path: Path, most: int) -> bytes:
    try:
        if not path.is_file():
            raise NotUsed(f"there is no file {path}")
        if path.stat().st_size > most:
            raise NotUsed(f"{path} has more than {most // 1_000_000} MB")
        return path.read_bytes()
    except OSError as error:
        raise NotUsed(f"{path}: {error.strerror}") from error


def _stamp(path: Path) -> object:
    """What changes when a file is written or replaced; None when it is not there."""
    try:
        told = path.stat()
    except OSError:
        return None
    return told.st_mtime_ns, told.st_size, told.st_ino
