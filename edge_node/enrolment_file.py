"""What the node learned when it enrolled: where C2 is and by which keys it is known, beside the node's own state."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from edge_node import private_file
from edge_node.config import C2Table, Z85Key
from edge_node.strict_toml import Problem, read_table

FILE = "enrolment.toml"
MOST_BYTES = 4096

Address = Annotated[str, Meta(pattern=r"^(tcp|ipc)://[!#-&(-\[\]-~]{1,200}\Z", description="an address like tcp://c2.example.org:5571")]


class EnrolmentFileError(Exception):
    """The file is broken or cannot be read; the text says what to do."""


class Enrolled(Struct, frozen=True):
    """What C2 said; each field is a key of [c2]."""

    live: Address
    server_key: Z85Key
    reliable: Address | None = None
    next_server_key: Z85Key | None = None


def write(state_dir: Path, enrolled: Enrolled) -> Path:
    """Keep it instead of what was there before; raises OSError."""
    path = state_dir / FILE
    told = {key: value for key, value in msgspec.structs.asdict(enrolled).items() if value is not None}
    private_file.replace(path, "# made by edge-node enrol\n" + "".join(f"{key} = '{value}'\n" for key, value in told.items()))
    return path


def read(state_dir: Path) -> Enrolled | None:
    """What was kept; None for a node that was never enrolled; raises EnrolmentFileError."""
    path = state_dir / FILE
    problems: list[Problem] = []
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES).decode("ascii")
        enrolled = read_table(tomllib.loads(text), Enrolled, (), text, problems)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EnrolmentFileError(f"cannot be read: {error.strerror}; run this as the user that runs the node") from error
    except ValueError as error:
        raise EnrolmentFileError(f"is broken: {error}; enrol again with 'edge-node enrol'") from error
    if enrolled is None:
        raise EnrolmentFileError(f"is broken: {'; '.join(map(str, problems))}; enrol again with 'edge-node enrol'")
    return enrolled


def unsaid(stated: dict[str, Any], state_dir: Path) -> dict[str, str]:
    """The keys that [c2] of node.toml leaves unsaid; none where it says both live and server_key, and so is whole by itself.

    Raises EnrolmentFileError.
    """
    if {"live", "server_key"} <= stated.keys():
        return {}
    enrolled = read(state_dir)
    told = msgspec.structs.asdict(enrolled) if enrolled else {}
    known = {field.encode_name for field in msgspec.structs.fields(C2Table)}
    return {key: value for key, value in told.items() if value is not None and key in known and key not in stated}
