"""What may be typed for a name, a place and an angle; each raises WrongAnswerError that says what is right."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isfinite
from typing import NamedTuple

from edge_node.field.setup.terminal import UNREADABLE, WrongAnswerError

LATER = "later"
MOST_NAME = 32
_DEGREES = re.compile(r"^\s*([-+]?\d+(?:[.,]\d+)?)\s*(?:deg|\N{DEGREE SIGN})?\s*([NSEW]?)\s*$", re.IGNORECASE)


class Coordinates(NamedTuple):
    """WGS-84; the height is above the ellipsoid, None where nobody knows it."""

    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float | None = None


def name(said: str) -> str:
    """A node's name."""
    if not 1 <= len(said) <= MOST_NAME or UNREADABLE in said or not said.isprintable():
        raise WrongAnswerError(f"a name has 1 to {MOST_NAME} letters, digits or signs")
    return said


def angle(lowest: float, highest: float) -> Callable[[str], float | None]:
    """What takes degrees within bounds, or "later", which is None."""

    def take(said: str) -> float | None:
        if said.casefold() == LATER:
            return None
        degrees = number(said, f"type degrees from {lowest:g} to {highest:g}, or {LATER}")
        if not lowest <= degrees <= highest:
            raise WrongAnswerError(f"degrees go from {lowest:g} to {highest:g}")
        return degrees

    return take


def coordinates(said: str) -> Coordinates:
    """Latitude, longitude and perhaps a height, as maps on telephones give them: 56.9496, 24.1052 or 56.9496N 24.1052E 31."""
    said = re.sub(r"\s*m$", "", said)
    parts = said.split(",") if said.count(",") in (1, 2) and "." in said else said.replace(", ", " ").split()
    if len(parts) not in (2, 3):
        raise WrongAnswerError("type latitude and longitude in degrees, such as 56.9496, 24.1052")
    height_m = number(parts[2], "the height is a number of metres") if len(parts) == 3 else None
    return Coordinates(_degrees(parts[0], 90, "NS"), _degrees(parts[1], 180, "EW"), height_m)


def _degrees(said: str, most: float, letters: str) -> float:
    found = _DEGREES.match(said)
    if found is None or (found[2] and found[2].upper() not in letters):
        raise WrongAnswerError(f"{said.strip()!r} is no angle: type degrees and decimals, such as 56.9496")
    degrees = float(found[1].replace(",", ".")) * (-1 if found[2].upper() == letters[1] else 1)
    if abs(degrees) > most:
        raise WrongAnswerError(f"{degrees:g} is more than {most:g} degrees: latitude comes first")
    return degrees


def number(said: str, wrong: str) -> float:
    """A finite number, with a point or a comma."""
    try:
        found = float(said.strip().replace(",", "."))
    except ValueError:
        raise WrongAnswerError(wrong) from None
    if not isfinite(found):
        raise WrongAnswerError(wrong)
    return found
