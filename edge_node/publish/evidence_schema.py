"""What single sensors say of an object, field by field: parts of a TrackRecord of the live plane."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from edge_node.publish.scaling import packed, scaled

SOUND_LABELS = (None, "multirotor", "fixed_wing", "helicopter", "machine", "none")
SIGHT_LABELS = (None, "drone", "bird", "aeroplane", "helicopter", "balloon", "insect", "unknown")
SEEN = (None, "now", "extrapolated")
LINKS = (
    *(None, "elrs_900", "elrs_2400", "crossfire", "frsky_r9", "sik", "dji_ocusync", "analog_video", "lora", "fsk"),
    *("lorawan", "wmbus", "radiosonde", "wifi", "lte", "ble", "adsb", "dvb_t", "unknown"),
)
ALARMS = (None, "raised", "withdrawn")
TARGET_LABELS = (None, "multirotor", "fixed_wing", "helicopter", "aeroplane", "bird", "balloon", "vehicle", "unknown")
TARGET_IDS = (None, "icao_address", "other_address", "callsign", "registration", "serial_number", "other")
SURVEILLANCE = (None, "cooperative", "non_cooperative")
WHERE = (None, "airborne", "on_ground")
LEVEL_REFERENCES = (None, "spl", "full_scale")


class Sound(Struct, array_like=True, frozen=True, gc=False):
    """What it sounds like: evidence of a sensor, where Identity is a claim of the aircraft (since 1.2)."""

    what: Annotated[
        int,
        packed(
            "kind of source; what `level` is above: 20 uPa, or the loudest that the converter can tell",
            label=(4, SOUND_LABELS),
            level_reference=(2, LEVEL_REFERENCES),
        ),
    ]
    probability: Annotated[int, scaled("percent", 1, 0, 100, "that it is a drone, calibrated")]
    blade_pass: Annotated[int, scaled("hz", 2, 0, 20_000, "blades that pass a second; nil: unknown")] | None = None
    level: Annotated[int, scaled("db", 1, -200, 200, "of the sound at the microphones; nil: unknown")] | None = None
    snr: Annotated[int, scaled("db", 1, -100, 100, "above the noise; nil: unknown")] | None = None


class Sight(Struct, array_like=True, frozen=True, gc=False):
    """What it looks like to a camera: evidence of a sensor, as Sound is (since 1.3)."""

    what: Annotated[
        int,
        packed(
            "kind of object; whether the last picture showed it, or nothing where it should be",
            label=(4, SIGHT_LABELS),
            seen=(2, SEEN),
        ),
    ]
    probability: Annotated[int, scaled("percent", 1, 0, 100, "that it is a drone, calibrated")]
    label_probability: Annotated[int, scaled("percent", 1, 0, 100, "that it is what `label` says; nil: not said")] | None = None
    size: Annotated[int, scaled("deg", 100, 0, 36_000, "angle of its larger side; nil: unknown")] | None = None
    range: Annotated[int, scaled("m", 1, 0, 100_000, "a hint from its size, where the label is sure; nil: unknown")] | None = None
    sigma_range: Annotated[int, scaled("m", 1, 0, 100_000, "nil: unknown", up=True)] | None = None
    snr: Annotated[int, scaled("db", 1, -100, 100, "contrast over the spread of what surrounds it; nil: unknown")] | None = None
    temperature: Annotated[int, scaled("k", 10, 0, 65_535, "of its warmest part, as a radiometric camera sees it; nil: unknown")] | None = (
        None
    )


class Emission(Struct, array_like=True, frozen=True, gc=False):
    """A radio link that is heard: evidence of a sensor, as Sound is (since 1.5)."""

    what: Annotated[
        int,
        packed("kind of link; whether it is taken for a drone's, or was and is no longer", link=(5, LINKS), alarm=(2, ALARMS)),
    ]
    probability: Annotated[int, scaled("percent", 1, 0, 100, "that it is what `link` says")]
    center: Annotated[int, scaled("hz", 1e-3, 0, 100_000_000, "middle of all channels that were heard; nil: unknown")] | None = None
    bandwidth: Annotated[int, scaled("hz", 1e-3, 0, 1_000_000, "of one packet, or of what never stops; nil: unknown")] | None = None
    snr: Annotated[int, scaled("db", 1, -100, 100, "above the noise in its own bandwidth; nil: unknown")] | None = None
    level: Annotated[int, scaled("dbfs", 1, -300, 100, "nil: unknown")] | None = None
    level_rate: (
        Annotated[int, scaled("dbps", 100, -10_000, 10_000, "how fast it gets louder, over some 20 s; nil: heard too short")] | None
    ) = None
    packet_rate: Annotated[int, scaled("hz", 10, 0, 100_000, "nil: not by a clock, or unknown")] | None = None
    channels: Annotated[int, Meta(ge=0, le=255, description="how many were heard; nil: none that can be told apart")] | None = None
    span: Annotated[int, scaled("hz", 1e-3, 0, 10_000_000, "from the lowest to the highest of them; nil: it stays")] | None = None
    grid: Annotated[str, Meta(max_length=16, description="whose list of channels, such as eu868; nil: none is known")] | None = None
    carrier_offset: (
        Annotated[int, scaled("hz", 0.1, -1_000_000, 1_000_000, "of its crystal, by which it is known again; nil: unknown")] | None
    ) = None
    heard_for: Annotated[int, scaled("s", 1, 0, 8_640_000, "until the state holds, since heard first; nil: unknown")] | None = None


class TargetId(Struct, array_like=True, frozen=True, gc=False):
    """One name of a target; it is no Remote ID (since 1.6)."""

    kind: Annotated[int, packed("kind of name", target_id=(4, TARGET_IDS))]
    id: Annotated[str, Meta(max_length=64, description="as it was told")]


class Target(Struct, array_like=True, frozen=True):
    """What any other sensor says it is, such as ADS-B or a radar: no Remote ID, and no more than that sensor knows (since 1.6)."""

    what: Annotated[
        int,
        packed(
            "kind of object; whether it told itself (ADS-B, a transponder) or was measured; whether it flies",
            label=(4, TARGET_LABELS),
            surveillance=(2, SURVEILLANCE),
            where=(2, WHERE),
        ),
    ]
    probability: Annotated[int, scaled("percent", 1, 0, 100, "that it is a drone; nil: not said")] | None = None
    label_probability: Annotated[int, scaled("percent", 1, 0, 100, "that it is what `label` says; nil: not said")] | None = None
    ids: Annotated[tuple[TargetId, ...], Meta(max_length=4, description="its names, one of a kind; nil: none")] | None = None
    category: Annotated[str, Meta(max_length=16, description="as the source says it, such as A7 of DO-260B; nil: not said")] | None = None
    altitude_baro: Annotated[int, scaled("m", 10, -20_000, 1_000_000, "above 1013.25 hPa, not WGS-84; nil: unknown")] | None = None
    rcs: Annotated[int, scaled("dbsm", 1, -100, 100, "radar cross-section; nil: unknown")] | None = None
    snr: Annotated[int, scaled("db", 1, -100, 100, "above the noise; nil: unknown")] | None = None
