"""What C2 follows with all nodes together, made again from what it heard, as messages of a node of that name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tools.c2.following import Following
from tools.c2.fused import Fused
from tools.trial.outcome import Heard

NAME = "C2"
LOOKS_S = 0.5


def followed(heard: Sequence[Heard], begun_utc_ms: int) -> Iterator[Heard]:
    """Twice a second, all objects of which two nodes or more speak, or of one that C2 still follows."""
    following, looked_s = Following(), -LOOKS_S
    for one in heard:
        following.take(one.event, one.t_s)
        following.advance(one.t_s)
        if one.t_s - looked_s >= LOOKS_S:
            looked_s = one.t_s
            sent_ms = round(begun_utc_ms + 1000 * one.t_s)
            tracks = [_track(fused) for fused in following.objects]
            yield Heard(one.t_s, {"kind": "tracks", "node": NAME, "epoch": 0, "t_utc_ms": sent_ms, "tracks": tracks})


def _track(one: Fused) -> dict[str, Any]:
    """As a node would say it: where it is now, and how long ago anything was heard of it."""
    kinematics = {name: getattr(one, name) for name in Fused.__struct_fields__ if name not in ("number", "keys", "ambiguous", "age_s")}
    unsaid = ("bearing", "sound", "sight", "target", "emission", "judgement", "identity", "suspicion_percent")
    return dict.fromkeys(unsaid) | {
        "number": one.number,
        "state": "tentative" if one.ambiguous else "confirmed",
        "age_s": 0.0,
        "unheard_s": one.age_s,
        "rid_claimed": False,
        "sensors": sorted({key[0] for key in one.keys}),
        "kinematics": kinematics,
    }
