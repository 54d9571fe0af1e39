"""What is written beside recorded IQ: a .sigmf-meta of SigMF 1.x, as drivers.sigmf and any other reader of it take it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import NamedTuple

from drivers.iq_formats import IqFormat
from drivers.sigmf import DATATYPES

VERSION = "1.2.0"
NS_PER_S = 1_000_000_000
_DATATYPES = {form: name for name, form in DATATYPES.items()}


class Stood(NamedTuple):
    """From the sample `start` of the file on, the receiver's `global_index`-th, it stood at `center_hz`, first at `t_utc_ns`."""

    start: int
    global_index: int
    center_hz: float | None
    t_utc_ns: int | None
    gain_db: float | None


def meta(form: IqFormat, rate_hz: float, stood: list[Stood], recorder: str) -> bytes:
    """The whole document."""
    whole = {
        "core:version": VERSION,
        "core:datatype": _DATATYPES[form],
        "core:sample_rate": rate_hz,
        "core:num_channels": 1,
        "core:recorder": recorder,
    }
    return json.dumps({"global": whole, "captures": [_capture(one) for one in stood], "annotations": []}, indent=1).encode()


def _capture(one: Stood) -> dict[str, object]:
    said: dict[str, object] = {"core:sample_start": one.start, "core:global_index": one.global_index}
    if one.center_hz is not None:
        said["core:frequency"] = one.center_hz
    if one.t_utc_ns is not None:
        moment = datetime.fromtimestamp(one.t_utc_ns // NS_PER_S, UTC).replace(microsecond=one.t_utc_ns % NS_PER_S // 1_000)
        said["core:datetime"] = f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"
    return said
