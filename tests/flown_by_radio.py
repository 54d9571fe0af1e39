"""A scene of one drone that is flown by an ELRS link of 866 MHz, near a mast."""

from __future__ import annotations

SCENE = """
name = "A mast"
[node]
latitude_deg = 50.85
longitude_deg = 4.35
ground_wgs84_m = 65.0
mast_m = 8.0
[[drone]]
name = "one"
path = { kind = "hover", east_m = 300.0, north_m = 0.0, height_m = 60.0 }
operator = { east_m = 280.0, north_m = 20.0 }
[[drone.link]]
name = "elrs_in866_100"
"""
