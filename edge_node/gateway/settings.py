"""gateway.toml: where nodes are heard, which nodes, and to whom their tracks are said."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from edge_node.config_file import ConfigError
from edge_node.publish.keys import node8
from edge_node.strict_toml import Problem, line_of, nearest, placed, read_table

Kind = Literal["cot", "asterix", "sapient", "wardragon"]
SCHEMES: dict[Kind, tuple[str, ...]] = {"cot": ("tcp", "tls", "udp"), "asterix": ("udp",), "sapient": ("tcp",), "wardragon": ("tcp",)}
MOST_SINKS, MOST_NODES = 16, 256
Key = Annotated[str, Meta(min_length=40, max_length=40, description="the 40 characters that edge-node keys shows")]
Octet = Annotated[int, Meta(ge=0, le=255, description="a number from 0 to 255")]


class LiveTable(Struct, frozen=True, forbid_unknown_fields=True):
    """[live]: where nodes dial in, as they do to a C2, and where the gateway's own key pair lies."""

    bind: Annotated[str, Meta(pattern=r"^(tcp|ipc)://", description="an address like tcp://0.0.0.0:5571")]
    state_dir: Path = Path("/var/lib/edge-node-gateway")


class NodeTable(Struct, frozen=True, forbid_unknown_fields=True):
    """One [[node]]: who is let in, by the public key that `edge-node keys` shows; by `next_key` too while that is being renewed."""

    name: Annotated[str, Meta(min_length=1, max_length=32)]
    key: Key
    next_key: Key | None = None


class SinkTable(Struct, frozen=True, forbid_unknown_fields=True):
    """One [[sink]]: whom to tell, in which format and how often; `operator` lets the operator's number and place go there."""

    kind: Kind
    to: Annotated[
        str, Meta(pattern=r"^(tcp|tls|udp)://.+:\d+$", description="an address like tcp://host:8087, tls://host:8089 or udp://host:6969")
    ]
    rate_hz: Annotated[float, Meta(ge=0.1, le=10)] = 1.0
    operator: bool = False
    tentative: bool = False
    protobuf: bool = False
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    server_name: str | None = None
    interface: Annotated[str, Meta(min_length=1, max_length=15, description="an interface's name like eth0")] | None = None
    hops: Annotated[int, Meta(ge=0, le=255)] = 1
    sac: Octet = 0
    sic: Octet = 0
    uas_reports: bool = False

    @property
    def scheme(self) -> str:
        """How it is spoken to."""
        return self.to.partition("://")[0]

    @property
    def address(self) -> tuple[str, int]:
        """Host and port; an IPv6 address stands in brackets."""
        host, _, port = self.to.partition("://")[2].rpartition(":")
        return host.strip("[]"), int(port)


class Settings(Struct, frozen=True):
    """All of it."""

    live: LiveTable
    nodes: tuple[NodeTable, ...]
    sinks: tuple[SinkTable, ...]


def load(path: Path) -> Settings:
    """Read gateway.toml; relative paths in it start at its own folder; raises ConfigError with all that is wrong."""
    problems: list[Problem] = []
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(path, [Problem(str(error))]) from error
    problems += [
        Problem(f"unknown table [{name}]: {nearest(name, ['live', 'node', 'sink'])}", line_of(text, (name,)))
        for name in tables
        if name not in ("live", "node", "sink")
    ]
    live = read_table(tables.get("live", {}), LiveTable, ("live",), text, problems)
    nodes = _rows(tables, "node", NodeTable, text, problems)
    sinks = _rows(tables, "sink", SinkTable, text, problems)
    problems += [Problem(said) for said in (*_node_problems(nodes), *_sink_problems(sinks))]
    if problems or live is None:
        raise ConfigError(path, problems)
    placed_live = LiveTable(bind=live.bind, state_dir=placed(live.state_dir, path.parent))
    return Settings(placed_live, tuple(nodes), tuple(_placed(one, path.parent) for one in sinks))


def _rows(tables: dict[str, Any], name: str, kind: type[Any], text: str, problems: list[Problem]) -> list[Any]:
    rows = tables.get(name, [])
    if not isinstance(rows, list):
        problems.append(Problem(f"{name} must be a list, written as [[{name}]]", line_of(text, (name,))))
        return []
    return [one for place, row in enumerate(rows) if (one := read_table(row, kind, (name, place), text, problems)) is not None]


def _placed(sink: SinkTable, folder: Path) -> SinkTable:
    paths = {name: placed(getattr(sink, name), folder) for name in ("ca", "certificate", "key")}
    return SinkTable(**{name: getattr(sink, name) for name in SinkTable.__struct_fields__} | paths)


def _node_problems(nodes: list[NodeTable]) -> list[str]:
    said = [] if 0 < len(nodes) <= MOST_NODES else [f"one [[node]] is needed, and {MOST_NODES} are the most: there are {len(nodes)}"]
    for one in nodes:
        for name, key in (("key", one.key), ("next_key", one.next_key)):
            try:
                node8(key or one.key)
            except ValueError as error:
                said.append(f"node {one.name}: {name} is {error}")
    keys = [key for one in nodes for key in (one.key, one.next_key) if key is not None]
    said += [f"{key} is the key of more than one node" for key in dict.fromkeys(keys) if keys.count(key) > 1]
    return said


def _sink_problems(sinks: list[SinkTable]) -> list[str]:
    said = [] if 0 < len(sinks) <= MOST_SINKS else [f"one [[sink]] is needed, and {MOST_SINKS} are the most: there are {len(sinks)}"]
    for one in sinks:
        if one.scheme not in SCHEMES[one.kind]:
            said.append(f"{one.kind} goes by {' or '.join(f'{scheme}://' for scheme in SCHEMES[one.kind])}, not {one.to}")
        if not _is_host(one.address[0]):
            said.append(f"{one.to}: {one.address[0]} is no host name: between its dots stand 1 to 63 letters")
        if (one.certificate is None) != (one.key is None):
            said.append(f"{one.to}: certificate and key go together")
        if one.scheme != "tls" and (one.ca or one.certificate):
            said.append(f"{one.to}: certificates are for tls://")
        if one.kind != "asterix" and one.uas_reports:
            said.append(f"{one.to}: uas_reports are of asterix")
        if one.scheme != "udp" and one.interface:
            said.append(f"{one.to}: an interface is chosen for udp://")
    return said


def _is_host(name: str) -> bool:
    """Whether it can be looked up at all, as socket(2)'s callers encode it (RFC 3490)."""
    try:
        name.encode("idna")
    except UnicodeError:
        return False
    return True
