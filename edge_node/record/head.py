"""What stands in `head.json` of a recording: why and when it was kept, by which clock, where, and of which sensors."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from edge_node.config import CameraTable, ProtectTable, TrackingTable
from edge_node.timebase import Timebase

FORMAT = 1
FILE = "head.json"
Cause = Literal["track", "command", "button"]
Count = Annotated[int, Meta(ge=0)]


class Place(Struct, frozen=True, kw_only=True):
    """Where the node was, and who said so."""

    source: str
    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float | None = None
    sigma_m: float | None = None


class Trigger(Struct, frozen=True, kw_only=True):
    """What had the node keep these seconds; `track` is its number where one did, `words` what the one who asked said."""

    cause: Cause
    t_mono_ns: int
    track: int | None = None
    words: Annotated[str, Meta(max_length=200)] = ""


class SensorHead(Struct, frozen=True, kw_only=True):
    """A sensor as node.toml had it, without what is secret."""

    name: str
    driver: str
    options: dict[str, Any] = {}
    kept: bool = True


class Setting(Struct, frozen=True, kw_only=True):
    """What of the configuration decides what is found in the blocks; `trusted_keys` are public: entity tags and keys in hex."""

    tracking: TrackingTable = TrackingTable()
    protect: tuple[ProtectTable, ...] = ()
    camera: CameraTable = CameraTable()
    trusted_keys: dict[str, str] = {}


class Head(Struct, frozen=True, kw_only=True):
    """One recording; of an encrypted one `head.json` holds `sealed_to` and the times alone, and `head.json.enc` all of it.

    Of monotonic time from `from_mono_ns` to `until_mono_ns` is kept what was there. `clock` makes UTC of it. `finished` is False while
    it is written, and `cut` says in words why it ends before its time.
    """

    format: int = FORMAT
    id: str
    node: str = ""
    version: str = ""
    triggers: tuple[Trigger, ...] = ()
    from_mono_ns: int
    until_mono_ns: int
    clock: Timebase
    place: Place | None = None
    moving: bool = False
    sensors: tuple[SensorHead, ...] = ()
    setting: Setting = Setting()
    finished: bool = False
    cut: str | None = None
    sealed_to: str | None = None

    @property
    def t_utc_ns(self) -> int:
        """UTC of the first trigger by `clock`; of the first moment kept where no trigger is told."""
        return self.clock.utc_ns(self.triggers[0].t_mono_ns if self.triggers else self.from_mono_ns)
