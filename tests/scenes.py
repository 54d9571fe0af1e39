"""Scenes that tests of several rooms share."""

from __future__ import annotations

MAST = """
[node]
latitude_deg = 50.85
longitude_deg = 4.35
ground_wgs84_m = 65.0
mast_m = 6.0
[microphones]
array = "respeaker_usb_4"
rate_hz = 16000
"""
"""A mast with an array, to whose table a scene may add."""

DEVICES = f"""
name = "Devices"
{MAST}
azimuth_deg = 120.0
tilt_deg = 30.0
[camera]
band = "visible"
width = 64
height = 48
azimuth_deg = 236.0
[receiver]
center_hz = 868.5e6
rate_hz = 1.0e6
"""
"""And a camera and a receiver; no drone."""
