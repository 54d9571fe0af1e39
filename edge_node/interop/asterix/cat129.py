"""Category 129, UAS identification reports (EUROCONTROL-SPEC-0149-29): aircraft that claim a serial number, and where they are.

Nobody else's decoder of it was to be had. The order of items and the units of time and place are as two independent readings of the
specification give them, lengths as one of them does; items that only one of them knows (120, 185, 220) are not told.
"""

from __future__ import annotations

import re

from edge_node.interop import readings
from edge_node.interop.asterix import fields
from edge_node.interop.geoid import altitude_msl_m
from edge_node.interop.moment import Moment
from edge_node.messages import Identity

CATEGORY = 129
SOURCE, SERIAL, COUNTRY, TIME, PLACE, ALTITUDE = 1, 5, 6, 7, 8, 9
"""Field reference numbers of I129/010, 040, 050, 070, 080 and 090; 010, 050 and 080 are in every record."""
ANGLE_DEG, DECIMETRE_M, SERIAL_OCTETS = 180 / 2**30, 0.1, 12
_THREE = "AUT BEL BGR CHE CYP CZE DEU DNK ESP EST FIN FRA GBR GRC HRV HUN IRL ISL ITA LIE LTU LUX LVA MLT NLD NOR POL PRT ROU SVK SVN SWE"
_TWO = "AT BE BG CH CY CZ DE DK ES EE FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SK SI SE"
COUNTRIES = dict(zip(_THREE.split(), _TWO.split(), strict=True))
"""ISO 3166-1: of three letters, with which an operator's number begins (EN 4709-002), and of two, which the report wants."""
_OPERATOR = re.compile(r"([A-Z]{3})[A-Za-z0-9-]{5,}")


def block(moment: Moment, sac: int, sic: int) -> bytes | None:
    """One report in a block of its own, as the category demands; None for what claims no serial number, has no place or no country."""
    track, at = moment.track, readings.position(moment.track.kinematics)
    if at is None or track.identity is None or track.state == "lost":
        return None
    serial, land = _serial(track.identity), country(track.identity)
    if serial is None or land is None:
        return None
    items = {
        SOURCE: bytes((sac & 0xFF, sic & 0xFF)),
        SERIAL: serial,
        COUNTRY: land.encode(),
        TIME: fields.time_of_day(moment.t_utc_ns),
        PLACE: fields.place(at.latitude_deg, at.longitude_deg, ANGLE_DEG),
    }
    if at.altitude_wgs84_m is not None:
        items[ALTITUDE] = fields.signed(altitude_msl_m(at.latitude_deg, at.longitude_deg, at.altitude_wgs84_m), DECIMETRE_M, 3)
    return fields.blocks(CATEGORY, [fields.record(items)])[0]


def _serial(identity: Identity) -> bytes | None:
    """I129/040: the last twelve characters, for a maker's code stands first in all that are longer (ANSI/CTA-2063-A)."""
    said = next((one.value.strip() for one in identity.ids if one.type == "serial_number"), "")
    return said[-SERIAL_OCTETS:].ljust(SERIAL_OCTETS).encode() if said and said.isascii() and said.isprintable() else None


def country(identity: Identity) -> str | None:
    """Where its operator is registered, by the operator's number; None for a land that is not known."""
    found = _OPERATOR.match(identity.operator_id or "")
    return COUNTRIES.get(found[1]) if found else None
