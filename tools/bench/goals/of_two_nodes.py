"""Goals of positions that C2 makes of two nodes' bearings."""

from __future__ import annotations

from tools.bench.goal import Goal

GOALS = {
    "fusion.two_nodes.fix_m": Goal(at_most=1.3, of="ratio"),
    "fusion.two_nodes.fix_nees": Goal(at_least=0.8, at_most=1.2),
    "fusion.two_nodes.matched_m": Goal(at_most=1.3, of="ratio"),
    "fusion.two_nodes.matched_posterior_m": Goal(at_most=1.3, of="ratio"),
    "fusion.two_nodes.matched_nees": Goal(at_least=0.86, at_most=1.14),
    "fusion.two_nodes.straight_m": Goal(at_most=1.3, of="ratio"),
    "fusion.two_nodes.straight_posterior_m": Goal(at_most=1.3, of="ratio"),
    "fusion.two_nodes.straight_nees": Goal(at_least=0.7, at_most=1.14),
    "fusion.two_nodes.manoeuvring_m": Goal(at_most=1.3, of="ratio"),
    "fusion.two_nodes.manoeuvring_posterior_m": Goal(at_most=1.3, of="ratio"),
    "fusion.two_nodes.manoeuvring_nees": Goal(at_least=0.7, at_most=1.14),
    "fusion.two_nodes.smoothed_m": Goal(at_most=1.5, of="ratio"),
    "fusion.two_nodes.smoothed_posterior_m": Goal(at_most=1.5, of="ratio"),
    "fusion.two_nodes.smoothed_nees": Goal(at_least=0.5, at_most=1.14),
    "fusion.two_nodes.fix_posed_m": Goal(at_most=1.3, of="ratio"),
    "fusion.two_nodes.fix_posed_nees": Goal(at_least=0.8, at_most=1.2),
    "fusion.two_nodes.matched_posed_m": Goal(at_most=1.3, of="ratio"),
    "fusion.two_nodes.matched_posed_posterior_m": Goal(at_most=1.4, of="ratio"),
    "fusion.two_nodes.matched_posed_nees": Goal(at_least=0.86, at_most=1.14),
    "fusion.two_nodes.straight_posed_m": Goal(at_most=1.3, of="ratio"),
    "fusion.two_nodes.straight_posed_posterior_m": Goal(at_most=1.4, of="ratio"),
    "fusion.two_nodes.straight_posed_nees": Goal(at_least=0.7, at_most=1.14),
    "fusion.two_nodes.manoeuvring_posed_m": Goal(at_most=1.3, of="ratio"),
    "fusion.two_nodes.manoeuvring_posed_posterior_m": Goal(at_most=1.4, of="ratio"),
    "fusion.two_nodes.manoeuvring_posed_nees": Goal(at_least=0.7, at_most=1.14),
    "fusion.two_nodes.smoothed_posed_m": Goal(at_most=1.5, of="ratio"),
    "fusion.two_nodes.smoothed_posed_posterior_m": Goal(at_most=1.5, of="ratio"),
    "fusion.two_nodes.smoothed_posed_nees": Goal(at_least=0.5, at_most=1.14),
    "fusion.two_nodes.ghosts_believed": Goal(at_most=2),
    "fusion.two_nodes.ghosts_told_apart_s": Goal(at_most=35),
}
