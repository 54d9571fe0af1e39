"""Cursor on Target by UDP, heard by real listeners: a host, and a group on an interface that is chosen."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge_node.gateway.line import Datagrams
from edge_node.gateway.settings import SinkTable
from edge_node.interop.asterix import cat129
from tests.edge_node.gateway.loops import in_a_loop
from tests.edge_node.gateway.peers import WITHIN_S
from tests.edge_node.gateway.stage import gateway_of

GROUP, LOOPBACK = "239.255.43.21", "lo"


@contextmanager
def listener(address: str) -> Iterator[socket.socket]:
    """Who hears a host's own address, or a group on the loopback alone."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
        heard.bind((address, 0))
        heard.setblocking(False)
        if address == GROUP:
            member = struct.pack("@4s4si", socket.inet_aton(GROUP), bytes(4), socket.if_nametoindex(LOOPBACK))
            heard.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        yield heard


async def heard_by(one: socket.socket, kinds: set[str], within_s: float = WITHIN_S) -> None:
    """Until an event of each type came in a datagram of its own."""
    async with asyncio.timeout(within_s):
        while kinds:
            said = await asyncio.get_running_loop().sock_recv(one, 65536)
            kinds -= {kind for kind in kinds if f'type="{kind}"'.encode() in said}


@pytest.mark.parametrize(("address", "interface"), [("127.0.0.1", None), (GROUP, LOOPBACK)], ids=["host", "group"])
def test_devices_hear_tracks_bearings_and_the_node(tmp_path: Path, address: str, interface: str | None) -> None:
    async def scene() -> None:
        with listener(address) as device:
            to = f"udp://{address}:{device.getsockname()[1]}"
            async with gateway_of(tmp_path, SinkTable("cot", to, rate_hz=10.0, interface=interface, hops=0)):
                await heard_by(device, {"a-u-A-M-H-Q", "u-rb-a", "a-f-G-E-S"})

    in_a_loop(scene())


def test_devices_hear_protobuf(tmp_path: Path) -> None:
    async def scene() -> None:
        with listener(GROUP) as device:
            to = f"udp://{GROUP}:{device.getsockname()[1]}"
            sink = SinkTable("cot", to, rate_hz=10.0, interface=LOOPBACK, hops=0, protobuf=True)
            async with gateway_of(tmp_path, sink), asyncio.timeout(WITHIN_S):
                assert (await asyncio.get_running_loop().sock_recv(device, 65536))[:3] == b"\xbf\x01\xbf"

    in_a_loop(scene())


def test_an_interface_that_is_not_there_is_said_and_looked_for_again() -> None:
    line = Datagrams(SinkTable("cot", f"udp://{GROUP}:6969", interface="nowhere0"))
    assert not in_a_loop(line.open())
    assert "nowhere0" in line.words


def test_a_display_hears_who_an_aircraft_claims_to_be_where_that_is_wanted(tmp_path: Path) -> None:
    async def scene() -> None:
        with listener("127.0.0.1") as display:
            sink = SinkTable("asterix", f"udp://127.0.0.1:{display.getsockname()[1]}", rate_hz=10.0, uas_reports=True)
            async with gateway_of(tmp_path, sink), asyncio.timeout(WITHIN_S):
                while (await asyncio.get_running_loop().sock_recv(display, 65536))[0] != cat129.CATEGORY:
                    pass

    in_a_loop(scene())
