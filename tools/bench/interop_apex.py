"""Apex (dstl/Apex-SAPIENT-Middleware), the reference middleware of SAPIENT, as a peer, with its own checks and their bounds as they come.

`EDGE_NODE_APEX` names a folder of its source, in which `.venv` is a virtual environment with what it needs and itself.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from msgspec import Struct

VARIABLE = "EDGE_NODE_APEX"
ABSENT = f"Apex is not measured: {VARIABLE} names no folder of its source with a .venv in it"
ICD_VERSION = "BSI Flex 335 v2.0"
END_WITHIN_S = 20.0


class Verdict(Struct, frozen=True):
    """What it wrote down of all that came: messages, faults that it found, goodbyes, and its first words of fault."""

    messages: int
    reports: int
    faults: int
    goodbyes: int
    words: tuple[str, ...]


def source() -> Path | None:
    """Its folder, where the environment names one that can run."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named and (Path(named) / ".venv/bin/python").exists() else None


@contextmanager
def listening(apex: Path, folder: Path, port: int, page: int) -> Iterator[subprocess.Popen[bytes]]:
    """It runs, writes what it does to a log and all messages to a database in that folder, and ends when it is told to."""
    settings = json.loads((apex / "apex_config.json").read_text(encoding="utf-8"))
    settings["connections"] = [{"type": "Child", "host": "127.0.0.1", "port": port, "format": "PROTO", "icd_version": ICD_VERSION}]
    settings["apiConfig"] = {"host": "127.0.0.1", "port": page}
    (folder / "apex.json").write_text(json.dumps(settings), encoding="utf-8")
    command = [str(apex / ".venv/bin/python"), "-m", "sapient_apex_server.apex", "apex.json"]
    with (folder / "apex.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def verdict(folder: Path) -> Verdict:
    """By its database."""
    (path,) = (folder / "data").glob("*.sqlite")
    with closing(sqlite3.connect(path)) as database:

        def count(where: str) -> int:
            return int(database.execute(f"SELECT COUNT(*) FROM Message WHERE {where}").fetchone()[0])  # noqa: S608 - constants alone

        said = database.execute("SELECT DISTINCT error_description FROM Message WHERE error_severity IS NOT NULL LIMIT 5").fetchall()
        return Verdict(
            messages=count("1"),
            reports=count("parsed_type = 'detection_report'"),
            faults=count("error_severity IS NOT NULL"),
            goodbyes=count("status_report_system LIKE '%GOODBYE%'"),
            words=tuple(str(row[0]) for row in said),
        )
