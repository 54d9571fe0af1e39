"""node.toml as text: what setup asks about is written anew with comments, and every other table stays as somebody wrote it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from edge_node.field.setup import toml_text

_HEADER = re.compile(r"^\s*\[(\[)?\s*([\w\"'-]+)[\w.\"' -]*\]?\]\s*(#.*)?$")
HEAD = (
    "# node.toml of edge_node, as `edge-node setup` made it. Change it as you like: setup keeps what it does not ask about.\n"
    "# `edge-node check-config` names every mistake; `sudo systemctl reload edge-node` takes a change into use.\n"
)
REMARKS = {
    "node": {
        "latitude_deg": "a node that stays where it is",
        "altitude_wgs84_m": "above the ellipsoid, as GNSS receivers tell it",
        "moving": "a vehicle carries it: docs/moving-node.md",
    },
    "sensor": {
        "serial": "this device, in whatever port",
        "port_path": "whatever is in this port",
        "azimuth_deg": "where it points, clockwise from true north",
        "tilt_deg": "above the horizon",
        "sigma_pose_deg": "how well these two are known",
        "horizontal_fov_deg": "how wide it sees",
    },
}
Tables = dict[str, Any]


class Segment(NamedTuple):
    """Lines of a file that belong to one table: the top-level key, and which of its list it is; the first lines belong to none."""

    top: str
    place: int | None
    text: str


def written(old_text: str, wanted: Tables, notes: Mapping[str, Sequence[str]]) -> str:
    """The text of a file that says `wanted`; `notes` are comments above the [[sensor]] of a name. Raises toml_text.NotTomlError.

    Tables that say the same as in `old_text` keep their words and comments, where they are written so that this can be done safely.
    """
    kept = None
    with suppress(LookupError, AttributeError):  # what looks like a header stands within a value
        kept = _merged(old_text, wanted, notes) if old_text.strip() else None
    if kept is not None and says(kept, wanted):
        return kept
    fresh = HEAD + "".join(_whole(wanted, notes))
    if not says(fresh, wanted):
        raise toml_text.NotTomlError("these values cannot be written so that they are read the same")
    return fresh


def says(text: str, wanted: Tables) -> bool:
    """Whether a file of that text would be read as exactly this."""
    try:
        return tomllib.loads(text) == wanted
    except (tomllib.TOMLDecodeError, RecursionError):
        return False


def _whole(wanted: Tables, notes: Mapping[str, Sequence[str]]) -> list[str]:
    """Every table anew; values that stand in no table come first."""
    loose = {name: said for name, said in wanted.items() if not _is_table(said) and not _is_list(said)}
    parts = ["\n", "".join(f"{toml_text.line(name, said)}\n" for name, said in loose.items())] if loose else []
    for name, said in wanted.items():
        if _is_table(said):
            parts.append(f"\n{_fresh(name, said, None, notes)}")
        elif _is_list(said):
            parts += [f"\n{_fresh(name, one, place, notes)}" for place, one in enumerate(said)]
    return parts


def _fresh(name: str, said: Tables, place: int | None, notes: Mapping[str, Sequence[str]]) -> str:
    header = f"[{toml_text.key(name)}]" if place is None else f"[[{toml_text.key(name)}]]"
    above = notes.get(str(said.get("name")), ()) if name == "sensor" else ()
    return toml_text.table(header, said, above, REMARKS.get(name))


def _merged(old_text: str, wanted: Tables, notes: Mapping[str, Sequence[str]]) -> str | None:
    """The old text with the tables that changed written anew; None where it has a shape that this does not know."""
    try:
        old = tomllib.loads(old_text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    segments = _segments(old_text)
    if not segments:
        return None
    parts: list[str] = []
    for segment in segments:
        parts.append(_kept(segment, old, wanted, notes))
        if _is_last(segment, segments):
            parts += _new_of(segment.top, old, wanted, notes)
    there = {segment.top for segment in segments}
    rest = {name: said for name, said in wanted.items() if name not in there and name not in old}
    return "".join([*(part if part.endswith("\n") or not part else f"{part}\n" for part in parts), *_whole(rest, notes)])


def _kept(segment: Segment, old: Tables, wanted: Tables, notes: Mapping[str, Sequence[str]]) -> str:
    """A segment as it was where it says what is wanted, else written anew; empty where it is wanted no more."""
    if not segment.top:
        return segment.text
    was = old[segment.top] if segment.place is None else old[segment.top][segment.place]
    now = wanted.get(segment.top) if segment.place is None else _same(was, wanted.get(segment.top, []))
    if now is None:
        return ""
    return segment.text if now == was else f"\n{_fresh(segment.top, now, segment.place, notes)}\n"


def _new_of(top: str, old: Tables, wanted: Tables, notes: Mapping[str, Sequence[str]]) -> list[str]:
    """The tables of a list that were not in it."""
    if not _is_list(wanted.get(top)) or not _is_list(old.get(top)):
        return []
    fresh = [one for one in wanted[top] if _same(one, old[top]) is None]
    return [f"\n{_fresh(top, one, 0, notes)}" for one in fresh]


def _same(one: Tables, others: Any) -> Tables | None:
    """The table of that name."""
    return next((other for other in others if other.get("name") == one.get("name")), None) if _is_list(others) else None


def _segments(text: str) -> list[Segment]:
    """Cut before each header, or before the comments that stand right above it; a table's sub-tables stay with it."""
    lines = text.splitlines(keepends=True)
    cuts: list[tuple[int, str, int | None]] = [(0, "", None)]
    counts: dict[str, int] = {}
    for number, line in enumerate(lines):
        found = _HEADER.match(line)
        if found is None:
            continue
        top = found[2].strip("\"'")
        is_list, is_sub = bool(found[1]) and "." not in line.partition("]")[0], "." in line.partition("]")[0]
        if is_sub and cuts[-1][1] == top:
            continue
        counts[top] = counts.get(top, -1) + 1
        begin = number
        while begin > cuts[-1][0] and lines[begin - 1].lstrip().startswith("#"):
            begin -= 1
        cuts.append((begin, top, counts[top] if is_list else None))
    ends = [cut[0] for cut in cuts[1:]] + [len(lines)]
    return [Segment(top, place, "".join(lines[begin:end])) for (begin, top, place), end in zip(cuts, ends, strict=True)]


def _is_last(segment: Segment, segments: Sequence[Segment]) -> bool:
    return bool(segment.top) and segment is [one for one in segments if one.top == segment.top][-1]


def _is_table(said: object) -> bool:
    return isinstance(said, dict)


def _is_list(said: object) -> bool:
    return isinstance(said, list) and bool(said) and all(isinstance(one, dict) for one in said)
