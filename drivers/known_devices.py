"""All devices that hw/ describes, of whatever kind, as one table: how each is recognised, which driver takes it, and what it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from drivers import cameras, device_files, microphone_arrays, sdrs
from drivers.cameras import CameraFile
from drivers.device_kinds import BUSY_CHANNEL_MBPS, BluetoothFile, GnssFile, ImuFile, WifiFile
from drivers.microphone_arrays import ArrayFile
from drivers.plugged import Plugged, UsbSpeed
from drivers.sdrs import SdrFile

Kind = Literal["microphones", "camera", "sdr", "wifi", "gnss", "bluetooth", "imu"]
Bus = Literal["usb", "csi", "i2s", "network", "board"]
RTL_SDR = "driver=rtlsdr"
"""What SoapySDR calls the receivers that the driver `rtl_sdr` takes without it."""


class Known(Struct, frozen=True, kw_only=True):
    """One kind of device; `driver` and `options` are those of its [[sensor]] table. `driver` None: it is none for the node, as `words` say.

    `usb_ids` go like 2752:001d. Where `usb_alike` says something, others have the same ids: only a word of `usb_names` in the product
    string, or its owner, tells. `amps` and `usb_mbps` None: nobody says, or it is on no USB.
    """

    kind: Kind
    name: str
    words: str
    usb_ids: tuple[str, ...]
    driver: str | None
    options: dict[str, Any]
    amps: float | None
    usb_mbps: float | None
    needs: tuple[str, ...]
    usb_names: tuple[str, ...]
    usb_alike: str
    usb_speed: UsbSpeed
    isochronous: bool
    bus: Bus


@cache
def all_known() -> tuple[Known, ...]:
    """Every device of hw/, kind by kind; raises SourceMisconfigured for a file that cannot be."""
    return tuple(_known(folder, path) for folder in _MAKE for path in device_files.known(folder).values())


def named(name: str) -> Known:
    """That device; raises KeyError."""
    return {known.name: known for known in all_known()}[name]


def by_usb(usb_id: str, product: str | None = None) -> tuple[Known, ...]:
    """Which devices may be the one with these USB ids; those whose name is in its product string come alone."""
    alike = tuple(known for known in all_known() if usb_id in known.usb_ids)
    told = tuple(known for known in alike if product and _is_called(known.usb_names, product))
    return told or alike


def _is_called(names: Iterable[str], product: str) -> bool:
    return any(name.casefold() in product.casefold() for name in names)


def _known(folder: str, path: Path) -> Known:
    return _MAKE[folder](path)


def _microphones(path: Path) -> Known:
    found = microphone_arrays.read_array(path.stem)
    return _made(found, "microphones", "mic_array", {"array": found.name}, mbps=found.usb_mbps, bus=found.interface)


def _camera(path: Path) -> Known:
    found = cameras.read_camera(path.stem)
    return _made(found, "camera", "camera", {"camera": found.name}, mbps=found.usb_mbps, bus=found.interface)


def _sdr(path: Path) -> Known:
    found = sdrs.read_sdr(path.stem)
    driver = "rtl_sdr" if found.soapy == RTL_SDR else "soapy_sdr"
    return _made(found, "sdr", driver, {"sdr": found.name}, mbps=found.usb_mbps)


def _wifi(path: Path) -> Known:
    found = device_files.read(path, WifiFile)
    plan = "default" if "5 GHz" in found.bands else "2.4ghz"
    driver, options = ("wifi_monitor", {"plan": plan}) if found.monitor else (None, {})
    return _made(found, "wifi", driver, options, mbps=BUSY_CHANNEL_MBPS if found.usb else None, why_not=found.why_not)


def _gnss(path: Path) -> Known:
    found = device_files.read(path, GnssFile)
    options: dict[str, Any] = {"baud": found.baud}
    if found.port is not None:
        options |= {"port": found.port}
    if found.pps_gpio is not None:
        options |= {"pps": "pps0"}
    return _made(found, "gnss", "gnss", options, mbps=_serial_mbps(found, found.baud))


def _bluetooth(path: Path) -> Known:
    found = device_files.read(path, BluetoothFile)
    said = {"baud": found.baud, "rtscts": found.rtscts or None, "phy": found.phy}
    options = {key: value for key, value in said.items() if value is not None}
    return _made(found, "bluetooth", found.driver, options, mbps=_serial_mbps(found, found.baud), why_not=found.why_not)


def _imu(path: Path) -> Known:
    found = device_files.read(path, ImuFile)
    return _made(found, "imu", "imu", {}, mbps=_serial_mbps(found, found.baud))


def _serial_mbps(found: Plugged, baud: int | None) -> float | None:
    return baud / 1e6 if found.usb and baud is not None else None


AnyFile = ArrayFile | CameraFile | SdrFile | WifiFile | GnssFile | BluetoothFile | ImuFile


def _made(
    found: AnyFile,
    kind: Kind,
    driver: str | None,
    options: dict[str, Any],
    *,
    mbps: float | None,
    bus: Bus | None = None,
    why_not: str = "",
) -> Known:
    return Known(
        kind=kind,
        name=found.name,
        words=f"{found.maker}: {why_not}" if why_not else found.maker,
        usb_ids=found.usb,
        driver=driver,
        options=options,
        amps=found.amps,
        usb_mbps=mbps,
        needs=found.needs,
        usb_names=found.device_names if isinstance(found, ArrayFile) else found.usb_names,
        usb_alike=found.usb_alike,
        usb_speed=found.usb_speed,
        isochronous=kind in {"microphones", "camera"},
        bus=bus or ("usb" if found.usb or kind == "sdr" else "board"),
    )


_MAKE: dict[str, Callable[[Path], Known]] = {
    "arrays": _microphones,
    "cameras": _camera,
    "sdrs": _sdr,
    "wifi": _wifi,
    "gnss": _gnss,
    "bluetooth": _bluetooth,
    "imu": _imu,
}
