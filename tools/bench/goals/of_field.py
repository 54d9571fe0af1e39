"""Goals of what a technician does on the mast."""

from __future__ import annotations

from tools.bench.goal import Goal


def _said(within_s: float) -> dict[str, Goal]:
    """Of a fault that must be said."""
    return {"said_in_an_hour": Goal(at_least=95), "said_in_a_day": Goal(at_least=95), "said_after_s": Goal(at_most=within_s)}


SLIGHT = {"said_in_an_hour": Goal(), "said_in_a_day": Goal(), "said_after_s": Goal()}
"""Of one that takes away little: how many are said is told, and no more is promised."""
NOISE_FAULTS = {
    "sound": {"capped": _said(900), "even": SLIGHT},
    "spectrum": {"antenna_off": _said(180), "jammed": _said(5)},
    "cover": {"soaked": SLIGHT},
    "sight": {"fog": _said(240), "drops": _said(3_600), "drop": SLIGHT, "web": _said(3_600)},
    "frames": {"antenna_off": _said(600), "loose": SLIGHT},
    "satellites": {"jammed": _said(60), "wet_cable": SLIGHT},
}
DEVICES = ("wifi", "bluetooth", "gnss", "microphones", "camera", "links")
FAULTS = (
    *(f"unplug_{device}" for device in DEVICES),
    *(f"stall_{device}" for device in DEVICES),
    "ports_exchanged",
    "no_fix",
    "fix_at_zero",
    "microphone_silent",
    "microphones_silent",
    "camera_covered",
    "worker_hangs",
    "worker_killed",
    "hub_killed",
    "disk_full",
    "disk_read_only",
    "card_fails",
    "under_voltage",
    "cpu_throttled",
    "clock_step",
    "c2_gone",
    "c2_black_hole",
    "c2_refuses_key",
    "c2_wrong_key",
    "typo",
    "typo_of_sensor",
    "library_missing",
)
"""What is done to a running node."""
GOALS = {
    **{f"verdicts.{fault}.said_s": Goal(at_most=5) for fault in FAULTS},
    **{f"verdicts.{fault}.well_s": Goal(at_most=10) for fault in FAULTS},
    "verdicts.others_struck": Goal(at_most=0),
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
    **{f"noise_floors.{kind}_false_in_100_days": Goal(at_most=2) for kind in NOISE_FAULTS},
    **{
        f"noise_floors.{kind}_{fault}_{figure}": goal
        for kind, faults in NOISE_FAULTS.items()
        for fault, goals in faults.items()
        for figure, goal in goals.items()
    },
}
