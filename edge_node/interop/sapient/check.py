"""Whether a message is one by the standard: what must be said is said, ids are ids, of a group no more than one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from edge_node.interop.sapient.codec import Said
from edge_node.interop.sapient.schema import ENVELOPE, Field, Message, enumerations, messages

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
FORMS = {"uuid": (UUID, "a UUID of version 4 in lower case"), "ulid": (ULID, "a ULID in upper case")}
MOST_PROBLEMS = 20


def problems(said: Said, name: str = ENVELOPE) -> list[str]:
    """What is wrong with a message, each with the way to it; empty where nothing is."""
    found = _problems(said, messages()[name], "")
    return [one for one, _ in zip(found, range(MOST_PROBLEMS), strict=False)]


def _problems(said: Said, message: Message, path: str) -> Iterator[str]:
    for field in message.fields.values():
        value = said.get(field.name)
        if value is None or value in ("", []):
            if field.mandatory:
                yield f"{path}{field.name} is missing"
            continue
        for place, one in enumerate(value if field.many else [value]):
            yield from _value_problems(field, one, f"{path}{field.name}" + (f"[{place}]" if field.many else ""))
    yield from _groups(said, message, path)


def _value_problems(field: Field, value: Any, path: str) -> Iterator[str]:
    if field.kind in messages():
        yield from _problems(value, messages()[field.kind], f"{path}.")
    elif field.kind in FORMS:
        form, words = FORMS[field.kind]
        if not form.fullmatch(value):
            yield f"{path} {value[:40]!r} is not {words}"
    elif field.mandatory and field.kind in enumerations() and enumerations()[field.kind][value] == 0:
        yield f"{path} is unspecified"


def _groups(said: Said, message: Message, path: str) -> Iterator[str]:
    groups: dict[str, list[Field]] = {}
    for field in message.fields.values():
        if field.group is not None:
            groups.setdefault(field.group, []).append(field)
    for members in groups.values():
        names = [field.name for field in members if said.get(field.name) is not None]
        if len(names) > 1:
            yield f"{path}{' and '.join(names)} exclude each other"
        elif not names and members[0].group_mandatory:
            yield f"{path}{' or '.join(field.name for field in members)} is missing"
