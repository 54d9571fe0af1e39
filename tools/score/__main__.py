"""python -m tools.score FOLDER: a trial's figures beside their bounds, as lines; for machines there is score.json."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.bench.goal import number
from tools.score.budget import Judged, bounds, goal_words, judged, value_words, verdict
from tools.score.figures import Figure, Scores
from tools.score.scoring import of
from tools.trial.outcome import Outcome, TrialError

RED, NO_TRIAL = 1, 2
WORDS = {"met": "met", "unsure": "unsure", "missed": "MISSED"}


def main() -> int:
    """Exit code 0, 1 where the verdict is red, 2 for a folder without a trial."""
    parser = argparse.ArgumentParser(prog="python -m tools.score", description="A trial's figures beside their bounds.")
    parser.add_argument("folder", type=Path, help="what a trial left")
    try:
        scores = of(Outcome(parser.parse_args().folder))
    except TrialError as error:
        sys.stderr.write(f"{error}\n")
        return NO_TRIAL
    for line in lines(scores):
        print(line)
    told = verdict(scores)
    print(f"{told.colour}: {told.sentence}")
    return RED if told.colour == "red" else 0


def lines(scores: Scores) -> list[str]:
    """One for each figure of each node."""
    goals, out = bounds(scores.head.scene), []
    for node in scores.nodes:
        for figure in node.figures:
            row = judged(node.node, figure, goals[figure.name]) if figure.name in goals else None
            out.append(_line(node.node, figure, row))
    return out


def _line(node: str, figure: Figure, row: Judged | None) -> str:
    one, scale = figure.estimate, figure.kind.scale
    name = f"{figure.name} of {figure.of}" if figure.of else figure.name
    between = "" if one.low is None or one.high is None else f"{number(one.low * scale)} to {number(one.high * scale)}"
    bound = f"{goal_words(figure, row.goal)}: {WORDS[row.state]}" if row else "no bound"
    return f"{node:12} {name:40} {value_words(figure, one.value):>14}  {between:24} {bound}"


if __name__ == "__main__":
    sys.exit(main())
