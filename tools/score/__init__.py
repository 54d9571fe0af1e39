"""What a trial is worth: its folder in, figures with their intervals out."""

from __future__ import annotations

from tools.score.figures import Figure, NodeScores, Scores
from tools.score.scoring import of

__all__ = ["Figure", "NodeScores", "Scores", "of"]
