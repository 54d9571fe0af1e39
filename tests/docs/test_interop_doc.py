"""docs/interop.md: its sizes are those of what is sent, and its examples are taken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from edge_node.config_file import load as load_node
from edge_node.gateway.settings import load
from edge_node.interop import wardragon
from edge_node.interop.asterix import cat062, cat205
from edge_node.interop.cot.tak import to_mesh
from edge_node.interop.cot.tracks import Speaker, events
from edge_node.interop.cot.xml import to_xml
from edge_node.interop.moment import Moment, Names
from edge_node.interop.sapient.envelope import frame
from edge_node.interop.sapient.tracks import scan
from edge_node.messages import Track
from tests.edge_node.interop.asterix.test_asterix import radio_bearing
from tests.edge_node.interop.scene import START_NS, STATION, flown, heard, linked

DOC = (Path(__file__).parents[2] / "docs" / "interop.md").read_text(encoding="utf-8")
NAMES = Names(node8="3fa2b1c0", epoch=0x7C1B, started_utc_ns=START_NS)
SPEAKER = Speaker(station=STATION, names=NAMES, now_ns=START_NS, rate_hz=2.0)
KEY = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
TRACKS = (flown(1), heard(1), radio_bearing(), linked(1))


def sizes(kind: str, track: Track) -> int | None:
    """Bytes of a track without its operator, None where it is not told."""
    moment = Moment(t_utc_ns=START_NS, track=track)
    event = next(iter(events(moment, SPEAKER, operator=False)), None)
    told: dict[str, bytes | None] = {
        "SAPIENT": next((frame(one) for one in scan([moment], NAMES, START_NS, operator=False)), None),
        "CoT as XML": to_xml(event) if event else None,
        "CoT as TAK protobuf": to_mesh(event) if event else None,
        "ASTERIX 062": cat062.record(moment, 1, 1),
        "ASTERIX 205": cat205.record(moment, STATION, 1, 1, now_ns=START_NS, report=1),
        "WarDragon": wardragon.detection(moment, NAMES, operator=False) or wardragon.signal(moment, STATION),
    }
    said = told[kind]
    return None if said is None else len(said)


@pytest.mark.parametrize("kind", ["SAPIENT", "CoT as XML", "CoT as TAK protobuf", "ASTERIX 062", "ASTERIX 205", "WarDragon"])
def test_the_sizes_are_those_of_what_is_sent(kind: str) -> None:
    (row,) = (line for line in DOC.splitlines() if line.startswith(f"| {kind}") and line.count("|") == 7)
    told = [cell.strip() for cell in row.split("|")[2:6]]
    assert [int(cell) if cell.isdecimal() else None for cell in told] == [sizes(kind, track) for track in TRACKS]


def test_the_examples_are_taken(tmp_path: Path) -> None:
    examples = [
        text.replace("the 40 characters of edge-node keys", KEY).replace("as the gateway logs it", KEY)
        for text in re.findall(r"```toml\n(.*?)```", DOC, re.DOTALL)
    ]
    file = tmp_path / "some.toml"
    (node,) = (text for text in examples if text.startswith("[[gateway]]"))
    file.write_text(node, encoding="utf-8")
    assert len(load_node(file).gateway) == 1
    (whole,) = (text for text in examples if text.startswith("[live]"))
    sinks = [text for text in examples if text.startswith("[[sink]]")]
    file.write_text("\n".join([whole, *sinks]), encoding="utf-8")
    assert [one.kind for one in load(file).sinks] == ["cot", "sapient", "cot", "cot", "asterix", "wardragon"]
