"""Figures: each with its goal, its peer or bound, and their ratio."""
