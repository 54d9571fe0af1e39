"""Tracks in one line, for log and replay."""

from __future__ import annotations

from edge_node.messages import Bearing, Sound, SoundLabel, Track, TrackEvent

SOUNDS: dict[SoundLabel, str] = {
    "multirotor": "a multirotor",
    "fixed_wing": "a fixed-wing drone",
    "helicopter": "a helicopter",
    "machine": "a machine",
    "none": "something",
}


def describe(track: Track) -> str:
    """Who claims to be where and how that was heard, or what it sounds like and from where."""
    who = " ".join(uas_id.value for uas_id in track.identity.ids) if track.identity else ""
    where = track.kinematics
    place = f"{where.latitude_deg:.6f} {where.longitude_deg:.6f}" if where else ""
    claimed = (who or "no id", place or "no position") if track.identity or not track.sound else ()
    sound = f"heard {_sound(track.sound, track.bearing)}" if track.sound else ""
    heard = ", ".join(f"{hearing.count} x {hearing.transport}" for hearing in track.heard)
    return "  ".join(filter(None, (*claimed, sound, heard, ", ".join(track.flags))))


def happened(event: TrackEvent) -> str:
    """What happened to which track."""
    onto = f" into track {event.other}" if event.other is not None else ""
    return f"track {event.track.number} {event.kind}{onto}: {describe(event.track)}"


def _sound(sound: Sound, bearing: Bearing | None) -> str:
    """Like "a multirotor at 123° ± 4°, 31° up, 87 %, blade pass 142 Hz"."""
    blades = "" if sound.blade_pass_hz is None else f"blade pass {sound.blade_pass_hz:.0f} Hz"
    sure = f"{100 * sound.probability:.0f} %"
    return ", ".join(filter(None, (f"{SOUNDS[sound.label]} {_direction(bearing)}", sure, blades)))


def _direction(bearing: Bearing | None) -> str:
    if bearing is None:
        return "somewhere"
    azimuth = f"at {round(bearing.azimuth_deg) % 360}° ± {_sigma(bearing.sigma_azimuth_deg)}°"
    return azimuth if bearing.elevation_deg is None else f"{azimuth}, {bearing.elevation_deg:.0f}° up"


def _sigma(degrees: float) -> str:
    return f"{degrees:.0f}" if degrees >= 1.5 else f"{degrees:.1f}"
