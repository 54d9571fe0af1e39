"""Figures in tables: a node's budget, its sensors, ranges and what it took one thing for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from tools.bench.goal import Goal, number
from tools.report.markup import Child, Markup, join, tag
from tools.score.budget import Judged, goal_words, judged, value_words
from tools.score.catalogue import CATALOGUE
from tools.score.figures import Band, Confusion, Figure, NodeScores
from tools.score.intervals import Estimate, differ

WORDS = {"met": "met", "unsure": "unsure", "missed": "MISSED"}
PARTS = {"detection": "Detection", "tracking": "Tracking", "identification": "Identification"}
ROOM = 0.15


class Pair(Struct, frozen=True):
    """A node's scores beside those of the other run, if there is one."""

    mine: NodeScores
    other: NodeScores | None
    goals: Mapping[str, Goal]

    def before(self, figure: Figure) -> Estimate | None:
        """The other run's estimate of the same figure."""
        return self.other.figure(figure.name, figure.of) if self.other else None


def budget(pair: Pair) -> Markup:
    """All figures of a node but those of its sensors."""
    heads = [tag("th", name) for name in ("Figure", "Value and 95 % interval", "Bound", "Met", *(["Other run"] if pair.other else []))]
    tables: list[Child] = []
    for part, title in PARTS.items():
        rows = [_row(pair, figure) for figure in pair.mine.figures if figure.kind.part == part]
        if rows:
            tables += [tag("h3", title), tag("table", tag("thead", tag("tr", heads)), tag("tbody", rows), class_="cards")]
    return join(tables)


def _row(pair: Pair, figure: Figure) -> Markup:
    goal = pair.goals.get(figure.name)
    row = judged(pair.mine.node, figure, goal) if goal else None
    before = pair.before(figure)
    return tag(
        "tr",
        tag("td", figure.kind.title, tag("small", f"{figure.kind.term} · {samples(figure.estimate)}")),
        tag(
            "td",
            tag("b", value_words(figure, figure.estimate.value)),
            " ",
            tag("small", interval(figure)),
            bar(figure, goal),
            class_="wide",
        ),
        tag("td", goal_words(figure, goal) if goal else "no bound", class_="" if goal else "dim"),
        tag("td", state(row)),
        tag("td", tag("span", "other run: ", class_="phone dim"), change(figure, before), class_="wide") if before is not None else None,
        class_=f"is-{row.state}" if row else None,
    )


def state(row: Judged | None) -> Markup:
    """Whether a bound is met, in words and in colour."""
    return tag("span", WORDS[row.state], class_=f"state {row.state}") if row else tag("span", "told", class_="state free")


def interval(figure: Figure) -> str:
    """From where to where."""
    one, scale = figure.estimate, figure.kind.scale
    return "no interval" if one.low is None or one.high is None else f"{number(one.low * scale)} to {number(one.high * scale)}"


def samples(one: Estimate) -> str:
    """Of how many, and by what."""
    return f"{number(one.samples)} {_counted(one)}, {one.by}"


def _counted(one: Estimate) -> str:
    return "events" if one.by == "exact Poisson" else "samples"


def bar(figure: Figure, goal: Goal | None) -> Markup | None:
    """The interval and what is within the bound, side by side."""
    one = figure.estimate
    if goal is None or one.value is None or one.low is None or one.high is None:
        return None
    ends = [one.low, one.high, *(bound for bound in (goal.at_least, goal.at_most) if abs(bound) != float("inf"))]
    least, most = (0.0, 1.0) if figure.kind.unit == "%" else (min(0.0, *ends), max(ends))
    room = 0.0 if figure.kind.unit == "%" else (most - least) * ROOM or 1.0
    least, most = least - (room if least < 0 else 0.0), most + room

    def percent(value: float) -> float:
        return 100 * (min(max(value, least), most) - least) / (most - least)

    def piece(kind: str, low: float, high: float) -> Markup:
        return tag("i", class_=kind, style=f"left:{percent(low):.2f}%;width:{max(percent(high) - percent(low), 0):.2f}%")

    value = tag("i", class_="value", style=f"left:{percent(one.value):.2f}%")
    return tag(
        "span", piece("good", goal.at_least, goal.at_most), piece("interval", one.low, one.high), value, class_="bar", aria_hidden="true"
    )


def change(figure: Figure, before: Estimate) -> Markup:
    """The other run's value, and whether this one is better or worse by more than chance."""
    told = value_words(figure, before.value)
    if before.value is None or figure.estimate.value is None:
        return tag("span", "not in the other run", class_="dim")
    if not differ(figure.estimate, before):
        return tag("span", told, " ", tag("small", "no difference"))
    worse = is_worse(figure, figure.estimate.value, before.value)
    return tag("span", told, " ", tag("span", "▼ worse" if worse else "▲ better", class_=f"change {'worse' if worse else 'better'}"))


def is_worse(figure: Figure, now: float, before: float) -> bool:
    """Which way is worse."""
    kind = figure.kind
    if kind.better == "near":
        return abs(now - kind.ideal) > abs(before - kind.ideal)
    return now < before if kind.better == "more" else now > before


def sensors(pair: Pair) -> Markup | None:
    """A row for each figure, a column for each sensor."""
    some = [figure for figure in pair.mine.figures if figure.kind.part == "sensor"]
    if not some:
        return None
    names = list(dict.fromkeys(figure.of for figure in some))
    heads = [tag("th", "Figure"), *(tag("th", name) for name in names)]
    rows = []
    for name in (name for name in CATALOGUE if any(figure.name == name for figure in some)):
        mine = {figure.of: figure for figure in some if figure.name == name}
        cells = [_sensor_cell(pair, mine.get(sensor)) for sensor in names]
        rows.append(tag("tr", tag("td", CATALOGUE[name].title, tag("small", _bound(pair, next(iter(mine.values()))))), cells))
    return tag("div", tag("table", tag("thead", tag("tr", heads)), tag("tbody", rows)), class_="scroll")


def _bound(pair: Pair, figure: Figure) -> str:
    return goal_words(figure, pair.goals[figure.name]) if figure.name in pair.goals else "no bound"


def _sensor_cell(pair: Pair, figure: Figure | None) -> Markup:
    if figure is None:
        return tag("td", "–", class_="dim")
    goal, before = pair.goals.get(figure.name), pair.before(figure)
    row = judged(pair.mine.node, figure, goal) if goal else None
    bad = row is not None and row.state != "met"
    return tag(
        "td",
        tag("b", value_words(figure, figure.estimate.value), class_=row.state if row and bad else None),
        [" ", state(row)] if bad else None,
        tag("small", f"{interval(figure)}; {number(figure.estimate.samples)} {_counted(figure.estimate)}"),
        tag("small", "other run: ", change(figure, before)) if before is not None else None,
    )


def by_range(bands: Sequence[Band]) -> Markup | None:
    """By how far away drones were."""
    if not bands:
        return None
    columns = list(dict.fromkeys(figure.name for band in bands for figure in band.figures if figure.estimate.value is not None))
    titles = {figure.name: figure.kind.title for band in bands for figure in band.figures}
    heads = [tag("th", "Range"), *(tag("th", titles[name]) for name in columns)]
    rows = []
    for band in bands:
        far = f"{band.from_m:g} m on" if band.to_m is None else f"{band.from_m:g} to {band.to_m:g} m"
        mine = {figure.name: figure for figure in band.figures}
        rows.append(tag("tr", tag("td", tag("b", far)), [_range_cell(mine.get(name)) for name in columns]))
    return tag("div", tag("table", tag("thead", tag("tr", heads)), tag("tbody", rows)), class_="scroll")


def _range_cell(figure: Figure | None) -> Markup:
    if figure is None or figure.estimate.value is None:
        return tag("td", "–", class_="dim")
    return tag("td", tag("b", value_words(figure, figure.estimate.value)), tag("small", interval(figure)))


def confusion(rows: Sequence[Confusion]) -> Markup | None:
    """Seconds under a track by what an object is and what it was told to be."""
    labels = list(dict.fromkeys(label for row in rows for label in row.told))
    if not labels:
        return None
    heads = [tag("th", "It is"), *(tag("th", f"told {label}", class_="number") for label in labels)]
    lines = [tag("tr", tag("td", tag("b", row.true)), [_confused(row, label) for label in labels]) for row in rows if row.told]
    return tag("div", tag("table", tag("thead", tag("tr", heads)), tag("tbody", lines)), class_="scroll")


def _confused(row: Confusion, label: str) -> Markup:
    seconds, whole = row.told.get(label, 0.0), sum(row.told.values())
    share = seconds / whole
    good = "green" if label == row.true else "red"
    shade = "" if label == "unknown" else f"background: color-mix(in srgb, var(--{good}) {40 * share:.0f}%, transparent)"
    return tag("td", tag("span", f"{100 * share:.0f} %", class_="cell", style=shade), tag("small", f"{number(seconds)} s"), class_="number")
