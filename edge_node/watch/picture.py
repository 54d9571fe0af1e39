"""The whole picture in lines: verdict, sky, tracks, sensors, link and what happened, as much of each as there is room for."""

from __future__ import annotations

import time
from collections.abc import Sequence

from msgspec import Struct

from edge_node.node.now import Now, whose
from edge_node.watch import sensors, sky, tracks
from edge_node.watch.cells import Line, Look
from edge_node.watch.happened import Said
from edge_node.watch.plain import long
from edge_node.watch.tracks import ORDERS, Seen, sorted_by
from edge_node.watch.widths import cut, fill, wrap

LEAST_COLUMNS, LEAST_ROWS = 24, 8
SNAPSHOT_ROWS = 200
MOST_OUTLINED = 60
"""More of them would hide each other."""
OVERDUE_S = 2.5
"""A node speaks once a second."""
VERDICTS: dict[str, Look] = {"green": "good", "amber": "fair", "red": "alarm"}
HELP = (
    "q     end             p  hold the picture, and go on",
    "s     sort tracks by concern, number, last heard, distance, direction",
    "?     this, and back  Ctrl-L  draw all anew",
    "",
    "In the sky a number is a track, the dots about it where it is 19 times of 20;",
    "two lines are a direction without a height. In the line below",
    "─ is where a drone would be noticed, and ░ where none would.",
    "An empty sky says something only above ─.",
    "Colours: red is a confirmed track nobody answers for, green an authorised one.",
    "edge-node tracks and edge-node status have all of it in full.",
)


class Wanted(Struct):
    """How somebody wants to see it."""

    order: str = next(iter(ORDERS))
    held_since_s: float | None = None
    help: bool = False
    keys: bool = True
    braille: bool = True

    def sort_otherwise(self) -> None:
        """The next order."""
        names = list(ORDERS)
        self.order = names[(names.index(self.order) + 1) % len(names)]


def picture(now: Now, happened: Sequence[Said], wanted: Wanted, columns: int, rows: int) -> list[Line]:
    """At most `rows` lines."""
    columns = max(columns, LEAST_COLUMNS)
    head = [*_held(wanted, columns), *_verdict(now, columns, 1 if rows < 16 else 2 if rows < 30 else 4)]
    if wanted.help:
        return _lines([*head, *(_words(line) for words in HELP for line in wrap(words, columns, 4) or ("",))], rows)
    if now.status is None:
        return _lines([*head, *_events(happened, columns, rows)], rows)
    return _lines([*head, *_body(now, happened, wanted, columns, max(rows, LEAST_ROWS) - len(head))], rows)


def _lines(lines: list[Line], rows: int) -> list[Line]:
    return lines[:rows]


def _words(words: str, look: Look = "") -> Line:
    return ((words, look),)


def _held(wanted: Wanted, columns: int) -> list[Line]:
    if wanted.held_since_s is None:
        return []
    return [_words(fill(f" HELD for {time.monotonic() - wanted.held_since_s:.0f} s: this is not now; p goes on", columns), "alarm")]


def _verdict(now: Now, columns: int, most: int) -> list[Line]:
    clock = time.strftime("%H:%M:%SZ", time.gmtime())
    name = now.status.name if now.status else str(now.run_dir)
    colour = now.status.verdict if now.status else "red"
    if now.state == "running":
        said: tuple[str, Look] = (f" {colour.upper()} ", VERDICTS[colour])
    else:
        said = (" NO DATA ", "alarm")
    room = columns - len(said[0]) - len(clock) - 2
    first: Line = (said, (f" {fill(name, max(room, 0))} ", "title"), (clock if room >= 0 else "", "dim"))
    words, look = _sentence(now)
    late = [] if now.silent_s is None or now.state != "running" or now.silent_s < OVERDUE_S else [_overdue(now.silent_s)]
    return [first, *late, *(_words(line, look) for line in wrap(words, columns, most))]


def _overdue(silent_s: float) -> Line:
    return _words(f"no data for {silent_s:.0f} s", "alarm")


def _sentence(now: Now) -> tuple[str, Look]:
    """What the node says of itself; or that it says nothing, for how long, and what to do."""
    was = "" if now.status is None else f"; it was {now.status.verdict}, and nobody knows what it is"
    since = "" if now.silent_s is None else f"no data for {long(now.silent_s)}: "
    match now.state:
        case "running":
            return (now.status.sentence, "") if now.status else ("", "")
        case "hangs":
            return f"{since}a node holds {now.run_dir} and says nothing{was}: systemctl restart edge-node", "bad"
        case "not yours":
            return f"you may not look into {now.run_dir}: {whose(now.run_dir)}", "bad"
        case _:
            return f"{since}no node runs in {now.run_dir}{was}: systemctl start edge-node, or edge-node run", "bad"


def _body(now: Now, happened: Sequence[Said], wanted: Wanted, columns: int, rows: int) -> list[Line]:
    said = now.tracks.tracks if now.tracks else ()
    seen = sorted_by(wanted.order, said, now.place)
    told, hub = list(sensors.lines(now, columns)), list(_hub(now, columns, 1 if rows < 18 else 2))
    for_sky, for_tracks, for_sensors, for_events = share(rows - len(hub), len(seen), len(told), len(happened))
    return [
        *_sky(now, seen, wanted, columns, for_sky),
        *_tracks(now, seen, wanted, columns, for_tracks),
        *_first(told, for_sensors, columns, "sensors"),
        *hub,
        *_events(happened, columns, for_events),
    ]


def share(rows: int, tracks: int, sensors: int, events: int) -> tuple[int, int, int, int]:
    """Rows for sky, tracks with their heading, sensors and events: a part that has less to show leaves its room to the sky."""
    for_sensors = min(sensors, max(rows // 4, 1))
    for_sky = 0 if rows < 10 else min(max(rows // 3, 5), 12)
    for_events = min(max(events, 1), max(rows // 8, 1)) if rows > 6 else 0
    for_tracks = min(tracks + 1, max(rows - for_sky - for_sensors - for_events, 2))
    left = rows - for_sky - for_sensors - for_events - for_tracks
    more_sky = min(left, 8) if for_sky else 0
    more_events = max(min(left - more_sky, events - for_events), 0)
    return for_sky + more_sky, for_tracks, for_sensors, for_events + more_events


def _sky(now: Now, seen: Sequence[Seen], wanted: Wanted, columns: int, rows: int) -> list[Line]:
    """Nothing that is lost is drawn; what is old is drawn pale."""
    if rows < 3:
        return []
    shown = [(track, where) for track, where in seen if where is not None and track.state != "lost"]
    front = sky.is_of_front(track for track, _ in shown)
    drawn = sky.Panorama(columns, rows - 1, braille=wanted.braille)
    for place, (track, where) in reversed(list(enumerate(shown))):
        if (where.reference == "vehicle") == front:
            look = tracks.look(track) or "bold" if now.tracks_fresh else "dim"
            drawn.see(str(track.number % 1000), where, look, outlined=place < MOST_OUTLINED)
    coverage = now.status.coverage if now.status else ()
    return [*drawn.lines(), sky.horizon(columns, coverage, front=front, fresh=now.tracks_fresh)]


def _tracks(now: Now, seen: Sequence[Seen], wanted: Wanted, columns: int, rows: int) -> list[Line]:
    if now.tracks is None:
        return [_words("tracks: no data yet", "bad")]
    if not now.tracks_fresh:
        return [
            _words(cut(f"tracks as they were {long(now.tracks_silent_s or 0)} ago", columns), "alarm"),
            *_rows(now, seen, columns, rows - 1),
        ]
    if not seen:
        return [_words(cut("no tracks; where the line above is hatched nobody would notice one", columns), "dim")]
    order = f"{tracks.heading(columns)}  by {wanted.order}{' (s)' if wanted.keys else ''}"
    return [_words(cut(order, columns), "dim"), *_rows(now, seen, columns, rows - 1)]


def _rows(now: Now, seen: Sequence[Seen], columns: int, rows: int) -> list[Line]:
    at_ns = now.t_mono_ns
    more = max(len(seen) - rows, 0) and len(seen) - rows + 1
    listed = [tracks.line(one, columns, at_ns) for one in seen[: len(seen) - more]]
    return listed + ([_words(f"   and {more} more: edge-node tracks has all", "dim")] if more else [])


def _first(lines: Sequence[Line], rows: int, columns: int, of: str) -> list[Line]:
    if len(lines) <= rows:
        return list(lines)
    kept = max(rows - 1, 0)
    return [*lines[:kept], _words(cut(f" and {len(lines) - kept} more {of}: edge-node status", columns), "dim")][: max(rows, 0)]


def _hub(now: Now, columns: int, most: int) -> list[Line]:
    """Unless the sentence above has it."""
    words = sensors.hub_words(now)
    if now.status is None or words.removeprefix("link: ") in now.status.sentence:
        return []
    look: Look = "" if now.status.hub.state == "running" and now.state == "running" else "bad"
    return [_words(line, look) for line in wrap(words, columns, most)]


def _events(happened: Sequence[Said], columns: int, rows: int) -> list[Line]:
    return [((f"{clock} ", "dim"), (cut(words, max(columns - 9, 0)), look)) for clock, words, look in list(happened)[: max(rows, 0)]]
