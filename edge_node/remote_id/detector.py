"""The Remote ID detector: radio frames in, what the aircraft in them claim out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from drivers.blocks import Block, RadioFrame
from edge_node.messages import Coverage, RemoteIdDetection, Transport
from edge_node.remote_id import ble, dji_drone_id, french, mavlink, wifi
from edge_node.remote_id.astm_f3411 import decode_pack
from edge_node.remote_id.astm_messages import AuthPage, Message
from edge_node.remote_id.authentication import PageTable, join
from edge_node.remote_id.ble_trains import Trains
from edge_node.remote_id.carriers import payloads
from edge_node.remote_id.claims import Claims, claims, utc_text
from edge_node.remote_id.frame_flood import FrameFlood
from edge_node.remote_id.hearing import Hearing
from edge_node.remote_id.payload import Payload
from edge_node.remote_id.trust import Trust

MOST_TRANSMITTERS = 1000

# What a frame says of its own form or sender and what casts no doubt on it.
NOTES = frozenset({"pack_empty", "several_elements", "operator_id_secret_stripped", "privacy_requested"})

Decoder = Callable[[bytes], tuple[Claims, tuple[str, ...]]]
# Carriers with a language of their own; all others carry messages of ASTM F3411.
_OWN: dict[Transport, Decoder] = {
    "french_beacon": french.decode,
    "dji_beacon": dji_drone_id.decode,
}


class Reading(Struct, gc=False):
    """What the loads of one transport in one frame said: claims, what is wrong with the loads, and messages where there are such."""

    said: Claims
    faults: list[str]
    flags: list[str]
    messages: list[Message]


class RemoteIdDetector:
    """A Detector: one RemoteIdDetection for each transport in a sound frame that holds Remote ID, however damaged its load.

    `trusted_keys` are public keys by their DRIP entity tag, as `drip.trusted_keys` makes them; without any, nothing is verified.
    """

    def __init__(self, trusted_keys: Mapping[bytes, bytes] | None = None) -> None:
        self._trust = Trust(trusted_keys) if trusted_keys else None
        self._trains = Trains()
        self._pages = PageTable()
        self._hearing, self._flood = Hearing(), FrameFlood()
        self._transmitters: set[str] = set()
        self._frames = self._damaged = self._broken = 0

    def step(self, block: Block) -> Sequence[RemoteIdDetection]:
        """Mostly none or one; a frame whose check sequence failed is counted and not read."""
        if not isinstance(block, RadioFrame):
            return ()
        self._flood.hear(block)
        if not block.intact:
            self._broken += 1
            return ()
        self._hearing.hear(block)
        if block.medium == "ble" and ble.is_extended(block.data):
            return [self._detect(frame, [load]) for frame, load in self._trains.feed(block)]
        loads = wifi.payloads(block.data) if block.medium == "wifi" else payloads(block)
        if not loads:
            return ()
        if len(loads) == 1:
            return (self._detect(block, loads),)
        transports = dict.fromkeys(load.transport for load in loads)
        return [self._detect(block, [load for load in loads if load.transport == transport]) for transport in transports]

    def coverage(self, t_mono_ns: int) -> Coverage | None:
        """How far Remote ID would be heard now; None before anything was heard."""
        self._flood.look(t_mono_ns)
        return self._hearing.coverage(t_mono_ns)

    def words(self) -> str:
        """Such as "3 aircraft heard, 1140 frames, 26 damaged"; an aircraft here is a transmitter's address."""
        many = len(self._transmitters)
        said = f"{many}{' or more' if many == MOST_TRANSMITTERS else ''} aircraft heard, {self._frames} frames, {self._damaged} damaged"
        broken = f", {self._broken} broken off the air" if self._broken else ""
        return "; ".join(filter(None, (self._flood.words, said + broken)))

    @property
    def problem(self) -> str:
        """A flood in which Remote ID may drown."""
        return f"{self._flood.words}; Remote ID may be lost in it" if self._flood.words else ""

    def findings(self) -> list[tuple[str, str]]:
        """The same by its name."""
        return [("flooded", self._flood.words)] if self._flood.words else []

    def levels(self) -> dict[str, float]:
        """How strong the strongest frames of late are."""
        return self._hearing.levels()

    def _detect(self, frame: RadioFrame, loads: Sequence[Payload]) -> RemoteIdDetection:
        """Read all loads of one transport as one claim; `damaged` when bytes were missing or a message was bad."""
        first = loads[0]
        reading = _read(loads)
        said, faults = reading.said, reading.faults
        marks = tuple(dict.fromkeys((*faults, *reading.flags, *said["flags"])))
        if "authentication" in said:
            said |= self._authentication(frame, loads, reading)
        elif self._trust is not None:
            self._hear(loads)
        if frame.medium == "wifi":
            said |= wifi.header(frame.data)
        said |= {
            "t_mono_ns": frame.t_mono_ns,
            "transport": first.transport,
            "transmitter": first.transmitter,
            "rssi_dbm": frame.rssi_dbm,
            "center_hz": frame.center_hz,
            "counter": first.counter,
            "flags": tuple(mark for mark in marks if mark not in NOTES) if marks else (),
            "notes": tuple(mark for mark in marks if mark in NOTES) if marks else (),
            "damaged": bool(faults),
        }
        self._count(first.transmitter, bool(faults))
        return RemoteIdDetection(**said)

    def _authentication(self, frame: RadioFrame, loads: Sequence[Payload], reading: Reading) -> dict[str, Any]:
        """What is known of a set that is whole with this frame; nothing more than its presence while it is not."""
        pages = [message for message in reading.messages if isinstance(message, AuthPage) and message.auth_type]
        who = f"{loads[0].transport} {loads[0].transmitter}"
        self._hear(loads)
        whole = join({page.page: page for page in pages})
        at_once = whole is not None and not reading.faults
        whole = whole or (self._pages.add(who, pages, frame.t_mono_ns) if pages else None)
        if whole is None:
            return {}
        told: dict[str, Any] = {"authentication_data": whole.data.hex(), "authentication_time_utc": utc_text(whole.utc_s)}
        if self._trust is not None:
            told["authentication"], until_s = self._trust.judge(who, whole, _sent(loads[-1]), at_once)
            told["authentication_until_utc"] = None if until_s is None else utc_text(until_s)
        return told

    def _hear(self, loads: Sequence[Payload]) -> None:
        if self._trust is not None:
            for load in loads:
                self._trust.hear(f"{load.transport} {load.transmitter}", _sent(load))

    def _count(self, transmitter: str, damaged: bool) -> None:
        self._frames += 1
        self._damaged += damaged
        if len(self._transmitters) < MOST_TRANSMITTERS:
            self._transmitters.add(transmitter)


def _sent(load: Payload) -> bytes:
    """The message or pack as it went over the air, which is what may be signed."""
    return mavlink.pack(load.data) if load.transport == "mavlink" else load.data


def _read(loads: Sequence[Payload]) -> Reading:
    own = _OWN.get(loads[0].transport)
    reading = _read_messages(loads) if own is None else _read_own(loads, own)
    for load in loads:
        if load.cut:
            reading.faults.append("element_cut")
    if len(loads) > 1:
        reading.flags.append("several_elements")
    return reading


def _read_messages(loads: Sequence[Payload]) -> Reading:
    messages: list[Message] = []
    faults: list[str] = []
    flags: list[str] = []
    for load in loads:
        pack = mavlink.decode(load.data) if load.transport == "mavlink" else decode_pack(load.data)
        messages += pack.messages
        faults += pack.faults
        if not (pack.declared or pack.faults):
            flags.append("pack_empty")
    return Reading(claims(messages), faults, flags, messages)


def _read_own(loads: Sequence[Payload], decode: Decoder) -> Reading:
    """Elements with a language of their own, of which a later one may say what an earlier one did not."""
    reading = Reading({"ids": (), "flags": ()}, [], [], [])
    for load in loads:
        said, faults = decode(load.data)
        reading.faults += faults
        said["ids"] = tuple(dict.fromkeys(reading.said["ids"] + said["ids"]))
        said["flags"] = reading.said["flags"] + said["flags"]
        reading.said |= said
    return reading
