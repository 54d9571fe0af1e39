"""Frames to Remote ID payloads: which bytes of which frame carry them (ASTM F3411-22a section 5.4.6)."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.blocks import RadioFrame
from edge_node.remote_id import ble, mavlink, wifi
from edge_node.remote_id.payload import Payload


def payloads(frame: RadioFrame) -> Sequence[Payload]:
    """Every Remote ID payload of one frame by itself, at most four; mostly none."""
    if frame.medium == "wifi":
        return wifi.payloads(frame.data)
    if frame.medium == "ble":
        return ble.payloads_of_pdu(frame.data)
    if frame.medium == "ble_report":
        return ble.payloads_of_report(frame.data, frame.extended)
    return mavlink.payloads(frame.data)
