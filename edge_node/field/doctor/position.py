"""Where the node is: as node.toml has it, as its receiver says, and whether both agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edge_node.config import NodeTable
from edge_node.field.doctor.grades import finding
from edge_node.field.doctor.tried import Fixed
from edge_node.geometry import distance_m
from edge_node.messages import Finding, Grade

FAR_M = 100.0
"""More than a receiver is wrong, and enough to spoil every bearing's crossing."""
NOWHERE_DEG = 0.01
FEW_SATELLITES = 6
LATE_S, VERY_LATE_S = 0.5, 2.0


def of_node(node: NodeTable, fixes: Sequence[Fixed], has_gnss: bool) -> tuple[Finding, ...]:
    """One line or more; `fixes` are what receivers said that were tried."""
    return tuple(_placed(node, fixes, has_gnss))


def _placed(node: NodeTable, fixes: Sequence[Fixed], has_gnss: bool) -> Iterator[Finding]:
    fix = next((one for one in fixes if one.has_fix), None)
    if node.latitude_deg is not None and node.longitude_deg is not None:
        yield from _fixed(node.latitude_deg, node.longitude_deg, fix)
    elif not has_gnss:
        touch = "write node.latitude_deg and node.longitude_deg, or add a GNSS receiver"
        yield finding("position", "position_unknown", "fail", "nobody says where the node is", touch)
    elif fix is None or fix.latitude_deg is None or fix.longitude_deg is None:
        yield finding(
            "position",
            "no_fix",
            "fail",
            f"the GNSS receiver has no fix{_seen(fixes)}",
            "give its antenna a view of the sky, and wait a minute",
        )
    elif _is_nowhere(fix.latitude_deg, fix.longitude_deg):
        yield finding("position", "position_is_zero", "fail", "the GNSS receiver says 0, 0", "power the receiver off and on")
    else:
        yield from _by_fix(fix, fix.latitude_deg, fix.longitude_deg)


def _fixed(latitude_deg: float, longitude_deg: float, fix: Fixed | None) -> Iterator[Finding]:
    where = place_words(latitude_deg, longitude_deg)
    if _is_nowhere(latitude_deg, longitude_deg):
        yield finding("position", "position_is_zero", "fail", f"node.toml has the node at {where}", "write where it stands into node.toml")
        return
    if fix is not None and fix.latitude_deg is not None and fix.longitude_deg is not None:
        apart_m = distance_m(latitude_deg, longitude_deg, fix.latitude_deg, fix.longitude_deg)
        if apart_m > FAR_M:
            said = f"node.toml has the node at {where}, and its receiver is {apart_m / 1000:.1f} km from there"
            touch = f"write {place_words(fix.latitude_deg, fix.longitude_deg)} into node.toml, if that is where it stands"
            yield finding("position", "position_differs", "fail", said, touch)
            return
    yield finding("position", "position_ok", "ok", f"{where} (fixed in node.toml)")


def _by_fix(fix: Fixed, latitude_deg: float, longitude_deg: float) -> Iterator[Finding]:
    by = "" if fix.satellites is None else f", {fix.satellites} satellites"
    good = "" if fix.sigma_horizontal_m is None else f", within {fix.sigma_horizontal_m:.0f} m"
    said = f"{place_words(latitude_deg, longitude_deg)} by GNSS{by}{good}"
    if fix.satellites is not None and fix.satellites < FEW_SATELLITES:
        yield finding("position", "few_satellites", "warn", said, "give its antenna more of the sky")
    else:
        yield finding("position", "position_ok", "ok", said)


def of_receiver(about: str, fix: Fixed) -> tuple[Finding, ...]:
    """What is wrong with one receiver: no fix, no pulse, another time than the computer's."""
    return tuple(_received(about, fix))


def _received(about: str, fix: Fixed) -> Iterator[Finding]:
    if not fix.has_fix:
        yield finding(about, "no_fix", "warn", f"no fix{_seen((fix,))}", "give its antenna a view of the sky, and wait a minute")
    if fix.has_pulse is False:
        yield finding(
            about, "no_pulse", "warn", "its pulse (PPS) is not there", "wire its PPS to the pin that pps-gpio watches; it comes with a fix"
        )
    if fix.utc_ahead_s is not None and abs(fix.utc_ahead_s) > LATE_S:
        grade: Grade = "fail" if abs(fix.utc_ahead_s) > VERY_LATE_S else "warn"
        said = f"the computer's clock is {abs(fix.utc_ahead_s):.1f} s {'ahead of' if fix.utc_ahead_s > 0 else 'behind'} GNSS"
        yield finding("time", "clock_differs", grade, said, "let chrony keep it (chronyc makestep), or set it: timedatectl set-time")


def _seen(fixes: Sequence[Fixed]) -> str:
    seen = next((one.satellites for one in fixes if one.satellites is not None), None)
    return "" if seen is None else f" ({seen} satellites)"


def place_words(latitude_deg: float, longitude_deg: float) -> str:
    """Such as "48.13712 N, 11.57539 E", to about a metre."""
    north, east = "S" if latitude_deg < 0 else "N", "W" if longitude_deg < 0 else "E"
    return f"{abs(latitude_deg):.5f} {north}, {abs(longitude_deg):.5f} {east}"


def _is_nowhere(latitude_deg: float, longitude_deg: float) -> bool:
    return abs(latitude_deg) < NOWHERE_DEG and abs(longitude_deg) < NOWHERE_DEG
