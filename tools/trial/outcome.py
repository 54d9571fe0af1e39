"""What a trial leaves in its folder: its head, the truth, what C2 heard, and what each node detected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct

HEAD, TRUTH, HEARD = "trial.json", "truth.jsonl", "heard.jsonl"
TRUTH_EVERY_S = 0.1
Row = TypeVar("Row")
Mode = Literal["virtual", "offline", "recording", "rack"]


class TrialError(Exception):
    """A folder holds no trial; the text says what is wrong."""


class Struck(Struct, frozen=True):
    """A fault as it struck: what, whom, from when to when in the scene, and why not where it could not."""

    kind: str
    target: str
    from_s: float
    to_s: float
    why_not: str = ""


class SensorSaid(Struct, frozen=True):
    """A node's sensor: its name, its driver, and what it senses with: microphones, camera, radio, remote_id, gnss or another."""

    node: str
    name: str
    driver: str
    sense: str


class Spent(Struct, frozen=True):
    """What one process of a node took: share of one core on average, MiB of memory at its most (PSS)."""

    node: str
    process: str
    cpu: float
    pss_mib: float


class NodeStood(Struct, frozen=True):
    """Where a node stood (a vehicle: at the scene's begin), and its monotonic clock then."""

    name: str
    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float
    mono_begin_ns: int
    moving: bool = False


class Head(Struct, frozen=True):
    """What was played, how, on which nodes, and what that took; `notes` say what was not as it should be."""

    scene: str
    seed: int
    seconds: float
    mode: Mode
    version: str
    begun_utc_ms: int
    nodes: tuple[NodeStood, ...]
    sensors: tuple[SensorSaid, ...] = ()
    faults: tuple[Struck, ...] = ()
    spent: tuple[Spent, ...] = ()
    notes: tuple[str, ...] = ()


class TruthRow(Struct, frozen=True, gc=False):
    """One object at one time of the scene; `ids` are those that it says truly of itself, `kind` such as drone, bird, aeroplane.

    `media` are those on which it says Remote ID: wifi, bluetooth; empty where nobody knows.
    """

    t_s: float
    name: str
    kind: str
    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float
    velocity_east_mps: float
    velocity_north_mps: float
    velocity_up_mps: float
    ids: tuple[str, ...] = ()
    label: str = ""
    media: tuple[str, ...] = ()


class Heard(Struct, frozen=True, gc=False):
    """An event at C2 and when in the scene C2 had it."""

    t_s: float
    event: dict[str, Any]


class Outcome:
    """A trial's folder, read line by line."""

    def __init__(self, folder: Path) -> None:
        """Raises TrialError for a folder without a trial."""
        self.folder = folder
        try:
            self.head = msgspec.json.decode((folder / HEAD).read_bytes(), type=Head)
        except (OSError, msgspec.DecodeError) as error:
            raise TrialError(f"{folder}: {error}; a trial's folder holds {HEAD}, {TRUTH} and {HEARD}") from error

    def truth(self) -> Iterator[TruthRow]:
        """In time order."""
        return _lines(self.folder / TRUTH, TruthRow)

    def heard(self) -> Iterator[Heard]:
        """As they came to C2."""
        return _lines(self.folder / HEARD, Heard)

    def detections(self, node: str) -> Iterator[dict[str, Any]]:
        """What a node's sensors detected, as the bus carried it; nothing where it was not recorded."""
        path = self.folder / f"detections-{node}.jsonl"
        return _lines(path, dict[str, Any]) if path.exists() else iter(())


def write_lines(path: Path, rows: Iterable[Any]) -> int:
    """Write JSON lines; how many."""
    count = 0
    with path.open("wb") as file:
        for row in rows:
            file.write(msgspec.json.encode(row) + b"\n")
            count += 1
    return count


def write_head(folder: Path, head: Head) -> None:
    """Write what stands above a trial."""
    (folder / HEAD).write_bytes(msgspec.json.format(msgspec.json.encode(head)) + b"\n")


def _lines(path: Path, kind: type[Row]) -> Iterator[Row]:
    """Raises TrialError with the line that cannot be read; a last line that was cut off by a crash is left out."""
    decoder = msgspec.json.Decoder(kind)
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    return
                try:
                    yield decoder.decode(line)
                except msgspec.DecodeError as error:
                    raise TrialError(f"{path}, line {number}: {error}") from error
    except OSError as error:
        raise TrialError(f"{path}: {error}") from error
