"""What somebody on the node asks the hub to record: a file in the run folder, where its owner alone can write."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from edge_node.messages import BusMessage
from edge_node.record.detections import DetectionRecorder

FILE = "record.json"
FOLDER = "recordings"
MOST_ASKED_BYTES = 1_000
MOST_S = 600


class Asked(Struct, frozen=True, forbid_unknown_fields=True):
    """Record all detections under this name until then, or until the file is gone."""

    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}\Z")]
    until_mono_ns: Annotated[int, Meta(ge=0)]


def ask(run_dir: Path, asked: Asked) -> None:
    """Ask the hub that runs there, which sees it within a second; raises OSError."""
    fresh = run_dir / f".{FILE}"
    fresh.write_bytes(msgspec.json.encode(asked))
    fresh.replace(run_dir / FILE)


def withdraw(run_dir: Path) -> None:
    """Enough is recorded; raises OSError."""
    (run_dir / FILE).unlink(missing_ok=True)


def recorded(state_dir: Path, asked: Asked) -> Path:
    """Where the hub writes it."""
    return state_dir / FOLDER / f"{asked.name}.jsonl"


class AskedRecording:
    """The hub's side: one such recording at a time, beside that which C2 commands."""

    def __init__(self, run_dir: Path, state_dir: Path) -> None:
        self._file, self._recorder = run_dir / FILE, DetectionRecorder(state_dir / FOLDER)
        self._asked: Asked | None = None
        self._file.unlink(missing_ok=True)  # whoever asked an earlier hub waits no longer
        self.problem = ""

    def look(self, now_ns: int) -> None:
        """Begin and end as is asked, and let all that is recorded reach the file; to be called about once a second."""
        asked = self._read()
        if asked != self._asked:
            self._end()
            self._asked = asked
            self._begin(asked, now_ns)
        try:
            self._recorder.flush()
        except OSError as error:
            self._fail(error)
        if self._recorder.is_over(now_ns):
            self._end()

    def take(self, message: BusMessage) -> None:
        """A message of the bus; a disk that does not take it ends the recording, not the hub."""
        try:
            self._recorder.take(message)
        except OSError as error:
            self._fail(error)

    def words(self) -> str:
        """What is recorded, for the status; empty where nothing."""
        return f"records detections to {self._recorder.path} as somebody here asked" if self._recorder.running else ""

    def end(self) -> None:
        """The hub ends."""
        self._end()

    def _read(self) -> Asked | None:
        try:
            with self._file.open("rb") as file:
                return msgspec.json.decode(file.read(MOST_ASKED_BYTES), type=Asked)
        except (OSError, msgspec.DecodeError):
            return None

    def _begin(self, asked: Asked | None, now_ns: int) -> None:
        self.problem = ""
        if asked is None or asked.until_mono_ns <= now_ns:
            return
        try:
            self._recorder.begin(asked.name, min(asked.until_mono_ns, now_ns + MOST_S * 1_000_000_000))
        except OSError as error:
            self._fail(error)

    def _end(self) -> None:
        try:
            self._recorder.end()
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        self.problem = f"detections cannot be recorded: {error.filename or 'the disk'}: {error.strerror or error}"
        if self._recorder.running:
            self._end()
