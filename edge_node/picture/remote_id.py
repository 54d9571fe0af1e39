"""A recording of Remote ID on one page: where aircraft and operators claim to be, how loud they were, what was flagged."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import TYPE_CHECKING, Any

from drivers.blocks import Block
from edge_node.geometry import LocalFrame, distance_m
from edge_node.messages import Detection, RemoteIdDetection
from edge_node.picture.page import MOST_NAMED, OTHERS_COLOUR, Thinned, colours_of, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_AIRCRAFT = 2_000
MOST_FLAGS = 14
FAR_M = 100_000.0
LEAST_SPAN_M = 30.0
Place = tuple[float, float]


class Aircraft:
    """All that is drawn of one aircraft."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.frames = 0
        self.places, self.levels, self.flags = Thinned(), Thinned(), Thinned()
        self.operator: Place | None = None


class RemoteIdPage:
    """Detections in, one picture out."""

    def __init__(self) -> None:
        self._of: dict[str, Aircraft] = {}
        self._aircraft: dict[str, Aircraft] = {}
        self.left_out = 0

    def see(self, block: Block) -> None:
        """Frames are not drawn, but what is in them."""

    def take(self, said: Detection, t_s: float) -> None:
        """Note one detection, `t_s` after the recording's start."""
        if isinstance(said, RemoteIdDetection):
            self._take(said, t_s)

    def _take(self, said: RemoteIdDetection, t_s: float) -> None:
        aircraft = self._whose(said)
        if aircraft is None:
            self.left_out += 1
            return
        aircraft.frames += 1
        if said.latitude_deg is not None and said.longitude_deg is not None:
            aircraft.places.add(t_s, (said.latitude_deg, said.longitude_deg))
        if said.rssi_dbm is not None:
            aircraft.levels.add(t_s, said.rssi_dbm)
        for name in said.flags:
            aircraft.flags.add(t_s, name)
        if said.operator_latitude_deg is not None and said.operator_longitude_deg is not None:
            aircraft.operator = said.operator_latitude_deg, said.operator_longitude_deg

    def _whose(self, said: RemoteIdDetection) -> Aircraft | None:
        """By its first id, else by its transmitter; who is heard before it is named keeps what was heard."""
        known = self._of.get(said.transmitter)
        if not said.ids:
            return known or self._new(said.transmitter, said.transmitter)
        name = said.ids[0].value
        named = self._aircraft.get(name)
        if named is None and known is not None and known.name == said.transmitter:
            del self._aircraft[known.name]
            known.name, self._aircraft[name] = name, known
            named = known
        named = named or self._new(name, said.transmitter)
        if named is not None:
            self._of[said.transmitter] = named
        return named

    def _new(self, name: str, transmitter: str) -> Aircraft | None:
        if len(self._of) >= MOST_AIRCRAFT or len(self._aircraft) >= MOST_AIRCRAFT:
            return None
        aircraft = self._aircraft[name] = self._of[transmitter] = Aircraft(name)
        return aircraft

    def draw(self, title: str) -> Figure:
        """The page, with no screen."""
        return _draw(sorted(self._aircraft.values(), key=lambda one: -one.frames), title, self.left_out)


def _draw(aircraft: list[Aircraft], title: str, left_out: int) -> Figure:
    from matplotlib.figure import Figure as Page  # noqa: PLC0415

    page = Page(figsize=(15, 9.5), layout="constrained")
    grid = page.add_gridspec(2, 2, width_ratios=(1.25, 1), height_ratios=(1.15, 1))
    colours = colours_of(len(aircraft))
    _draw_map(page.add_subplot(grid[:, 0]), aircraft, colours)
    levels = page.add_subplot(grid[0, 1])
    _draw_levels(levels, aircraft, colours)
    _draw_flags(page.add_subplot(grid[1, 1], sharex=levels), aircraft, colours)
    frames = sum(one.frames for one in aircraft) + left_out
    page.suptitle(f"{title}: {frames} frames with Remote ID, {len(aircraft)} claimed aircraft", fontsize=14, fontweight="bold")
    _legend(page, aircraft, colours)
    return page


def _legend(page: Figure, aircraft: list[Aircraft], colours: list[Any]) -> None:
    from matplotlib.lines import Line2D  # noqa: PLC0415

    named = aircraft[:MOST_NAMED]
    handles = [
        Line2D([], [], color=colour, marker="o", label=f"{number}  {one.name} ({one.frames})")
        for number, (one, colour) in enumerate(zip(named, colours, strict=False), 1)
    ]
    if len(aircraft) > MOST_NAMED:
        handles.append(Line2D([], [], color=OTHERS_COLOUR, marker="o", label=f"and {len(aircraft) - MOST_NAMED} more"))
    handles.append(Line2D([], [], color="0.2", marker="^", linestyle="", label="operator, as claimed"))
    page.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 5), fontsize=9, frameon=False)


def _draw_map(axes: Axes, aircraft: list[Aircraft], colours: list[Any]) -> None:
    """Metres east and north about the middle of all claims; the node's own place is in no recording."""
    axes.set_title("Where they claim to be", loc="left")
    places = [place for one in aircraft for _, place in one.places.points]
    if not places:
        say(axes, "no position was claimed")
        axes.set_axis_off()
        return
    middle = LocalFrame(median(latitude for latitude, _ in places), median(longitude for _, longitude in places))
    reach_m = _reach_m(middle, places)
    lines = [[_metres(middle, place) for _, place in one.places.points if _away_m(middle, place) <= reach_m] for one in aircraft]
    operators = [one.operator if one.operator and _away_m(middle, one.operator) <= reach_m else None for one in aircraft]
    for number, (line, operator, colour) in reversed(list(enumerate(zip(lines, operators, colours, strict=True), 1))):
        if line:
            _draw_track(axes, line, number if number <= MOST_NAMED else None, colour)
        if operator:
            axes.plot(*_metres(middle, operator), marker="^", color=colour, markeredgecolor="0.2", markersize=9, linestyle="", zorder=3)
    far = len(places) - sum(map(len, lines))
    _frame(axes, [*(point for line in lines for point in line), *(_metres(middle, place) for place in operators if place)])
    axes.set_xlabel(f"metres east of {middle.longitude_deg:.5f}")
    axes.set_ylabel(f"metres north of {middle.latitude_deg:.5f}")
    left = f"\nnot drawn, more than {reach_m / 1000:.3g} km away: {far}" if far else ""
    axes.text(0.015, 0.012, f"the node's place is not in a recording{left}", transform=axes.transAxes, fontsize=9, color="0.35")


def _draw_track(axes: Axes, line: list[Place], number: int | None, colour: Any) -> None:
    east, north = zip(*line, strict=True)
    axes.plot(east, north, color=colour, linewidth=1.2, marker=".", markersize=2.5, alpha=0.85)
    axes.plot(east[0], north[0], marker="o", markerfacecolor="white", color=colour, markersize=5)
    axes.plot(east[-1], north[-1], marker="o", color=colour, markeredgecolor="white", markersize=9)
    if number is not None:
        style = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.7}
        axes.annotate(
            str(number),
            (east[-1], north[-1]),
            (6, 6),
            textcoords="offset points",
            fontsize=9,
            fontweight="bold",
            color=colour,
            bbox=style,
            zorder=5,
        )


def _reach_m(middle: LocalFrame, places: list[Place]) -> float:
    """How far a claim may be and still be drawn: one claim beyond the horizon must not shrink all others to a dot."""
    away_m = sorted(_away_m(middle, place) for place in places)
    return min(FAR_M, max(5_000.0, 4 * away_m[int(0.95 * (len(away_m) - 1))]))


def _away_m(middle: LocalFrame, place: Place) -> float:
    return distance_m(middle.latitude_deg, middle.longitude_deg, *place)


def _metres(middle: LocalFrame, place: Place) -> Place:
    east, north, _ = middle.to_enu(*place, 0.0)
    return east, north


def _frame(axes: Axes, points: list[Place]) -> None:
    """A square about all points with a scale and an arrow to the north."""
    if not points:
        return
    (east, north) = zip(*points, strict=True)
    span = max(max(east) - min(east), max(north) - min(north), LEAST_SPAN_M) * 1.15
    x, y = (max(east) + min(east)) / 2, (max(north) + min(north)) / 2
    axes.set(xlim=(x - span / 2, x + span / 2), ylim=(y - span / 2, y + span / 2), aspect="equal")
    axes.grid(color="0.92")
    axes.set_axisbelow(True)
    length = _round_length(span / 5)
    right, top = x + 0.46 * span, y + 0.45 * span
    axes.plot([right - length, right], [top, top], color="0.2", linewidth=3, solid_capstyle="butt")
    words = f"{length:g} m" if length < 1000 else f"{length / 1000:g} km"
    axes.text(right - length / 2, top - 0.012 * span, words, ha="center", va="top", fontsize=10)
    arrow = {"arrowstyle": "-|>", "color": "0.2", "linewidth": 2}
    axes.annotate("", (x - 0.45 * span, top + 0.02 * span), (x - 0.45 * span, top - 0.06 * span), arrowprops=arrow)
    axes.text(x - 0.45 * span, top + 0.022 * span, "N", ha="center", va="bottom", fontsize=11, fontweight="bold")


def _round_length(most_m: float) -> float:
    """1, 2 or 5 times a power of ten, the largest that is not above."""
    power = 10.0 ** (len(str(int(most_m))) - 1)
    return max(step * power for step in (1, 2, 5) if step * power <= max(most_m, power))


def _draw_levels(axes: Axes, aircraft: list[Aircraft], colours: list[Any]) -> None:
    axes.set_title("How loud they were heard", loc="left")
    axes.set_ylabel("RSSI, dBm")
    axes.grid(color="0.92")
    heard = False
    for one, colour in reversed(list(zip(aircraft, colours, strict=True))):
        if one.levels.points:
            heard = True
            axes.plot(*zip(*one.levels.points, strict=True), marker=".", markersize=3, linestyle="", color=colour, alpha=0.7)
    if not heard:
        say(axes, "the recording has no signal strength")


def _draw_flags(axes: Axes, aircraft: list[Aircraft], colours: list[Any]) -> None:
    """A row a flag, the most frequent at the top."""
    axes.set_title("What was flagged", loc="left")
    axes.set_xlabel("seconds from the start of the recording")
    counts = Counter(name for one in aircraft for _, name in one.flags.points)
    names = [name for name, _ in counts.most_common(MOST_FLAGS)]
    rows = {name: len(names) - 1 - k for k, name in enumerate(names)}
    flagged = [(one, colour) for one, colour in zip(aircraft, colours, strict=True) if one.flags.points]
    for number, (one, colour) in enumerate(flagged):
        shift = 0.5 * (number / (len(flagged) - 1) - 0.5) if len(flagged) > 1 else 0.0
        points = [(t_s, rows[name] - shift) for t_s, name in one.flags.points if name in rows]
        if points:
            axes.plot(*zip(*points, strict=True), marker="|", markersize=8, linestyle="", color=colour)
    axes.set_yticks(list(rows.values()), [name.replace("_", " ") for name in rows])
    axes.set_ylim(-0.7, max(len(names), 1) - 0.3)
    axes.grid(axis="x", color="0.92")
    if not names:
        say(axes, "nothing")
    elif len(counts) > len(names):
        axes.text(0.99, 0.01, f"and {len(counts) - len(names)} more kinds", transform=axes.transAxes, ha="right", fontsize=9, color="0.35")
