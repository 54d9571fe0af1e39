"""What is wide and no drone's: named, so that it raises no alarm."""

from __future__ import annotations

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links import dvb_t, lte, oven, wifi, wifi_dsss
from edge_node.radio.links.finding import Finding

LOOKS = wifi.look, wifi_dsss.look, lte.look, dvb_t.look, oven.look
"""The quickest first."""


def look(burst: Burst) -> Finding | None:
    """Wi-Fi, LTE's downlink, television or a microwave oven; the first that is sure of it."""
    return next((found for one in LOOKS if (found := one(burst)) is not None), None)
