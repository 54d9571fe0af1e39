"""Files of hw/ about adapters and receivers that have no options of their own elsewhere: Wi-Fi, GNSS, Bluetooth, IMU."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from drivers.plugged import Name, Plugged, Sources

Band = Literal["2.4 GHz", "5 GHz", "6 GHz"]
Baud = Literal[4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600, 1000000, 2000000, 3000000]
Gpio = Annotated[int, Meta(ge=0, le=63, description="the number of a GPIO line from 0 to 63")]

BUSY_CHANNEL_MBPS = 65.0
"""What an adapter in monitor mode hands over of a channel that is full: half of the 130 Mbit/s of 802.11n in 20 MHz and two streams
(IEEE 802.11-2020, 19.5); preambles, acknowledgements and contention take the other half."""


class WifiFile(Plugged, frozen=True):
    """One kind of Wi-Fi adapter; `level` and `bad_frames` say whether monitor mode hands over signal strength and frames with a bad check.

    `monitor` false: it is no receiver for the node, and `why_not` says why. `kernel` is the first whose own driver knows it.
    """

    name: Name
    maker: str
    chip: str
    kernel_driver: str
    bands: Annotated[tuple[Band, ...], Meta(min_length=1)]
    monitor: bool
    sources: Sources
    kernel: str | None = None
    level: bool | None = None
    bad_frames: bool | None = None
    why_not: str = ""


class GnssFile(Plugged, frozen=True):
    """One kind of GNSS receiver: `baud` as shipped, and `pps` where its pulse comes out: on a pin of it, on the computer's pins, nowhere.

    `pps_gpio` is the computer's line that a board on its pins drives; `port` is where such a board is.
    """

    name: Name
    maker: str
    baud: Baud
    pps: Literal["none", "own pin", "header"]
    sources: Sources
    kernel_driver: str | None = None
    port: str | None = None
    pps_gpio: Gpio | None = None


class BluetoothFile(Plugged, frozen=True):
    """One kind of Bluetooth receiver; `driver` None is none for the node, and `why_not` says why.

    `extended_scan` and `coded_phy` say whether it really takes those commands (Bluetooth 5, long range). `phy` is of a Sniffle dongle.
    """

    name: Name
    maker: str
    chip: str
    sources: Sources
    extended_scan: bool | None = None
    coded_phy: bool | None = None
    driver: Literal["ble_hci", "ble_sniffle"] | None = None
    baud: Baud | None = None
    rtscts: bool = False
    phy: Literal["coded", "1m"] | None = None
    kernel_driver: str | None = None
    why_not: str = ""


class ImuFile(Plugged, frozen=True):
    """One kind of IMU, on a serial port."""

    name: Name
    maker: str
    baud: Baud
    sources: Sources
    kernel_driver: str | None = None
