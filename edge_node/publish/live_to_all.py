"""The live plane to C2, and the same to each gateway beside it; what a gateway does or does not is no trouble of the node's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import zmq
from msgspec.structs import replace

from edge_node.config import C2Table, GatewayTable
from edge_node.messages import NodeStatus, Track
from edge_node.publish.keys import KeyPair
from edge_node.publish.live import LivePublisher
from edge_node.timebase import Timebase


class LiveToAll(LivePublisher):
    """As a LivePublisher to C2; counters and words are of C2 alone."""

    def __init__(
        self,
        table: C2Table,
        keys: KeyPair,
        context: zmq.Context[zmq.Socket[bytes]],
        operator_to_c2: bool = True,
        *,
        gateways: Sequence[GatewayTable] = (),
    ) -> None:
        super().__init__(table, keys, context, operator_to_c2)
        tables = [replace(table, live=one.live, server_key=one.server_key, next_server_key=None) for one in gateways]
        self._others = [LivePublisher(one, keys, context, operator_to_c2) for one in tables]

    def pollables(self) -> list[zmq.Socket[bytes]]:
        """Of all of them."""
        return super().pollables() + [socket for one in self._others for socket in one.pollables()]

    def service(self, now_mono_ns: int) -> None:
        """Dial all."""
        super().service(now_mono_ns)
        for one in self._others:
            one.service(now_mono_ns)

    def publish_tracks(self, tracks: Sequence[Track], clock: Timebase, now_mono_ns: int) -> int:
        """Say to each what is due to it; how many C2 was told."""
        for one in self._others:
            one.publish_tracks(tracks, clock, now_mono_ns)
        return super().publish_tracks(tracks, clock, now_mono_ns)

    def publish_status(self, status: NodeStatus, **said: Any) -> bool:
        """Say it to each to whom it is due, with all that LivePublisher wants to know; whether C2 was told."""
        for one in self._others:
            one.publish_status(status, **said)
        return super().publish_status(status, **said)

    def rekey(self, keys: KeyPair, now_mono_ns: int) -> None:
        """Speak with another pair to all."""
        super().rekey(keys, now_mono_ns)
        for one in self._others:
            one.rekey(keys, now_mono_ns)

    def status_again(self) -> None:
        """Let the status be due now, to all."""
        super().status_again()
        for one in self._others:
            one.status_again()

    def close(self, linger_ms: int = 0) -> None:
        """Let all go."""
        super().close(linger_ms)
        for one in self._others:
            one.close(linger_ms)
