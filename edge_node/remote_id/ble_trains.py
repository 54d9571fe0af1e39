"""Extended advertising in pieces, as a sniffer hears it: ADV_EXT_IND, AUX_ADV_IND and its AUX_CHAIN_INDs put together."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from msgspec import Struct

from drivers.blocks import RadioFrame
from edge_node.remote_id import ble
from edge_node.remote_id.payload import Payload

MOST_TRAINS = 64
MOST_DATA_BYTES = 1650  # of one advertising event (Bluetooth Core 5.4, vol. 4 part E 7.8.54)
SLACK_NS = 100_000_000  # of the time between packets as a sniffer's host stamps them

Heard = tuple[RadioFrame, Payload]
"""A payload, and the frame that it began in."""


class Train(Struct, frozen=True, gc=False):
    """The pieces so far: the first frame that held data, whose they are, and until when the next piece may come."""

    first: RadioFrame
    transmitter: str
    data: bytes
    until_ns: int


class Trains:
    """Puts pieces together by their set and data id (ADI), for AUX_CHAIN_INDs say no address; bounded, with a time-out."""

    def __init__(self) -> None:
        self._open: OrderedDict[int, Train] = OrderedDict()

    def feed(self, frame: RadioFrame) -> Sequence[Heard]:
        """What is whole with this PDU of extended advertising, and what will not become whole any more, as far as it came."""
        if not self._open and not ble.may_go_on(frame.data) and ble.SERVICE_DATA not in frame.data:
            return ()
        piece = ble.read_extended(frame.data)
        if piece is None:
            return ()
        heard = self._overdue(frame.t_mono_ns)
        train = self._joined(frame, piece, heard)
        if piece.next_us is None or piece.adi is None or piece.cut or len(train.data) > MOST_DATA_BYTES:
            return heard + _read(train, piece.cut)
        whole = [load for load in _read(train, True) if not load[1].cut]
        if whole:
            return heard + whole
        if train.data or train.transmitter:
            self._keep(piece.adi, train, heard)
        return heard

    def _joined(self, frame: RadioFrame, piece: ble.Extended, heard: list[Heard]) -> Train:
        """Put a piece behind those that it continues; pieces of another advertiser, or of its last event, come to their end."""
        begun = None if piece.adi is None else self._open.pop(piece.adi, None)
        until_ns = frame.t_mono_ns + (piece.next_us or 0) * 1000 + SLACK_NS
        if begun is None or (piece.transmitter and begun.data):
            heard += [] if begun is None else _read(begun, True)
            return Train(frame, piece.transmitter, piece.data, until_ns)
        first = begun.first if begun.data else frame
        return Train(first, piece.transmitter or begun.transmitter, begun.data + piece.data, until_ns)

    def _keep(self, adi: int, train: Train, heard: list[Heard]) -> None:
        if len(self._open) >= MOST_TRAINS:
            heard += _read(self._open.popitem(last=False)[1], True)
        self._open[adi] = train

    def _overdue(self, now_ns: int) -> list[Heard]:
        heard: list[Heard] = []
        while self._open and next(iter(self._open.values())).until_ns < now_ns:
            heard += _read(self._open.popitem(last=False)[1], True)
        return heard


def _read(train: Train, cut: bool) -> list[Heard]:
    loads = ble.service_data("ble_extended", train.transmitter, train.data, cut) if ble.SERVICE_DATA in train.data else []
    return [(train.first, load) for load in loads]
