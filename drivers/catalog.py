"""Which class drives what: rows of text, imported only when asked for."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from drivers import plugins as offered
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


def plugins() -> set[str]:
    """Names of the drivers that other packages bring; raises PluginError."""
    return set(offered.offers(ENTRY_POINT_GROUP))


def names() -> list[str]:
    """Every driver that can be asked for."""
    return sorted(BUILT_IN.keys() | plugins())


def load(name: str) -> type[Source]:
    """Import the class of one driver; raises KeyError for a name that nobody offers, PluginError for one that is broken."""
    if name not in BUILT_IN:
        return _brought(name)
    module, _, attribute = BUILT_IN[name].partition(":")
    return cast("type[Source]", getattr(import_module(module), attribute))


def _brought(name: str) -> type[Source]:
    kind = offered.load(ENTRY_POINT_GROUP, name)
    if kind is None:
        raise KeyError(name)
    if not (isinstance(kind, type) and issubclass(kind, Source)):
        raise offered.PluginError(f"{name!r} of {ENTRY_POINT_GROUP} is no class of drivers.source.Source but {kind!r:.100}")
    return kind
