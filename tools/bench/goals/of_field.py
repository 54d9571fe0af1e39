"""Goals of what a technician does on the mast."""

from __future__ import annotations

from tools.bench.goal import Goal

GOALS = {
    "align.sound_within": Goal(at_least=100),
    "align.sound_rms_deg": Goal(),
    "align.sound_worst_deg": Goal(at_most=1),
    "align.sound_worst_s": Goal(at_most=0.1),
    "align.sound_chi2": Goal(at_least=0.3, at_most=1.6),
    "align.sound_usable": Goal(at_least=100),
    "align.sight_within": Goal(at_least=100),
    "align.sight_rms_deg": Goal(),
    "align.sight_bound_deg": Goal(),
    "align.sight_bound_within": Goal(),
    "align.sight_worst_deg": Goal(at_most=1),
    "align.sight_worst_s": Goal(at_most=0.1),
    "align.sight_chi2": Goal(at_least=0.3, at_most=1.6),
    "align.sight_usable": Goal(at_least=100),
    "align.poor_named": Goal(at_least=100),
    "align.poor_believed": Goal(at_most=0),
}
