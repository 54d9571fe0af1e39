"""Which class drives what: rows of text, imported only when asked for."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from typing import cast

from drivers.source import Source

BUILT_IN = {
    "recording": "drivers.recording:Recording",
    "wifi_monitor": "drivers.wifi_monitor:WifiMonitor",
    "ble_hci": "drivers.ble_hci:BleHci",
    "ble_sniffle": "drivers.ble_sniffle:BleSniffle",
    "mavlink_rid": "drivers.mavlink_rid:MavlinkRid",
    "gnss": "drivers.gnss:Gnss",
    "imu": "drivers.imu:Imu",
    "mic_array": "drivers.mic_array:MicArray",
    "camera": "drivers.camera:VideoCamera",
    "rtl_sdr": "drivers.rtl_sdr:RtlSdr",
    "rtl_tcp": "drivers.rtl_tcp:RtlTcp",
    "soapy_sdr": "drivers.soapy_sdr:SoapySdr",
}
ENTRY_POINT_GROUP = "edge_node.drivers"


def plugins() -> dict[str, str]:
    """Drivers that other packages offer, name -> "module:Class"."""
    return {point.name: point.value for point in entry_points(group=ENTRY_POINT_GROUP)}


def names() -> list[str]:
    """Every driver that can be asked for."""
    return sorted(BUILT_IN.keys() | plugins().keys())


def load(name: str) -> type[Source]:
    """Import the class of one driver; raises KeyError for a name that nobody offers."""
    where = BUILT_IN.get(name) or plugins()[name]
    module, _, attribute = where.partition(":")
    return cast("type[Source]", getattr(import_module(module), attribute))
