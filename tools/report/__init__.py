"""A trial's folder in, one page and its figures out."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tools.report.page import page
from tools.score.budget import Verdict, verdict
from tools.score.figures import Scores
from tools.score.scoring import Trial, of
from tools.trial.outcome import Outcome

PAGE, FIGURES = "report.html", "score.json"


def write(folder: Path, other: Path | None = None) -> Path:
    """`report.html` of a trial, beside another run of it if there is one, and `score.json`; the page. Raises TrialError."""
    trial = Trial(Outcome(folder))
    scores = trial.scores()
    judged = verdict(scores)
    (folder / FIGURES).write_bytes(msgspec.json.format(msgspec.json.encode(told(scores, judged))) + b"\n")
    target = folder / PAGE
    target.write_text(page(trial, scores, judged, of(Outcome(other)) if other else None), encoding="utf-8")
    return target


def told(scores: Scores, judged: Verdict) -> dict[str, object]:
    """What `score.json` holds."""
    return {"verdict": judged.colour, "sentence": judged.sentence, "scores": scores, "budget": judged.rows}
