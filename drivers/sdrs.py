"""What is known of software radios: one TOML file each in hw/sdrs or a user's own, and whether one can stand where it is told to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from drivers import device_files
from drivers.frequency_plan import Row
from drivers.plugged import Name, Plugged, Sources
from drivers.source import SourceMisconfigured

Span = tuple[float, float]


class SdrFile(Plugged, frozen=True):
    """One kind of receiver. `tuning_hz` and `rates_hz` are spans, lowest and highest; `usual_gain_db` suits a whip and no amplifier.

    `rates_hz` go as far as its line takes without loss, not as far as its converter does. `soapy` is its device string.
    """

    name: Name
    maker: str
    tuning_hz: Annotated[tuple[Span, ...], Meta(min_length=1)]
    rates_hz: Annotated[tuple[Span, ...], Meta(min_length=1)]
    usual_rate_hz: float
    gain_db: Span
    usual_gain_db: float
    bits: Annotated[int, Meta(ge=1, le=32)]
    sources: Sources
    soapy: str | None = None
    bias_tee: bool = False

    @property
    def usb_mbps(self) -> float:
        """What its samples take of a bus in Mbit/s at the usual rate: two numbers a sample, of one byte up to 8 bits and else of two."""
        return 2 * self.usual_rate_hz * (8 if self.bits <= 8 else 16) / 1e6


def known() -> dict[str, Path]:
    """The receivers that come with the project, name -> file."""
    return device_files.known("sdrs")


def read_sdr(sdr: str) -> SdrFile:
    """A known receiver by its name, or one of the user's by the path of its TOML file; raises SourceMisconfigured."""
    return device_files.read(device_files.path_of(sdr, "sdrs", "receiver"), SdrFile)


def check(found: SdrFile, center_hz: float, rate_hz: float, gain_db: float) -> None:
    """Raises SourceMisconfigured that says what the receiver can do instead."""
    if not _within(found.tuning_hz, center_hz):
        raise SourceMisconfigured(f"{found.name} cannot be tuned to {center_hz / 1e6:g} MHz, only to {_spans(found.tuning_hz)} MHz")
    if not _within(found.rates_hz, rate_hz):
        raise SourceMisconfigured(f"{found.name} does not sample {rate_hz / 1e6:g} MS/s, only {_spans(found.rates_hz)} MS/s")
    if not _within((found.gain_db,), gain_db):
        raise SourceMisconfigured(f"{found.name} has no gain of {gain_db:g} dB; it has {found.gain_db[0]:g} to {found.gain_db[1]:g} dB")


def whole_plan(plan: Sequence[object], center_hz: float | None) -> tuple[Row, ...]:
    """The rows of a table that says either one `center_hz` or a plan of whatever has Row's fields; raises SourceMisconfigured."""
    if (center_hz is None) == (not plan):
        raise SourceMisconfigured("say where to listen: either center_hz, or a plan of several")
    try:
        return msgspec.convert(plan or ({"center_hz": center_hz},), tuple[Row, ...], from_attributes=True)
    except msgspec.ValidationError as error:
        raise SourceMisconfigured(f"the plan cannot be: {error}") from None


def _within(spans: Sequence[Span], value: float) -> bool:
    return any(low <= value <= high for low, high in spans)


def _spans(spans: Sequence[Span]) -> str:
    return ", ".join(f"{low / 1e6:g}" if low == high else f"{low / 1e6:g} to {high / 1e6:g}" for low, high in spans)
