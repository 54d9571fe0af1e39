"""When each object was there, in reach, tracked, and which sensors had it: what a timeline shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tools.score.case import Case, spans
from tools.score.detection import false_tracks
from tools.score.figures import Life, Span
from tools.score.sensors import Owned, having
from tools.score.tracking import tracked_spans


def lives(case: Case, sensors: Sequence[Owned]) -> Iterator[Life]:
    """One for each object."""
    for k, flown in enumerate(case.truth.flown):
        yield Life(
            name=flown.name,
            kind=flown.kind,
            flew=_spans(spans(case.t_s, flown.lives(case.t_s))),
            in_reach=_spans(spans(case.t_s, case.reach[:, k])),
            tracked=_spans(tracked_spans(case, k)),
            sensors={one.sensor.name: _spans(spans(case.t_s, having(one, k, case.t_s))) for one in sensors},
        )


def false(case: Case) -> tuple[Span, ...]:
    """When each false track was confirmed, the first to come first."""
    each = [spans(case.t_s, case.match.alive[:, track]) for track in false_tracks(case)]
    return _spans(sorted(span for some in each for span in some))


def _spans(some: Sequence[tuple[float, float]]) -> tuple[Span, ...]:
    return tuple(Span(*one) for one in some)
