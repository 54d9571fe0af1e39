"""Tracks in one line, for log and replay."""

from __future__ import annotations

from edge_node.messages import Bearing, Emission, LinkKind, Sight, SightLabel, Sound, SoundLabel, Target, TargetLabel, Track, TrackEvent
from edge_node.publish.fact_words import SURELY_THERE, doing

SOUNDS: dict[SoundLabel, str] = {
    "multirotor": "a multirotor",
    "fixed_wing": "a fixed-wing drone",
    "helicopter": "a helicopter",
    "machine": "a machine",
    "none": "something",
}
SIGHTS: dict[SightLabel, str] = {
    "drone": "a drone",
    "bird": "a bird",
    "aeroplane": "an aeroplane",
    "helicopter": "a helicopter",
    "balloon": "a balloon",
    "insect": "an insect",
    "unknown": "something",
}

LINKS: dict[LinkKind, str] = {
    "elrs_900": "an ELRS 900 link",
    "elrs_2400": "an ELRS 2.4 link",
    "crossfire": "a Crossfire link",
    "frsky_r9": "an FrSky R9 link",
    "sik": "a SiK telemetry link",
    "dji_ocusync": "a DJI OcuSync link",
    "analog_video": "an analog video sender",
    "lora": "a LoRa link",
    "fsk": "an FSK link",
    "lorawan": "LoRaWAN",
    "wmbus": "wireless M-Bus",
    "radiosonde": "a radiosonde",
    "wifi": "Wi-Fi",
    "lte": "LTE",
    "ble": "Bluetooth",
    "adsb": "ADS-B",
    "dvb_t": "DVB-T",
    "unknown": "a link that nobody knows",
}
TARGETS: dict[TargetLabel, str] = {
    "multirotor": "a multirotor",
    "fixed_wing": "a fixed-wing drone",
    "helicopter": "a helicopter",
    "aeroplane": "an aeroplane",
    "bird": "a bird",
    "balloon": "a balloon",
    "vehicle": "a vehicle",
    "unknown": "something",
}
DRONES: tuple[TargetLabel, ...] = ("multirotor", "fixed_wing")
LOUDER_DB_S = 0.2
"""From here on a link gets stronger or weaker: 4 dB in the time that a trend is of; less is fading."""


def describe(track: Track) -> str:
    """Who claims to be where and how that was heard, or what it sounds, looks or sends like and from where."""
    who = " ".join(uas_id.value for uas_id in track.identity.ids) if track.identity else ""
    where = track.kinematics
    place = f"{where.latitude_deg:.6f} {where.longitude_deg:.6f}" if where else ""
    sensed = track.sound or track.sight or track.emission or track.target
    claimed = (who or "no id", place or "no position") if track.identity or not sensed else ()
    sound = f"heard {_sound(track.sound, track.bearing)}" if track.sound else ""
    sight = f"seen {_sight(track.sight, track.bearing)}" if track.sight else ""
    emission = f"received {_emission(track.emission)}" if track.emission else ""
    target = f"reported {_target(track.target, track.bearing, place)}" if track.target else ""
    heard = ", ".join(f"{hearing.count} x {hearing.transport}" for hearing in track.heard)
    return "  ".join(filter(None, (*claimed, sound, sight, emission, target, _judged(track), heard, ", ".join(track.flags))))


def happened(event: TrackEvent) -> str:
    """What happened to which track."""
    onto = "" if event.other is None else f" {'into' if event.kind == 'merged' else 'from'} track {event.other}"
    return f"track {event.track.number} {event.kind}{onto}: {describe(event.track)}"


def _judged(track: Track) -> str:
    """Like "taken for a multirotor, 93 %, climbs 2.1 m/s"; that it may be nothing at all where that is so."""
    drone = sum(track.probabilities.get(name, 0.0) for name in DRONES)
    what, sure = ("a drone", drone) if track.label == "unknown" and drone > 0.5 else ("", 0.0)
    if track.label not in (None, "unknown"):
        what, sure = TARGETS[track.label], track.label_probability or 0.0
    taken = f"taken for {what}, {100 * sure:.0f} %" if what else ""
    claim = "" if track.claim_probability is None else f"{100 * track.claim_probability:.0f} % where it says"
    there = "" if track.existence is None or track.existence >= SURELY_THERE else f"{100 * track.existence:.0f} % that it is there"
    return ", ".join(filter(None, (taken, there, claim, *(doing(fact.name, fact.value, fact.about) for fact in track.behaviour))))


def _sound(sound: Sound, bearing: Bearing | None) -> str:
    """Like "a multirotor at 123° ± 4°, 31° up, 87 %, blade pass 142 Hz"."""
    blades = "" if sound.blade_pass_hz is None else f"blade pass {sound.blade_pass_hz:.0f} Hz"
    sure = f"{100 * sound.probability:.0f} %"
    return ", ".join(filter(None, (f"{SOUNDS[sound.label]} {_direction(bearing)}", sure, blades)))


def _sight(sight: Sight, bearing: Bearing | None) -> str:
    """Like "a drone at 123° ± 0.1°, 31° up, 93 %, about 310 m"; what is surely something else says how likely it is a drone."""
    sure = sight.label_probability
    drone = f"drone {100 * sight.probability:.0f} %" if sight.label != "drone" or sure is None else ""
    certain = "" if sure is None or sight.label == "unknown" else f"{100 * sure:.0f} %"
    far = "" if sight.range_m is None else f"about {sight.range_m:.0f} m"
    hidden = "hidden now" if sight.predicted else ""
    return ", ".join(filter(None, (f"{SIGHTS[sight.label]} {_direction(bearing)}", certain, drone, far, hidden)))


def _emission(emission: Emission) -> str:
    """Like "an ELRS 900 link at 866.4 MHz on 13 channels of eu868, 97 %, 50 packets/s, getting stronger"."""
    where = "" if emission.center_hz is None else f" at {emission.center_hz / 1e6:.1f} MHz"
    hops = f" on {emission.channels} channels" if emission.channels > 1 else ""
    listed = f" of {emission.grid}" if hops and emission.grid else ""
    rate = "" if emission.packet_rate_hz is None else f"{emission.packet_rate_hz:.0f} packets/s"
    told = (f"{LINKS[emission.link]}{where}{hops}{listed}", f"{100 * emission.probability:.0f} %", rate, _trend(emission.level_rate_db_s))
    return ", ".join(filter(None, (*told, "" if emission.alarm else "no drone's after all")))


def _target(target: Target, bearing: Bearing | None, place: str) -> str:
    """Like "an aeroplane DLH4AB 3C6444 at 48.350000 11.780000, 95 %, says so itself"."""
    sure, drone = target.label_probability, target.probability or 0.0
    what = "a drone" if target.label == "unknown" and drone > 0.5 else TARGETS[target.label]
    names = " ".join(one.value for one in sorted(target.ids, key=lambda one: one.kind != "callsign"))
    where = f"at {place}" if place else _direction(bearing)
    certain = f"{100 * sure:.0f} %" if sure is not None else f"{100 * drone:.0f} %" if what == "a drone" else ""
    told = "says so itself" if target.cooperative else ""
    return ", ".join(filter(None, (" ".join(filter(None, (what, names, where))), certain, told)))


def _trend(level_rate_db_s: float | None) -> str:
    if level_rate_db_s is None or abs(level_rate_db_s) < LOUDER_DB_S:
        return ""
    return "getting stronger" if level_rate_db_s > 0 else "getting weaker"


def _direction(bearing: Bearing | None) -> str:
    if bearing is None:
        return "somewhere"
    digits = _digits(bearing.sigma_azimuth_deg)
    of = "" if bearing.reference == "true_north" else " of the vehicle's front"
    azimuth = f"at {round(bearing.azimuth_deg, digits) % 360:.{digits}f}° ± {bearing.sigma_azimuth_deg:.{digits}f}°{of}"
    return azimuth if bearing.elevation_deg is None else f"{azimuth}, {bearing.elevation_deg:.{digits}f}° up"


def _digits(sigma_deg: float) -> int:
    """As many as an error leaves to be known."""
    return 0 if sigma_deg >= 1.5 else 1 if sigma_deg >= 0.095 else 2
