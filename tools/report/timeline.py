"""Each object's time: in the air, in reach, under which track, and which sensors had it; faults are bands over all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tools.report.drawing import nice
from tools.report.look import colour
from tools.report.markup import Child, Markup, join, tag
from tools.score.budget import RECOVERS_S, SAYS_S
from tools.score.figures import Life, NodeScores, Recovery, Span

MOST_OBJECTS = 60
TICKS = 4
LEAST_PERCENT = 0.3


def timeline(scores: NodeScores, seconds: float) -> Markup:
    """Lanes that are as wide as the page is."""
    lives, faults = scores.lives, scores.recoveries
    struck = [_piece(Span(one.from_s, max(one.to_s, one.from_s)), seconds, "fault") for one in faults if not one.why_not]
    lanes: list[Child] = [_axis(seconds)]
    if faults:
        lanes.append(_lane(tag("b", "faults"), struck, "track tall", ", ".join(one.kind for one in faults)))
    for k, life in enumerate(lives[:MOST_OBJECTS]):
        lanes += _object(k, life, struck, seconds)
    if scores.false:
        made_up = [_piece(span, seconds, "false") for span in scores.false]
        lanes.append(_lane(tag("b", "false tracks"), [*made_up, *struck], "track tall", f"false tracks {_words(scores.false)}"))
    more = tag("p", f"and {len(lives) - MOST_OBJECTS} more", class_="dim") if len(lives) > MOST_OBJECTS else None
    key = "Tall: faint in the air, underlined in reach, full under a confirmed track, cut where its number changes. Below: who had it."
    return join([tag("div", lanes, style="display: grid; gap: .12rem"), more, tag("p", tag("small", key))])


def _object(number: int, life: Life, struck: Sequence[Child], seconds: float) -> Iterator[Markup]:
    pieces: list[Child] = [_piece(span, seconds, "flew") for span in life.flew]
    pieces += [_piece(span, seconds, "cut") for span in life.tracked]
    pieces += [_piece(span, seconds, "reach") for span in life.in_reach]
    words = f"{life.name}: tracked {_words(life.tracked)}"
    yield _lane(tag("b", life.name, tag("small", f" {life.kind}")), [*pieces, *struck], "track tall", words, colour(number))
    for name, spans in life.sensors.items():
        if spans:
            had: list[Child] = [_piece(span, seconds, "had") for span in spans]
            yield _lane(tag("span", name), [*had, *struck], "track", f"{name} had {life.name} {_words(spans)}", colour(number))


def _words(spans: Sequence[Span]) -> str:
    return ", ".join(f"{span.from_s:g} to {span.to_s:g} s" for span in spans) or "never"


def _lane(name: Markup, pieces: Sequence[Child], kind: str, words: str, style: str | None = None) -> Markup:
    return tag("div", name, tag("div", pieces, class_=kind, style=style, title=words), class_="lane")


def _piece(span: Span, seconds: float, kind: str) -> Markup:
    left, wide = 100 * span.from_s / seconds, 100 * (span.to_s - span.from_s) / seconds
    return tag("i", class_=kind, style=f"left:{max(left, 0):.2f}%;width:{max(wide, LEAST_PERCENT):.2f}%")


def _axis(seconds: float) -> Markup:
    step = nice(seconds / TICKS * 1.3)
    marks = [k * step for k in range(int(seconds / step + 1e-9) + 1)]
    ticks = [tag("span", f"{mark:g} s", style=f"left:{100 * mark / seconds:.2f}%") for mark in marks if mark <= seconds]
    return tag("div", tag("span"), tag("div", ticks, class_="axis"), class_="lane")


def recoveries(some: Sequence[Recovery]) -> Markup | None:
    """What each fault cost, and what the node said of it."""
    if not some:
        return None
    heads = [tag("th", name) for name in ("Fault", "When", "What it cost", "And then", "What the node said")]
    return tag("table", tag("thead", tag("tr", heads)), tag("tbody", map(_recovery, some)), class_="cards")


def _recovery(one: Recovery) -> Markup:
    if one.why_not:
        cells: list[Child] = [tag("td", f"could not strike: {one.why_not}", class_="wide dim", colspan=3)]
    else:
        lost = f"lost {', '.join(one.lost) or 'nothing'}"
        said = (
            [tag("b", f"said it after {one.said_s:.1f} s"), tag("small", one.words)]
            if one.said_s is not None
            else [tag("b", "said nothing of it", class_="missed")]
        )
        cells = [tag("td", lost), tag("td", _again(one)), tag("td", said, class_="wide")]
    late = one.again_s is None or one.again_s > RECOVERS_S
    slow = one.said_s is None or one.said_s > one.to_s - one.from_s + SAYS_S
    kind = None if one.why_not else "is-missed" if late else "is-unsure" if slow else None
    return tag(
        "tr",
        tag("td", f"{one.kind} of {one.target}"),
        tag("td", f"{one.from_s:g} to {one.to_s:g} s" if one.to_s > one.from_s else f"at {one.from_s:g} s"),
        cells,
        class_=kind,
    )


def _again(one: Recovery) -> Markup:
    if one.again_s is None:
        return tag("b", "not tracked again", class_="missed")
    words = "tracked all along" if not one.lost else f"tracked again {one.again_s:.1f} s after its end"
    return tag("b", words, class_="missed" if one.again_s > RECOVERS_S else "")
