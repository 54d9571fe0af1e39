"""Goals of fusion."""

from __future__ import annotations

from tools.bench.goal import Goal

SCENES = ("bearings", "positions", "crossing", "clutter", "gaps", "mixed")
CASES = ("crossing_in_direction", "crossing_in_place", "hidden_from_radar", "hidden_from_camera", "handed_over")

GOALS = {
    **{f"fusion.gospa.{scene}": Goal(at_most=1, of="ratio") for scene in SCENES},
    **{
        f"fusion.{part}.{scene}": Goal()
        for scene in SCENES
        for part in ("localisation", "missed", "false", "switches", "purity", "rate", "rate_quickened")
    },
    "fusion.rate": Goal(at_least=20, of="ratio"),
    "fusion.rate_quickened": Goal(),
    "fusion.memory_mib": Goal(at_most=0.5, of="ratio"),
    # What chance leaves of the mean of 100 normalised squared errors of 6 and of 2 dimensions, 95 times of 100.
    "fusion.nees.place": Goal(at_least=0.890, at_most=1.117),
    "fusion.nees.place_moments": Goal(),
    "fusion.nees.mixed": Goal(at_least=0.890, at_most=1.117),
    "fusion.nees.mixed_moments": Goal(),
    "fusion.nees.direction": Goal(at_least=0.814, at_most=1.205),
    "fusion.nees.direction_moments": Goal(),
    **{f"fusion.identity.{case}": Goal(at_least=95) for case in CASES},
    "fusion.spoof.ghost": Goal(at_least=100),
    "fusion.spoof.ghost_s": Goal(),
    "fusion.spoof.ghost_slowest_s": Goal(),
    "fusion.spoof.silent": Goal(at_least=100),
    "fusion.spoof.silent_s": Goal(),
    "fusion.spoof.silent_slowest_s": Goal(),
    "fusion.spoof.genuine": Goal(at_most=0),
    "fusion.spoof.genuine_flags": Goal(),
    "fusion.load_cpu": Goal(at_most=35),
    "fusion.load_p99_ms": Goal(at_most=20),
    "fusion.load_tracks": Goal(at_least=1, at_most=1.1, of="ratio"),
    "fusion.hub_cpu": Goal(at_most=35),
    "fusion.hub_tracks": Goal(at_least=1, at_most=1.1, of="ratio"),
    "fusion.hub_rumours": Goal(),
    "fusion.hub_pss_mib": Goal(),
    "fusion.overload_p99_ms": Goal(at_most=1, of="ratio"),
    "fusion.overload_tracks": Goal(),
    "fusion.overload_thinned": Goal(),
}
