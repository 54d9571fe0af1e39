"""The tables of BSI Flex 335 against the published schema, and what is written by them against Google's library."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from hypothesis import given, settings
from hypothesis import strategies as st
from sapient_msg import proto_options_pb2
from sapient_msg.bsi_flex_335_v2_0 import sapient_message_pb2

from edge_node.interop.sapient import check, proto_json
from edge_node.interop.sapient.codec import decode, encode
from edge_node.interop.sapient.schema import SapientError, enumerations, messages

TOP = "sapient_msg.bsi_flex_335_v2_0."
SCALARS = {
    "TYPE_DOUBLE": "double",
    "TYPE_FLOAT": "float",
    "TYPE_INT32": "int",
    "TYPE_BOOL": "bool",
    "TYPE_STRING": "text",
    "TYPE_BYTES": "bytes",
}
TYPES = {number: name for name, number in vars(FieldDescriptor).items() if name.startswith("TYPE_")}
OBJECT_TO_FOLLOW = ("FollowObject", "follow_object_id")


def published(message: Descriptor, seen: dict[str, Descriptor]) -> dict[str, Descriptor]:
    """A message and all within it, by their names."""
    if message.full_name.startswith(TOP) and message.full_name.removeprefix(TOP) not in seen:
        seen[message.full_name.removeprefix(TOP)] = message
        for field in message.fields:
            if field.message_type is not None:
                published(field.message_type, seen)
    return seen


def kind_of(field: FieldDescriptor) -> str:
    options = field.GetOptions().Extensions[proto_options_pb2.field_options]
    if field.message_type is not None:
        return "time" if field.message_type.name == "Timestamp" else str(field.message_type.full_name).removeprefix(TOP)
    if field.enum_type is not None:
        return str(field.enum_type.full_name).removeprefix(TOP)
    return "uuid" if options.is_uuid else "ulid" if options.is_ulid else SCALARS[TYPES[field.type]]


def group_of(field: FieldDescriptor) -> tuple[str | None, bool]:
    group = field.containing_oneof
    if group is None or group.name.startswith("_"):
        return None, False
    return group.name.removesuffix("_oneof"), bool(group.GetOptions().Extensions[proto_options_pb2.oneof_options].is_mandatory)


def test_every_field_is_as_it_is_published() -> None:
    seen = published(sapient_message_pb2.SapientMessage.DESCRIPTOR, {})
    assert set(messages()) == set(seen)
    for name, message in seen.items():
        said = messages()[name].fields
        assert list(said) == [field.name for field in message.fields]
        for field in message.fields:
            one = said[field.name]
            mandatory = field.GetOptions().Extensions[proto_options_pb2.field_options].is_mandatory
            assert (one.number, one.many, one.mandatory) == (field.number, field.is_repeated, mandatory), f"{name}.{field.name}"
            assert (one.group, one.group_mandatory) == group_of(field)
            assert one.json_name == field.json_name
            assert one.kind == ("ulid" if (name, field.name) == OBJECT_TO_FOLLOW else kind_of(field))


def test_every_enumeration_is_as_it_is_published() -> None:
    seen = published(sapient_message_pb2.SapientMessage.DESCRIPTOR, {})
    told = {field.enum_type for message in seen.values() for field in message.fields if field.enum_type is not None}
    assert enumerations() == {one.full_name.removeprefix(TOP): {value.name: value.number for value in one.values} for one in told}


@pytest.fixture(scope="session")
def corpus(shared_data: Path) -> dict[str, dict[str, str]]:
    """Messages in JSON that a validator must accept and refuse, by their files' names."""
    folder = shared_data / "sapient"
    return {
        kind: {path.name: path.read_text(encoding="utf-8-sig") for path in sorted((folder / kind).glob("*.json"))}
        for kind in ("accepted", "refused")
    }


def test_all_that_must_be_accepted_is(corpus: dict[str, dict[str, str]]) -> None:
    assert {name: found for name, text in corpus["accepted"].items() if (found := proto_json.problems(text))} == {}


def test_nearly_all_that_must_be_refused_is(corpus: dict[str, dict[str, str]]) -> None:
    taken = [name for name, text in corpus["refused"].items() if not proto_json.problems(text)]
    assert len(taken) <= 0.03 * len(corpus["refused"]), taken


def test_what_is_written_is_what_the_library_writes(corpus: dict[str, dict[str, str]]) -> None:
    for text in corpus["accepted"].values():
        told = json_format.Parse(text, sapient_message_pb2.SapientMessage())
        said = proto_json.loads(text)
        assert sapient_message_pb2.SapientMessage.FromString(encode(said)) == told
        assert decode(told.SerializeToString()) == decode(encode(said))


def cut(value: Any) -> Iterator[Any]:
    """The same JSON with one of its values each time gone, turned round, or another one."""
    if isinstance(value, dict):
        for key, one in value.items():
            rest = {name: other for name, other in value.items() if name != key}
            yield rest
            yield from ({**rest, key: other} for other in (None, [], -1e400, "x", *cut(one)))
    elif isinstance(value, list):
        for one in value:
            yield from ([other] for other in cut(one))


def test_no_json_does_harm(corpus: dict[str, dict[str, str]]) -> None:
    for text in corpus["accepted"].values():
        for told in cut(json.loads(text)):
            proto_json.problems(json.dumps(told))
    for text in (
        "",
        "[]",
        "null",
        "{" * 100_000,
        "[" * 100_000,
        '{"timestamp": "0001-01-01T00:00:00Z"}',
        '{"timestamp": "9999-99-99T00:00:00Z"}',
    ):
        assert proto_json.problems(text)


@given(st.binary(max_size=200))
def test_no_bytes_do_harm(body: bytes) -> None:
    with suppress(SapientError):
        check.problems(decode(body))


@settings(deadline=None)
@given(st.data())
def test_no_cut_message_does_harm(corpus: dict[str, dict[str, str]], data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(sorted(corpus["accepted"].values())))
    body = bytearray(encode(proto_json.loads(text)))
    body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    with suppress(SapientError):
        check.problems(decode(bytes(body[: data.draw(st.integers(0, len(body)))])))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"node": "x"}, "SapientMessage: there is no node"),
        ({"alert": {"alert_type": "LOUD"}}, "SapientMessage.alert.alert_type: 'LOUD' is no Alert.AlertType"),
        ({"alert": {"ranking": float("nan")}}, "SapientMessage.alert.ranking: nan is no float"),
        ({"alert": 7}, "SapientMessage.alert: 7 is no Alert"),
    ],
)
def test_what_cannot_be_written_is_said_in_words(said: dict[str, Any], words: str) -> None:
    with pytest.raises(SapientError) as error:
        encode(said)
    assert str(error.value) == words
