"""UAS geographical zones as states publish them: ED-269 (JSON) and ED-318 (GeoJSON). What is not understood is counted and named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from math import isfinite
from typing import Any

import msgspec
from msgspec import Struct

from edge_node.remote_id.areas import Area, Layer, Reference, circle, polygon
from edge_node.remote_id.zones import EVERY_DAY, Daily, Period, Restriction, Volume, Zone

MOST_ZONES = 50_000
MOST_NAMED = 20
LONGEST_NAME = 48

RESTRICTIONS: dict[str, Restriction] = {
    "PROHIBITED": "prohibited",
    "REQ_AUTHORISATION": "authorisation_required",
    "REQ_AUTHORIZATION": "authorisation_required",
    "CONDITIONAL": "conditional",
}
# A U-space airspace asks for services, and restricts nobody who uses them.
UNRESTRICTED = ("NO_RESTRICTION", "USPACE")
REFERENCES: dict[str, Reference] = {"AGL": "AGL", "AMSL": "AMSL", "WGS84": "WGS84"}
METRES = {"M": 1.0, "FT": 0.3048}
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")

# What comes of walking through members of other types than the standards have.
MISREAD = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)


class ZoneFileError(ValueError):
    """A file holds no zones at all; the text says why."""


class ZoneFile(Struct, frozen=True):
    """What one file holds: its restricted zones, how many there were of any kind, and what was not understood of how many."""

    zones: tuple[Zone, ...]
    total: int
    unclear: int
    problems: tuple[str, ...]


def read(data: bytes) -> ZoneFile:
    """Read one file of either format; raises ZoneFileError where it is neither."""
    try:
        whole = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ZoneFileError(f"no JSON: {str(error)[:100]}") from error
    features = whole.get("features") if isinstance(whole, dict) else whole
    if not isinstance(features, list):
        raise ZoneFileError("neither ED-269 nor ED-318: it has no list of features")
    if len(features) > MOST_ZONES:
        raise ZoneFileError(f"{len(features)} zones, more than {MOST_ZONES}")
    readers = [_Feature(feature, number) for number, feature in enumerate(features)]
    zones = tuple(zone for reader in readers if (zone := reader.zone()))
    named = [f"{reader.name}: {'; '.join(reader.unclear)}" for reader in readers if reader.unclear]
    return ZoneFile(zones, len(features), len(named), tuple(named[:MOST_NAMED]))


class _Feature:
    """One zone of a file; `unclear` grows with what is not understood."""

    def __init__(self, feature: Any, number: int) -> None:
        self.unclear: list[str] = []
        self._geometry = _member(feature, "geometry")
        inner = _member(feature, "properties")
        self._said = inner if isinstance(inner, dict) else feature
        self._identifier = _text(_member(self._said, "identifier")) or f"zone {number + 1}"
        self.name = _text(_member(self._said, "name")) or self._identifier

    def zone(self) -> Zone | None:
        """The zone; None for one that restricts nobody, or of which nothing can be used."""
        word = _member(self._said, "restriction") or _member(self._said, "type")
        if word in UNRESTRICTED:
            return None
        if not isinstance(word, str) or word not in RESTRICTIONS:
            self.unclear.append(f"restriction {_short(word)}, so it is left out")
            return None
        volumes = tuple(self._volumes())
        periods = self._periods(_member(self._said, "applicability") or _member(self._said, "limitedApplicability") or [])
        if not volumes:
            self.unclear.append("no area that can be used, so it is left out")
            return None
        return Zone(self._identifier, self.name, RESTRICTIONS[word], volumes, periods, clear=not self.unclear)

    def _volumes(self) -> Iterator[Volume]:
        parts = self._geometry if isinstance(self._geometry, list) else _member(self._geometry, "geometries") or [self._geometry]
        for part in parts if isinstance(parts, list) else []:
            read_part = self._ed269 if isinstance(_member(part, "horizontalProjection"), dict) else self._ed318
            try:
                yield from read_part(part)
            except MISREAD as error:
                self.unclear.append(f"an area ({str(error)[:60]}), so that part is left out")

    def _ed269(self, part: dict[str, Any]) -> Iterator[Volume]:
        projection, metres = part["horizontalProjection"], METRES.get(str(part.get("uomDimensions")).upper())
        limits = [(part.get(f"{end}Limit"), part.get(f"{end}VerticalReference")) for end in ("lower", "upper")]
        if projection.get("type") == "Circle":
            if metres is None:
                raise ValueError(f"a radius in {_short(part.get('uomDimensions'))}")
            area: Area = circle(*_place(projection["center"]), _number(projection["radius"]) * metres)
        elif projection.get("type") == "Polygon":
            area = polygon([[_place(point) for point in ring] for ring in projection["coordinates"]])
        else:
            raise ValueError(f"type {_short(projection.get('type'))}")
        yield Volume(area, self._layer(limits, metres))

    def _ed318(self, part: dict[str, Any]) -> Iterator[Volume]:
        said = part.get("layer") or {}
        metres = METRES.get(str(said.get("uom")).upper())
        layer = self._layer([(said.get(end), said.get(f"{end}Reference")) for end in ("lower", "upper")], metres)
        kind, coordinates = part.get("type"), part["coordinates"]
        if kind == "Point" and part["extent"]["subType"] == "Circle":
            yield Volume(circle(*_place(coordinates), _number(part["extent"]["radius"])), layer)
        elif kind in ("Polygon", "MultiPolygon"):
            for rings in [coordinates] if kind == "Polygon" else coordinates:
                yield Volume(polygon([[_place(point) for point in ring] for ring in rings]), layer)
        else:
            raise ValueError(f"type {_short(kind)}")

    def _layer(self, limits: list[tuple[Any, Any]], metres: float | None) -> Layer:
        """The two limits; one that is not understood is none, so that the zone is taken higher or deeper rather than smaller."""
        (lower_m, lower), (upper_m, upper) = (self._limit(value, reference, metres) for value, reference in limits)
        return Layer(lower_m, lower, upper_m, upper)

    def _limit(self, value: Any, reference: Any, metres: float | None) -> tuple[float | None, Reference]:
        if value is None:
            return None, "AGL"
        known = REFERENCES.get(reference) if isinstance(reference, str) else None
        if metres is None or known is None or not _is_number(value):
            self.unclear.append(f"limit {_short(value)} above {_short(reference)}, taken as none")
            return None, "AGL"
        return value * metres, known

    def _periods(self, said: Any) -> tuple[Period, ...] | None:
        """When it applies; always where that is not understood."""
        if not said or (isinstance(said, list) and any(_member(one, "permanent") == "YES" for one in said)):
            return None
        try:
            if not isinstance(said, list):
                raise TypeError(f"{_short(said)} is no list of periods")
            return tuple(_period(one) for one in said)
        except MISREAD as error:
            self.unclear.append(f"its times ({str(error)[:60]}), taken as always")
            return None


def _period(said: dict[str, Any]) -> Period:
    begins, ends = (_moment(said.get(name)) for name in ("startDateTime", "endDateTime"))
    return Period(begins, ends, tuple(_daily(one) for one in said.get("schedule") or ()))


def _moment(said: Any) -> float | None:
    """Seconds since 1970; raises ValueError for a time without its offset from UTC."""
    if said is None:
        return None
    told = datetime.fromisoformat(said)
    if told.tzinfo is None:
        raise ValueError(f"{said} does not say its offset from UTC")
    return told.timestamp()


def _daily(said: dict[str, Any]) -> Daily:
    for event in ("startEvent", "endEvent"):
        if said.get(event) is not None:
            raise ValueError(f"{event} {_short(said[event])}")
    words = said.get("day") or ["ANY"]
    words = [words] if isinstance(words, str) else words
    days = EVERY_DAY if "ANY" in words else frozenset(DAYS.index(word) for word in words)
    times = [_time(said[name]) for name in ("startTime", "endTime") if said.get(name) is not None]
    offsets = {offset_s for _, offset_s in times} or {0}
    if len(offsets) > 1:
        raise ValueError("a day that begins and ends by two clocks")
    begins, ends = (_time(said[name])[0] if said.get(name) is not None else 0 for name in ("startTime", "endTime"))
    return Daily(days, begins, ends, offsets.pop())


def _time(said: Any) -> tuple[int, int]:
    """Seconds of the day, and how far that clock is ahead of UTC."""
    told = time.fromisoformat(said)
    offset = told.utcoffset()
    if offset is None:
        raise ValueError(f"{said} does not say its offset from UTC")
    return told.hour * 3600 + told.minute * 60 + told.second, int(offset.total_seconds())


def _place(point: Any) -> tuple[float, float]:
    """Latitude and longitude of a GeoJSON position, which has them the other way round."""
    return _number(point[1]), _number(point[0])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _number(value: Any) -> float:
    if not _is_number(value):
        raise ValueError(f"{_short(value)} is no number")
    return float(value)


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _text(value: Any) -> str:
    """A name, or the first of several languages (ED-318), short and printable."""
    first = value[0] if isinstance(value, list) and value else value
    told = _member(first, "text") if isinstance(first, dict) else first
    return "".join(sign for sign in told if sign.isprintable())[:LONGEST_NAME].strip() if isinstance(told, str) else ""


def _short(value: Any) -> str:
    return repr(value)[:24]
