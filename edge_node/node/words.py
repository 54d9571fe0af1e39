"""Tracks in one line, for log and replay."""

from __future__ import annotations

from edge_node.messages import Bearing, Sight, SightLabel, Sound, SoundLabel, Track, TrackEvent

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


def describe(track: Track) -> str:
    """Who claims to be where and how that was heard, or what it sounds or looks like and from where."""
    who = " ".join(uas_id.value for uas_id in track.identity.ids) if track.identity else ""
    where = track.kinematics
    place = f"{where.latitude_deg:.6f} {where.longitude_deg:.6f}" if where else ""
    claimed = (who or "no id", place or "no position") if track.identity or not (track.sound or track.sight) else ()
    sound = f"heard {_sound(track.sound, track.bearing)}" if track.sound else ""
    sight = f"seen {_sight(track.sight, track.bearing)}" if track.sight else ""
    heard = ", ".join(f"{hearing.count} x {hearing.transport}" for hearing in track.heard)
    return "  ".join(filter(None, (*claimed, sound, sight, heard, ", ".join(track.flags))))


def happened(event: TrackEvent) -> str:
    """What happened to which track."""
    onto = f" into track {event.other}" if event.other is not None else ""
    return f"track {event.track.number} {event.kind}{onto}: {describe(event.track)}"


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


def _direction(bearing: Bearing | None) -> str:
    if bearing is None:
        return "somewhere"
    digits = _digits(bearing.sigma_azimuth_deg)
    azimuth = f"at {round(bearing.azimuth_deg, digits) % 360:.{digits}f}° ± {bearing.sigma_azimuth_deg:.{digits}f}°"
    return azimuth if bearing.elevation_deg is None else f"{azimuth}, {bearing.elevation_deg:.{digits}f}° up"


def _digits(sigma_deg: float) -> int:
    """As many as an error leaves to be known."""
    return 0 if sigma_deg >= 1.5 else 1 if sigma_deg >= 0.095 else 2
