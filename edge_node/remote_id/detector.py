"""The Remote ID detector: radio frames in, what the aircraft in them claim out."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.blocks import Block, RadioFrame
from edge_node.messages import RemoteIdDetection
from edge_node.remote_id.astm_f3411 import decode_pack
from edge_node.remote_id.astm_messages import Message
from edge_node.remote_id.carriers import Payload, payloads
from edge_node.remote_id.claims import claims

MOST_TRANSMITTERS = 1000


class RemoteIdDetector:
    """A Detector: one RemoteIdDetection for each sound frame that holds Remote ID, however damaged its load."""

    def __init__(self) -> None:
        self._transmitters: set[str] = set()
        self._frames = self._damaged = self._broken = 0

    def step(self, block: Block) -> Sequence[RemoteIdDetection]:
        """At most one; a frame whose check sequence failed is counted and not read."""
        if not isinstance(block, RadioFrame):
            return ()
        if not block.intact:
            self._broken += 1
            return ()
        loads = payloads(block)
        if not loads:
            return ()
        detection = _detection(block, loads)
        self._count(detection)
        return (detection,)

    def words(self) -> str:
        """Such as "3 aircraft heard, 1140 frames, 26 damaged"; an aircraft here is a transmitter's address."""
        many = len(self._transmitters)
        said = f"{many}{' or more' if many == MOST_TRANSMITTERS else ''} aircraft heard, {self._frames} frames, {self._damaged} damaged"
        return f"{said}, {self._broken} broken off the air" if self._broken else said

    def _count(self, detection: RemoteIdDetection) -> None:
        self._frames += 1
        self._damaged += detection.damaged
        if len(self._transmitters) < MOST_TRANSMITTERS:
            self._transmitters.add(detection.transmitter)


def _detection(frame: RadioFrame, loads: Sequence[Payload]) -> RemoteIdDetection:
    """Read all loads of one frame as one claim; `damaged` when bytes were missing or a message was bad."""
    messages: list[Message] = []
    faults: list[str] = []
    flags = ["several_elements"] if len(loads) > 1 else []
    for load in loads:
        pack = decode_pack(load.data)
        messages += pack.messages
        faults += pack.faults
        if load.cut:
            faults.append("element_cut")
        if not (pack.declared or pack.faults):
            flags.append("pack_empty")
    said = claims(messages)
    first = loads[0]
    return RemoteIdDetection(
        t_mono_ns=frame.t_mono_ns,
        transport=first.transport,
        transmitter=first.transmitter,
        rssi_dbm=frame.rssi_dbm,
        center_hz=frame.center_hz,
        counter=first.counter,
        flags=tuple(dict.fromkeys((*faults, *flags, *said.pop("flags")))),
        damaged=bool(faults),
        **said,
    )
