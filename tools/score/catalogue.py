"""Every figure: its title and unit, in which part of CWA 18150 it belongs and by what word there, and which way is better."""

from __future__ import annotations

from typing import Literal, NamedTuple

Part = Literal["detection", "tracking", "identification", "sensor"]


class Kind(NamedTuple):
    """`scale` is from the value to its unit; `better` is what a better node has of it, "near" being nearer to `ideal`."""

    part: Part
    title: str
    unit: str
    term: str
    better: Literal["more", "less", "near"]
    scale: float = 1.0
    ideal: float = 0.0


PERCENT = 100.0
CATALOGUE: dict[str, Kind] = {
    "pd": Kind("detection", "Pd: drone-time in reach with a confirmed track", "%", "detect UAS in the observation area", "more", PERCENT),
    "found": Kind("detection", "Drones found at all", "%", "no missed detections", "more", PERCENT),
    "time_to_first_s": Kind("detection", "Time to first report", "s", "detection timestamp", "less"),
    "false_tracks_per_h": Kind("detection", "False tracks", "/h", "false alarms", "less"),
    "others_told_drones": Kind("detection", "Birds and others told as drones", "%", "bird immunity", "less", PERCENT),
    "latency_p50_s": Kind("detection", "Latency, half of all", "s", "display latency", "less"),
    "latency_p95_s": Kind("detection", "Latency, 95 %", "s", "display latency", "less"),
    "latency_p99_s": Kind("detection", "Latency, 99 %", "s", "display latency", "less"),
    "completeness": Kind("tracking", "Track completeness since first report", "%", "continuous tracking", "more", PERCENT),
    "longest_unbroken": Kind("tracking", "Longest unbroken share under one number", "%", "continuous tracking", "more", PERCENT),
    "breaks_per_h": Kind("tracking", "Fragmentation: breaks an hour of drone-time", "/h", "continue tracking after loss", "less"),
    "switches_per_h": Kind("tracking", "Identity switches an hour of drone-time", "/h", "unchanging unique identifier", "less"),
    "ambiguity": Kind("tracking", "Tracks on each tracked drone", "", "unique identifier", "near", ideal=1.0),
    "bearing_rms_deg": Kind("tracking", "Azimuth error, RMS", "deg", "precise positioning", "less"),
    "elevation_rms_deg": Kind("tracking", "Elevation error, RMS", "deg", "precise positioning", "less"),
    "horizontal_rms_m": Kind("tracking", "Horizontal error, RMS", "m", "precise positioning", "less"),
    "horizontal_p95_m": Kind("tracking", "Horizontal error, 95 %", "m", "precise positioning", "less"),
    "vertical_rms_m": Kind("tracking", "Vertical error, RMS", "m", "precise positioning", "less"),
    "vertical_p95_m": Kind("tracking", "Vertical error, 95 %", "m", "precise positioning", "less"),
    "delay_s": Kind("tracking", "Delay: the shift that fits the truth best", "s", "detection timestamp", "near"),
    "gospa_deg": Kind("tracking", "GOSPA of directions (c = 5 deg)", "deg", "precise positioning", "less"),
    "gospa_m": Kind("tracking", "GOSPA of places (c = 30 m)", "m", "precise positioning", "less"),
    "gospa_localisation": Kind("tracking", "GOSPA's localisation part", "of c^2", "precise positioning", "less"),
    "gospa_missed": Kind("tracking", "GOSPA's missed part", "of c^2", "no missed detections", "less"),
    "gospa_false": Kind("tracking", "GOSPA's false part", "of c^2", "false alarms", "less"),
    "nees_place": Kind("tracking", "NEES of places by what it should be", "", "precise positioning", "near", ideal=1.0),
    "nees_bearing": Kind("tracking", "NEES of azimuths by what it should be", "", "precise positioning", "near", ideal=1.0),
    "update_s": Kind("tracking", "Between updates, half of all", "s", "refresh rate", "less"),
    "classified": Kind("identification", "Drone-time told as a drone, of what was classified", "%", "UAS classification", "more", PERCENT),
    "unclassified": Kind("identification", "Drone-time told as unknown", "%", "UAS classification", "less", PERCENT),
    "identified": Kind("identification", "Drones that say who they are, named", "%", "identify UAS", "more", PERCENT),
    "wrong_ids": Kind("identification", "Identified time under a wrong identity", "%", "false identification", "less", PERCENT),
    "sensor_pd": Kind("sensor", "Pd: drone-time in reach with a detection", "%", "detect UAS in the observation area", "more", PERCENT),
    "sensor_claimed_pd": Kind(
        "sensor", "The same, in the reach that it claims", "%", "detect UAS in the observation area", "more", PERCENT
    ),
    "sensor_steps": Kind("sensor", "Steps kept while it follows a drone", "%", "refresh rate", "more", PERCENT),
    "sensor_false_per_h": Kind("sensor", "False tracks of its own", "/h", "false alarms", "less"),
    "sensor_azimuth_rms_deg": Kind("sensor", "Azimuth error, RMS", "deg", "precise positioning", "less"),
    "sensor_azimuth_bias_deg": Kind("sensor", "Azimuth bias", "deg", "precise positioning", "near"),
    "sensor_elevation_bias_deg": Kind("sensor", "Elevation bias", "deg", "precise positioning", "near"),
    "sensor_horizontal_rms_m": Kind("sensor", "Horizontal error, RMS", "m", "precise positioning", "less"),
    "sensor_delay_s": Kind("sensor", "Delay: the shift that fits the truth best", "s", "detection timestamp", "near"),
    "sensor_claim_delay_s": Kind("sensor", "Delay of what is claimed of itself", "s", "detection timestamp", "near"),
    "sensor_labels": Kind("sensor", "Drones labelled as drones, of what was labelled", "%", "UAS classification", "more", PERCENT),
}
