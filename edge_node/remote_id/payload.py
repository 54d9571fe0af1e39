"""What every carrier hands over: one load of Remote ID, not yet decoded."""

from __future__ import annotations

from msgspec import Struct

from edge_node.messages import Transport

MOST_PAYLOADS = 4


class Payload(Struct, frozen=True, gc=False):
    """One carrier's load: `data` begins at the pack or message; `cut` says that the frame ended before its element did.

    Of "french_beacon" the data are its fields, of "dji_beacon" all from the subcommand on, of "mavlink" the whole frame.
    A transmitter that did not say its address is "".
    """

    transport: Transport
    transmitter: str
    counter: int | None
    data: bytes
    cut: bool
