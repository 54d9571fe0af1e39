"""What a track claimed, what was measured of it, and what speaks against it, in lines of words."""

from __future__ import annotations

from collections.abc import Iterator

from edge_node.incident.suspicions import in_words
from edge_node.incident.told import Story
from edge_node.interop import readings
from edge_node.messages import Identity, Track
from edge_node.publish.fact_words import doing
from edge_node.suspicion import together

ID_WORDS = {
    "serial_number": "serial number",
    "caa_registration": "registration",
    "utm_uuid": "UTM id",
    "specific_session": "session id",
    "none": "id",
    "reserved": "id",
}


def claimed(story: Story) -> list[str]:
    """What its Remote ID, or the device itself, said: never a proof."""
    track = story.last
    lines = list(_identity(track.identity)) if track.identity else []
    if track.target:
        lines += [f"{one.kind.replace('_', ' ')} {readings.text(one.value, 40)}" for one in track.target.ids]
    if story.claims:
        last = story.claims[-1]
        high = "" if last.altitude_wgs84_m is None else f", {last.altitude_wgs84_m:.0f} m above WGS-84"
        lines.append(f"last at {last.latitude_deg:.5f}, {last.longitude_deg:.5f}{high}")
    return lines


def _identity(said: Identity) -> Iterator[str]:
    yield from (f"{ID_WORDS.get(one.type, one.type)} {readings.text(one.value, 40)}" for one in said.ids)
    if said.ua_type:
        yield f"a {readings.text(said.ua_type, 40).replace('_', ' ')}" + (f", {readings.text(said.status, 40)}" if said.status else "")
    if said.height_m is not None:
        yield f"{said.height_m:.0f} m above {(said.height_reference or 'an unsaid reference').replace('_', ' ')}"
    if said.operator_id:
        yield f"operator {readings.text(said.operator_id, 40)}"
    if at := readings.operator_place(said):
        yield f"operator ({said.operator_location or 'unsaid how'}) at {at.latitude_deg:.5f}, {at.longitude_deg:.5f}"
    if said.self_id:
        yield f"says of itself: {readings.text(said.self_id, 60)}"
    if said.transmitters:
        yield f"sent by {', '.join(readings.text(one, 40) for one in said.transmitters[:4])}"


def measured(story: Story) -> list[str]:
    """What sensors found: evidence, with its errors (1 sigma)."""
    return [*_where(story.last), *_sensed(story.last), *_judged(story.last)]


def _where(track: Track) -> Iterator[str]:
    if (direction := readings.direction(track.bearing)) is not None:
        up = "" if direction.elevation_deg is None else f", {direction.elevation_deg:.1f}° ± {direction.sigma_elevation_deg or 0:.1f}° up"
        yield f"at azimuth {direction.azimuth_deg:.1f}° ± {direction.sigma_azimuth_deg:.1f}°{up}"
    at = readings.position(track.kinematics)
    if at is not None and track.existence is not None:
        sure = "" if at.sigma_major_m is None else f" ± {at.sigma_major_m:.0f} m"
        yield f"at {at.latitude_deg:.5f}, {at.longitude_deg:.5f}{sure}, by all that is known together"


def _sensed(track: Track) -> Iterator[str]:
    if one := track.sound:
        blades = "" if one.blade_pass_hz is None else f", blade pass {one.blade_pass_hz:.0f} Hz"
        yield f"heard: {one.label.replace('_', ' ')}, {one.probability:.0%}{blades}"
    if seen := track.sight:
        far = "" if seen.range_m is None else f", about {seen.range_m:.0f} m away"
        yield f"seen: {seen.label}, a drone with {seen.probability:.0%}{far}"
    if sent := track.emission:
        on = "" if sent.center_hz is None else f" at {sent.center_hz / 1e6:.1f} MHz"
        yield f"received: {sent.link.replace('_', ' ')}{on}, {sent.probability:.0%}" + ("" if sent.alarm else ", no drone's after all")
    if other := track.target:
        yield f"reported by another sensor: {other.label.replace('_', ' ')}"
    for heard in track.heard:
        loud = "" if heard.rssi_dbm is None else f", last {heard.rssi_dbm} dBm"
        yield f"{heard.count} messages by {heard.transport.replace('_', ' ')}{loud}"


def _judged(track: Track) -> Iterator[str]:
    if track.label and track.label != "unknown" and track.label_probability is not None:
        yield f"taken for a {track.label.replace('_', ' ')}, {track.label_probability:.0%}"
    if track.existence is not None:
        yield f"that it is there at all: {track.existence:.0%}"
    if track.claim_probability is not None:
        yield f"that it is where it claims to be: {track.claim_probability:.0%}"
    yield from filter(None, (doing(fact.name, fact.value, fact.about) for fact in track.behaviour))


def doubts(story: Story) -> list[str]:
    """What speaks against its claims, the surest first, and how it stands with lists and zones."""
    track = story.last
    told = {one.name for one in track.suspicions}
    lines = [
        f"{in_words(one.name)} ({one.score:.0%})" + (f": {readings.text(one.evidence, 200)}" if one.evidence else "")
        for one in track.suspicions
    ]
    lines += [in_words(name) for name in track.flags if name not in told]
    if len(track.suspicions) > 1:
        lines.append(f"all taken together: {together(track.suspicions):.0%}")
    if track.cooperation:
        why = f": {readings.text(track.cooperation_reason, 200)}" if track.cooperation_reason else ""
        lines.append(f"{track.cooperation.replace('_', ' ')}{why}")
    return lines
