"""The incident as one HTML file: no script, nothing from outside, for a screen and for A4."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from edge_node.incident import map as from_above
from edge_node.incident import rows, sky, svg, time_line
from edge_node.incident.redaction import LEFT_OUT
from edge_node.incident.style import STYLE
from edge_node.incident.told import Incident, Story
from edge_node.interop import readings

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
MOST_STORIES = 40
"""Rows and lanes; a flood has more, and they are counted."""
CHECK = "Whoever holds the recording can check with sha256sum that this page is of these files; the page itself is not signed."
LEGEND = (
    "Numbers are those of the tracks below. Whole lines are ways of what sensors measured, together with what was said of it; dashed ones "
    "are what was claimed alone, and squares where operators (op.) were claimed to be; sectors and shaded ellipses hold 95 %. The length "
    "of a sector says nothing: its range is not known."
)


def render(told: Incident) -> str:
    """The whole file."""
    shown = told.stories[:MOST_STORIES]
    parts = (
        _head(told),
        _summary(told),
        _maps(told, shown),
        _section("Time line", time_line.draw(told, shown)),
        _section("Tracks", _tracks(told, shown)),
        *([_section("Pictures", _pictures(told))] if any(strip.seen for strip in told.strips) else []),
        _section("The node", _node(told)),
        _section("Files of the recording", _files(told)),
    )
    title = escape(f"Incident {told.title}")
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    head += f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title><style>{STYLE}</style>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head><body><main>{"".join(parts)}</main></body></html>\n'


def _head(told: Incident) -> str:
    begin, end = (readings.iso(told.utc_ns(t_s)).replace("T", " ") for t_s in (0.0, told.seconds))
    role = f'<p class="role"><b>Copy for: {told.role}.</b> {escape(LEFT_OUT[told.role])}</p>'
    when = f"<p>{begin[:-1]} to {end[11:-1]} UTC ({told.seconds:.0f} s); {escape(_clock(told))}.</p>"
    return f"<header><h1>Incident record</h1><p class=id>{escape(told.title)}</p>{when}{role}</header>"


def _clock(told: Incident) -> str:
    sigma_s = told.clock.sigma_s
    if sigma_s is None:
        return "nobody vouches for the node's clock, so these times may be wrong by any amount"
    by = {"gnss": "by GNSS", "system": "by the system's clock", "recording": "by the recording"}.get(told.clock.source, "by its clock")
    return f"times {by}, ± {sigma_s * 1e3:.3g} ms (1 sigma)"


def _summary(told: Incident) -> str:
    """In a few lines what there was."""
    believed = [story for story in told.stories if story.believed]
    doubted = sum(bool(story.last.suspicions) for story in believed)
    silent = sum(story.last.identity is None for story in believed)
    lines = [
        f"Objects that were confirmed: {len(believed)}; that were not: {len(told.stories) - len(believed)}.",
        f"Of the confirmed, {silent} said no Remote ID, and of {doubted} it is doubted what they claimed, or what they did not.",
        *told.why,
        told.source,
        *([f"The recording is cut: {told.cut}."] if told.cut else []),
    ]
    return f"<section><h2>In short</h2><ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul></section>"


def _maps(told: Incident, shown: Sequence[Story]) -> str:
    """From above where the node's place is known and stays, and from the node."""
    seen = f"<figure>{sky.draw(told.here, told.moving, shown)}<figcaption>From the node: azimuth and elevation</figcaption></figure>"
    if told.here is None:
        return _section("Where", f"<p>The node's place is not known: there is no map.</p>{seen}")
    far = from_above.far_away(told.here, shown)
    beyond = f"; further than 20 km, and not drawn: {', '.join(map(str, far))}" if far else ""
    above = f"<figure>{from_above.draw(told.here, shown)}<figcaption>From above{beyond}{_drawn(told)}</figcaption></figure>"
    return _section("Where", f'<div class="two">{above}{seen}</div><p class="small">{LEGEND}</p>')


def _drawn(told: Incident) -> str:
    """How far the node's mark is to be believed."""
    if told.here and told.here.rough:
        return "; the node, and directions from it, are not drawn: its place is not public"
    return "; the node moved, and is drawn where it was last" if told.moving else ""


def _tracks(told: Incident, shown: Sequence[Story]) -> str:
    heading = "<tr><th>Track</th><th>What was claimed</th><th>What was measured</th><th>What speaks against it</th></tr>"
    body = "".join(_track(told, story, svg.colour_of(number)) for number, story in enumerate(shown))
    more = len(told.stories) - len(shown)
    return f"<table class=tracks>{heading}{body}</table>" + (f"<p>{more} more tracks are left out of this page.</p>" if more else "")


def _track(told: Incident, story: Story, colour: str) -> str:
    lane, track = story.lane, story.last
    when = f"{_time(told, lane.begin_s)} to {_time(told, lane.end_s)}"
    state = "confirmed" if story.believed else "not confirmed"
    by = escape(_by(track.sensors))
    name = f'<td><b style="color:{colour}">{track.number}</b><br>{state}<br><span class="small">{when}<br>{by}</span></td>'
    return f"<tr>{name}{''.join(map(_cell, (rows.claimed(story), rows.measured(story), rows.doubts(story))))}</tr>"


def _by(sensors: Iterable[str]) -> str:
    return ", ".join(readings.text(one, 40) for one in sensors)


def _cell(lines: list[str]) -> str:
    return f"<td>{'<br>'.join(map(escape, lines)) or '<span class=none>nothing</span>'}</td>"


def _time(told: Incident, t_s: float) -> str:
    return readings.iso(told.utc_ns(t_s))[11:21]


def _pictures(told: Incident) -> str:
    """Of each camera some, each with its time."""
    figures = [
        f'<figure><img src="{svg.png(seen.picture)}" alt="picture of {escape(strip.sensor)}">'
        f"<figcaption>{escape(strip.sensor)}, {_time(told, seen.t_s)}</figcaption></figure>"
        for strip in told.strips
        for seen in strip.seen
    ]
    return f'<div class="pictures">{"".join(figures)}</div>'


def _node(told: Incident) -> str:
    rows_ = [
        ("Node", f"{told.node}, edge_node {told.version}"),
        ("Place", _place(told)),
        ("Clock", _clock(told)),
        ("Its own verdict", f"{told.verdict or 'not recorded'}{': ' if told.sentence else ''}{told.sentence}"),
        *(("Not well", f"{one.about}: {one.words}") for one in told.findings),
        *((f"Sensor {one.name}", f"{one.driver}{'' if one.kept else ', its raw data was not kept'}") for one in told.sensors),
    ]
    return f"<table class=facts>{''.join(f'<tr><th>{escape(name)}</th><td>{escape(said)}</td></tr>' for name, said in rows_)}</table>"


def _place(told: Incident) -> str:
    here = told.here
    if here is None:
        return "not known"
    if here.rough:
        return f"near {here.latitude_deg:.2f}, {here.longitude_deg:.2f}, to a kilometre: more of it is not public"
    high = "" if here.altitude_wgs84_m is None else f", {here.altitude_wgs84_m:.0f} m above WGS-84"
    sure = "" if here.sigma_m is None else f", ± {here.sigma_m:.0f} m"
    moving = ", on a vehicle" if told.moving else ""
    return f"{here.latitude_deg:.6f}, {here.longitude_deg:.6f}{high}{sure} ({here.source}{moving})"


def _files(told: Incident) -> str:
    heading = "<tr><th>File</th><th>Bytes</th><th>SHA-256</th></tr>"
    body = "".join(f"<tr><td>{escape(one.name)}</td><td>{one.size}</td><td class=hash>{escape(one.sha256)}</td></tr>" for one in told.files)
    return f"<table class=files>{heading}{body}</table><p class=small>{CHECK}</p>"


def _section(title: str, inner: str) -> str:
    return f"<section><h2>{title}</h2>{inner}</section>"
