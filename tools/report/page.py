"""The page of a trial: one file that needs nothing but itself."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from os import cpu_count

from tools.bench.goal import number
from tools.report.lines import legend, told_ways, true_ways
from tools.report.look import STYLE
from tools.report.mapping import chart, sky
from tools.report.markup import Child, Markup, join, tag
from tools.report.over_time import azimuths, ranges
from tools.report.tables import Pair, budget, by_range, confusion, sensors
from tools.report.timeline import recoveries, timeline
from tools.score.budget import Verdict, bounds
from tools.score.figures import NodeScores, Scores
from tools.score.scoring import Node, Trial

MOST_REASONS = 15
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
ENDS = (
    "Intervals are of 95 %. Shares: Wilson, of looks that are 5 s apart, for what is told now says something of what is told soon after.",
    "Rates: exact Poisson. Means, RMS and percentiles: a moving-block bootstrap of blocks of 5 s. Delays and biases: least squares, with",
    "errors that may belong together within 5 s. A bound is missed where the whole interval is out of it, unsure where the value alone is.",
)


def page(trial: Trial, scores: Scores, judged: Verdict, other: Scores | None) -> str:
    """All of it."""
    title = f"{judged.colour}: trial of {trial.head.scene}"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Markup(STYLE)),
    )
    nodes = [_node(trial, node, one, _same(one, other)) for node, one in zip(trial.nodes, scores.nodes, strict=True)]
    body = tag("body", _top(trial, judged, other), tag("main", nodes, _spent(trial), tag("footer", tag("p", Markup(" ".join(ENDS))))))
    return f'<!doctype html>\n<html lang="en">{head}{body}</html>\n'


def _same(one: NodeScores, other: Scores | None) -> NodeScores | None:
    return next((node for node in other.nodes if node.node == one.node), None) if other else None


def _top(trial: Trial, judged: Verdict, other: Scores | None) -> Markup:
    head = trial.head
    begun = datetime.fromtimestamp(head.begun_utc_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    facts = {
        "Scene": head.scene,
        "Seed": str(head.seed),
        "Length": f"{head.seconds:g} s",
        "Played": head.mode,
        "edge_node": head.version,
        "Begun": begun,
        "Nodes": ", ".join(node.name for node in head.nodes),
        "Scored on": f"{platform.machine()}, {cpu_count()} cores",
    }
    if other:
        facts["Beside"] = f"{other.head.scene}, seed {other.head.seed}, {other.head.mode}, edge_node {other.head.version}"
    return tag(
        "header",
        tag("h1", f"Trial of {head.scene}"),
        tag("div", tag("b", judged.colour), _why(judged), class_=f"verdict {judged.colour}"),
        tag("dl", [tag("div", tag("dt", name), tag("dd", value)) for name, value in facts.items()]),
        tag("ul", [tag("li", note) for note in head.notes], class_="notes") if head.notes else None,
    )


def _why(judged: Verdict) -> Markup:
    """All that is missed and may be, or that nothing is."""
    if not judged.missed and not judged.unsure:
        return tag("p", judged.sentence)
    reasons = [(why, "missed") for why in judged.missed] + [(why, "unsure") for why in judged.unsure]
    more = tag("li", f"and {len(reasons) - MOST_REASONS} more, below") if len(reasons) > MOST_REASONS else None
    head = f"{len(judged.missed)} missed, {len(judged.unsure)} unsure, of {len(judged.rows)} bounds and what faults must not do"
    return join([tag("p", head), tag("ul", [tag("li", why, class_=kind) for why, kind in reasons[:MOST_REASONS]], more)])


def _node(trial: Trial, node: Node, scores: NodeScores, other: NodeScores | None) -> Markup:
    pair = Pair(scores, other, bounds(trial.head.scene))
    return tag(
        "section",
        tag("h2", "What C2 follows with all nodes" if node.name not in {one.name for one in trial.head.nodes} else f"Node {node.name}"),
        tag("p", f"Drones that must be told of, wherever a sensor looks: {scores.reach}.", class_="dim"),
        budget(pair),
        _titled("By sensor", sensors(pair)),
        _titled("By range", by_range(scores.bands)),
        _titled("What flew and what was told", join(_pictures(trial, node, scores))),
        _titled("When", timeline(scores, max(trial.head.seconds, 1.0))),
        _titled("Faults", recoveries(scores.recoveries)),
        _titled("What it was taken for", confusion(scores.confusion)),
    )


def _titled(title: str, child: Child) -> Markup | None:
    return join([tag("h3", title), child]) if child else None


def _pictures(trial: Trial, node: Node, scores: NodeScores) -> Iterator[Markup]:
    case = node.case
    true, told = true_ways(case), told_ways(case)
    stands = []
    for one in trial.head.nodes:
        east, north, _ = case.truth.frame.to_enu(one.latitude_deg, one.longitude_deg, one.altitude_wgs84_m)
        stands.append((one.name, east, north))
    bands = [(one.from_s, one.to_s) for one in scores.recoveries if not one.why_not]
    yield legend(case)
    yield tag(
        "div",
        tag("figure", tag("figcaption", "Map"), chart(case.truth, true, told, stands)),
        tag("figure", tag("figcaption", "Sky"), sky(case.truth, true, told)),
        tag("figure", tag("figcaption", "Azimuth over time"), azimuths(case.truth, true, told, trial.head.seconds, bands)),
        tag("figure", tag("figcaption", "Range over time"), ranges(case.truth, true, told, trial.head.seconds, bands)),
        class_="plots",
    )


def _spent(trial: Trial) -> Markup | None:
    if not trial.head.spent:
        return None
    heads = [tag("th", "Process"), tag("th", "Share of a core", class_="number"), tag("th", "Memory at most", class_="number")]
    rows = [
        tag(
            "tr",
            tag("td", f"{one.node} {one.process}"),
            tag("td", f"{number(100 * one.cpu)} %", class_="number"),
            tag("td", f"{number(one.pss_mib)} MiB", class_="number"),
        )
        for one in trial.head.spent
    ]
    return tag("section", tag("h2", "What it took"), tag("table", tag("thead", tag("tr", heads)), tag("tbody", rows)))
