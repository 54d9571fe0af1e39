"""What is known of microphone arrays: one TOML file each in hw/arrays, a user's own file, and what a calibration found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import dist, isfinite
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from drivers import device_files
from drivers.blocks import MicrophoneArray
from drivers.plugged import Name, Plugged, Sources
from drivers.source import SourceMisconfigured

MOST_M = 100.0
Position = tuple[float, float, float]
Positions = Annotated[tuple[Position, ...], Meta(min_length=1, max_length=64, description="1 to 64 places of [x, y, z] in metres")]
Channel = Annotated[int, Meta(ge=0, le=127)]
Rate = Annotated[int, Meta(ge=1_000, le=400_000, description="a rate in Hz from 1000 to 400000")]


class ArrayFile(Plugged, frozen=True):
    """One kind of array: `positions_m` by microphone, x right, y ahead, z up as `view` says; microphone n is channel `channel_order[n]`.

    The first of `rates_hz` is the usual one. `device_names` are parts of what the sound system calls it. `tuning` is the protocol
    by which its own processing is switched off. `interface` "i2s" is a board on the computer's pins.
    """

    name: Name
    maker: str
    view: str
    positions_m: Positions
    channels: Annotated[int, Meta(ge=1, le=128)]
    channel_order: tuple[Channel, ...]
    rates_hz: Annotated[tuple[Rate, ...], Meta(min_length=1)]
    bits: Literal[16, 24, 32]
    sources: Sources
    device_names: tuple[str, ...] = ()
    tuning: Literal["xvf3000"] | None = None
    full_scale_db_spl: float | None = None
    interface: Literal["usb", "i2s"] = "usb"

    @property
    def usb_mbps(self) -> float | None:
        """What its samples take of a USB bus in Mbit/s, all channels at the usual rate; None on another."""
        return self.channels * self.rates_hz[0] * self.bits / 1e6 if self.interface == "usb" else None


class Calibration(Struct, frozen=True):
    """What was measured of one array: places, gains and delays in the order of its microphones, in place of those of its kind."""

    array: Name
    date: date
    positions_m: Positions
    gains: tuple[float, ...] = ()
    delays_s: tuple[float, ...] = ()


class Mounting(Struct, frozen=True):
    """Which array stands how: a known one's name or the path of a file, a calibration's path, and three angles (see MicrophoneArray)."""

    array: str
    calibration: Path | None = None
    azimuth_deg: float = 0.0
    tilt_deg: float = 0.0
    roll_deg: float = 0.0


def known() -> dict[str, Path]:
    """The arrays that come with the project, name -> file."""
    return device_files.known("arrays")


def read_array(array: str) -> ArrayFile:
    """A known array by its name, or one of the user's by the path of its TOML file; raises SourceMisconfigured."""
    found = device_files.read(device_files.path_of(array, "arrays", "array"), ArrayFile)
    _check_array(found, array)
    return found


def read_calibration(path: Path) -> Calibration:
    """The file that `write_calibration` wrote, or one by hand; raises SourceMisconfigured."""
    found = device_files.read(path, Calibration)
    _check_numbers(path, found.positions_m, found.gains, found.delays_s)
    return found


def write_calibration(path: Path, calibration: Calibration) -> None:
    """Write the file anew in one step; raises OSError, and ValueError for what `read_calibration` would refuse."""
    lines = [
        f'array = "{calibration.array}"',
        f"date = {calibration.date.isoformat()}",
        f"positions_m = [\n{_rows(calibration.positions_m)}\n]",
        f"gains = {[float(gain) for gain in calibration.gains]}",
        f"delays_s = {[float(delay) for delay in calibration.delays_s]}",
    ]
    new = path.with_name(f".{path.name}.new")
    new.write_text("\n".join(lines) + "\n", encoding="utf-8")
    try:
        read_calibration(new)
    except SourceMisconfigured as error:
        new.unlink()
        raise ValueError(str(error)) from error
    new.replace(path)


def mounted(found: ArrayFile, mounting: Mounting) -> MicrophoneArray:
    """The array as it stands there, with its calibration; raises SourceMisconfigured for a calibration of another one."""
    measured = None if mounting.calibration is None else read_calibration(mounting.calibration)
    if measured is not None and (measured.array, len(measured.positions_m)) != (found.name, len(found.positions_m)):
        raise SourceMisconfigured(
            f"{mounting.calibration} is of {measured.array} with {len(measured.positions_m)} microphones, "
            f"and the array is {found.name} with {len(found.positions_m)}"
        )
    return MicrophoneArray(
        name=found.name,
        positions_m=found.positions_m if measured is None else measured.positions_m,
        azimuth_deg=mounting.azimuth_deg,
        tilt_deg=mounting.tilt_deg,
        roll_deg=mounting.roll_deg,
        gains=() if measured is None else measured.gains,
        delays_s=() if measured is None else measured.delays_s,
        full_scale_db_spl=found.full_scale_db_spl,
    )


def _check_array(found: ArrayFile, array: str) -> None:
    microphones = len(found.positions_m)
    if len(found.channel_order) != microphones:
        raise SourceMisconfigured(f"{array}: channel_order has {len(found.channel_order)} channels for {microphones} microphones")
    if len(set(found.channel_order)) != microphones or max(found.channel_order) >= found.channels:
        raise SourceMisconfigured(f"{array}: channel_order must name {microphones} different channels from 0 to {found.channels - 1}")
    _check_numbers(Path(array), found.positions_m, (), ())
    if found.full_scale_db_spl is not None and not isfinite(found.full_scale_db_spl):
        raise SourceMisconfigured(f"{array}: full_scale_db_spl is no number")


def _check_numbers(path: Path, positions_m: Positions, gains: Sequence[float], delays_s: Sequence[float]) -> None:
    if not all(abs(value) <= MOST_M for position in positions_m for value in position):
        raise SourceMisconfigured(f"{path}: positions_m must be numbers within {MOST_M:.0f} m")
    if any(dist(a, b) == 0 for n, a in enumerate(positions_m) for b in positions_m[:n]):
        raise SourceMisconfigured(f"{path}: two microphones have the same place")
    for name, values, good in (("gains", gains, _is_gain), ("delays_s", delays_s, _is_delay)):
        if values and (len(values) != len(positions_m) or not all(map(good, values))):
            raise SourceMisconfigured(f"{path}: {name} must be {len(positions_m)} sensible numbers, one a microphone, or none at all")


def _is_gain(value: float) -> bool:
    return 0 < value < 1e6


def _is_delay(value: float) -> bool:
    return abs(value) < 1.0


def _rows(positions_m: Positions) -> str:
    return "\n".join(f"    {[float(value) for value in position]}," for position in positions_m)
