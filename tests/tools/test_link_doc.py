"""docs/link.md says what the code does: its keys, commands, words, figures and times."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from edge_node.config import C2Table, CommandName
from edge_node.publish import flight, journal, line, link, obedience, orders, reliable, reliable_schema, spool, spool_file
from edge_node.publish.noted import Noted
from edge_node.record import detections
from tools import wire_example
from tools.c2 import collector

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "link.md").read_text(encoding="utf-8")
SOURCES = "".join(path.read_text(encoding="utf-8") for room in ("edge_node/publish", "tools/c2") for path in (ROOT / room).glob("*.py"))
PLACEHOLDER = re.compile(r"\b(?:ADDRESS|KEY|FINGERPRINT|WHY|PATH)\b|\(400\)")
FULL, BEARING = wire_example.full_track(), wire_example.bearing_track()
S = 1_000_000_000


def section(title: str) -> str:
    """One section of the page."""
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_every_key_stands_there_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", section("The keys of [c2]"), re.MULTILINE))
    fields = {field.name: field.default for field in msgspec.structs.fields(C2Table)}
    assert fields.keys() <= rows.keys()
    numbers = {name: default for name, default in fields.items() if isinstance(default, int | float)}
    assert {name: float(rows[name]) for name in numbers} == numbers
    assert len(get_args(CommandName)) == len(C2Table().commands) == 6
    assert rows["commands"] == "all six"


def test_every_command_stands_there_with_its_arguments() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+)$", section("Commands"), re.MULTILINE))
    assert rows.keys() == orders.ORDERS.keys() == set(get_args(CommandName))
    for name, kind in orders.ORDERS.items():
        assert [field for field in kind.__struct_fields__ if f"`{field}`" not in rows[name]] == []


def test_what_both_ends_say_is_what_they_say() -> None:
    rows = [row.split("|")[2:4] for row in section("Who may connect, and what both ends say").splitlines() if row.startswith("| ")]
    said = [words.removeprefix("events: ") for row in rows for cell in row for words in re.findall(r"`([^`]+)`", cell)]
    parts = list(filter(None, (part.strip(" :;") for words in said for part in PLACEHOLDER.split(words))))
    assert len(parts) > 25
    assert [part for part in parts if part not in SOURCES] == []


@pytest.mark.parametrize(
    ("about", "bytes_"),
    [
        ("live: a full Remote ID track", wire_example.live_bytes(FULL)),
        ("live: a track of which the bearing alone is known", wire_example.live_bytes(BEARING)),
        ("reliable: history of a full track, while the link is up", wire_example.history_bytes(FULL, 1)),
        ("reliable: the same after an outage, many in a message", wire_example.history_bytes(FULL, 100)),
        ("reliable: an event about a full track", wire_example.event_bytes(Noted(event="new", track=FULL))),
        (
            "reliable: the end of a track, with 64 places",
            wire_example.event_bytes(Noted(event="lost", track=FULL, trail=wire_example.long_trail(places=True))),
        ),
        ("reliable: C2's ack", len(wire_example.ack())),
    ],
)
def test_the_figures_of_bytes_are_those_of_the_code(about: str, bytes_: float) -> None:
    assert f"| {about} | {bytes_:.0f}" in PAGE


def test_a_mebibyte_of_the_spool_holds_so_many_rows(tmp_path: Path) -> None:
    file, payload, number = spool_file.SpoolFile(tmp_path / "spool.db", 4 << 20), bytes(114), 0
    while not file.evicted:
        rows: list[tuple[spool_file.Kind, spool_file.Row]] = [
            ("history", (place, 2**62, place, place * 1000, 1, payload)) for place in range(number + 1, number + 501)
        ]
        file.insert("history", rows, "boot", durable=False)
        number += 500
    file.close()
    assert 6_500 < number / 4 < 7_500
    assert "A MiB holds about 7 000 rows" in PAGE


@pytest.mark.parametrize(
    "words",
    [
        f"at most {journal.MOST_SPOTS} places",
        f"rows wait {spool.COMMIT_AFTER_NS['history'] / S:g} s in memory first (events {spool.COMMIT_AFTER_NS['events'] / 1e6:g} ms)",
        f"in blocks of {spool_file.BLOCK:_} rows".replace("_", " "),
        f"Events, the oldest {spool_file.LEAST_TO_THIN} at a time",
        f"together at most {spool.MOST_HELD_BYTES >> 20} MiB",
        f"of {reliable.HISTORY_EVERY} messages {reliable.HISTORY_EVERY - 1} are events'",
        f"begins with {flight.FIRST_WINDOW / 1000:g} kB",
        f"less than {flight.FAST_NS / S:g} s (to {flight.MOST_WINDOW / 1e6:g} MB)",
        f"longer than {flight.SLOW_NS / S:g} s (to {flight.LEAST_WINDOW / 1000:g} kB)",
        f"at most {link.QUEUE_MESSAGES} messages",
        f"gives up an attempt after {line.CONNECT_MS / 1000:g} s",
        f"every {line.RECONNECT_MS / 1000:g} to {(line.RECONNECT_MOST_MS + line.RECONNECT_MS) / 1000:g} s",
        f"dials anew after {line.WAIT_S / 2:g} to {line.WAIT_S:g} s",
        f"up to {line.WAIT_MOST_S / 2:g} to {line.WAIT_MOST_S:g} s",
        f"C2 acknowledges none of them for {reliable.SILENCE_NS / S:g} s",
        f"| C2 is busy | keeps all, tries again after {reliable.HOLD_NS / S:g} s |",
        f"| C2 denies it | keeps all, tries again after {reliable.SILENCE_NS / S:g} s |",
        f"at most {detections.MOST_BYTES >> 20} MiB, the newest {detections.MOST_FILES} files",
        f"says it every {collector.COMMAND_AGAIN_S:g} s until it is answered",
        f"the last {obedience.MOST_REMEMBERED} ids",
        f"rows are bounded in length ({reliable_schema.MOST_ROW_BYTES:_} bytes)".replace("_", " "),
        f"never more than {flight.MOST_BATCH_BYTES / 1000:g} kB",
        f"the same, up to {line.WAIT_REFUSED_S / 2:g} to {line.WAIT_REFUSED_S:g} s",
        f"beside it every {line.PROBE_S / 2:g} to {line.PROBE_S:g} s",
    ],
)
def test_the_numbers_are_those_of_the_code(words: str) -> None:
    assert words in " ".join(PAGE.split())
