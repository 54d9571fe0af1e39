"""One event of Cursor on Target 2.0, before it is XML or protobuf."""

from __future__ import annotations

from html import escape

from msgspec import Struct

from edge_node.interop.readings import Position, text

UNKNOWN_M = 9_999_999.0
"""An altitude or error that nobody knows."""
PERIODS, LEAST_STALE_S = 3, 3.0
"""An event is stale when so many of its kind in a row failed to come, but a link that stutters wipes no map."""


class Event(Struct, frozen=True, kw_only=True):
    """`detail` holds further elements, XML already; times are UTC, `start_ns` is when the state held, `position` has 1-sigma errors."""

    uid: str
    type: str
    how: str
    time_ns: int
    start_ns: int
    stale_ns: int
    position: Position
    callsign: str
    speed_mps: float | None = None
    course_deg: float | None = None
    detail: str = ""


def stale_ns(start_ns: int, rate_hz: float) -> int:
    """When an event that is said so often is out of date."""
    return start_ns + round(max(PERIODS / rate_hz, LEAST_STALE_S) * 1e9)


def element(name: str, **attributes: float | str | None) -> str:
    """An empty element, without the attributes that are None."""
    said = "".join(f' {key}="{_value(value)}"' for key, value in attributes.items() if value is not None)
    return f"<{name}{said}/>"


def remarks(*lines: str) -> str:
    """Words for a person."""
    said = "; ".join(line for line in lines if line)
    return f"<remarks>{escape(text(said, 1000))}</remarks>" if said else ""


def _value(value: float | str) -> str:
    """A number has eight decimals at most and no exponent: XML Schema's decimal, which places and errors are, has none."""
    if isinstance(value, str):
        return escape(text(value, 200))
    said = f"{value:.8f}".rstrip("0").rstrip(".")
    return "0" if said == "-0" else said
