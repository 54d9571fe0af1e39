"""The way to C2, step by step: its name, a route, its port. Each step says what to look at when it fails."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Iterator
from typing import NamedTuple

from edge_node.field.doctor.grades import finding
from edge_node.messages import Finding

CONNECT_WITHIN_S = 3.0
MOST_ADDRESSES = 4


class Address(NamedTuple):
    """Where C2 listens."""

    host: str
    port: int


class Way(NamedTuple):
    """What was found, whether its port answers, and how: such as "10.0.0.1 by 10.0.0.7, 4 ms"."""

    findings: tuple[Finding, ...]
    open: bool
    words: str


def address_of(endpoint: str) -> Address | None:
    """Of tcp://host:port; None of an ipc path, or of what is none."""
    scheme, _, rest = endpoint.partition("://")
    host, _, port = rest.rpartition(":")
    if scheme != "tcp" or not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        return None
    return Address(host.partition(";")[2].strip("[]") or host.strip("[]"), int(port))


def walk(address: Address, within_s: float = CONNECT_WITHIN_S) -> Way:
    """Take the steps; never raises."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        said = f"the name {address.host} cannot be resolved ({getattr(error, 'strerror', None) or error})"
        touch = "look at DNS (resolvectl query) and whether the network is up (ip address); or write C2's address"
        return Way((finding("link", "c2_name_unknown", "fail", said, touch),), open=False, words="")
    until_s, errors = time.monotonic() + within_s, []
    for family, _, _, _, where in found[:MOST_ADDRESSES]:
        began_s = time.monotonic()
        try:
            by = _connect(family, where, max(until_s - began_s, 0.2))
        except OSError as error:
            errors.append((str(where[0]), error))
            continue
        return Way((), open=True, words=f"{where[0]}:{address.port} by {by}, {(time.monotonic() - began_s) * 1e3:.0f} ms")
    return Way(tuple(_why(address, errors)), open=False, words="")


def _connect(family: int, where: tuple[object, ...], within_s: float) -> str:
    """The own address that leads there; raises OSError."""
    with socket.socket(family, socket.SOCK_STREAM) as link:
        link.settimeout(within_s)
        link.connect(where)
        return str(link.getsockname()[0])


def _why(address: Address, errors: list[tuple[str, OSError]]) -> Iterator[Finding]:
    """Of the first address that failed."""
    where, error = errors[0]
    at = f"{where} port {address.port}"
    if error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN):
        touch = "look at cable, modem and VPN: ip route get " + where
        yield finding("link", "c2_no_route", "fail", f"there is no way to {at} ({error.strerror})", touch)
    elif error.errno == errno.ECONNREFUSED:
        yield finding(
            "link", "c2_port_closed", "fail", f"nobody listens at {at}", "is C2 running, and is it this port? ([c2] live, reliable)"
        )
    else:
        said = f"{at} does not answer ({error.strerror or 'it took too long'})"
        yield finding("link", "c2_silent", "fail", said, "look at VPN and firewall on the way, and whether C2 is on")
