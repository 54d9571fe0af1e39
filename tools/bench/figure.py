"""A figure, its goal, and the table of all goals."""

from __future__ import annotations

from math import inf, isfinite
from typing import Any, Literal

from msgspec import Struct


class Goal(Struct, frozen=True):
    """Bounds, both included, on a figure's value or on its ratio to the peer's."""

    at_least: float = -inf
    at_most: float = inf
    of: Literal["value", "ratio"] = "value"

    def met(self, figure: float) -> bool:
        """Whether a figure is within the bounds; one that is not a number is not."""
        return self.at_least <= figure <= self.at_most

    def words(self) -> str:
        """Such as "at least 100 x"; empty without bounds."""
        times = " x" if self.of == "ratio" else ""
        if self.at_least == self.at_most:
            return f"exactly {number(self.at_least)}{times}"
        bounds = (("at least", self.at_least), ("at most", self.at_most))
        return " and ".join(f"{which} {number(bound)}{times}" for which, bound in bounds if isfinite(bound))


GOALS = {
    "remote_id.frames": Goal(at_least=100, of="ratio"),
    "remote_id.frames_dense": Goal(at_least=6_000),  # 100 aircraft at 10 beacons a second, on a machine 6 times slower
    "remote_id.frames_recorded": Goal(at_least=100, of="ratio"),
    "remote_id.found": Goal(at_least=1, at_most=1, of="ratio"),
    "remote_id.found_dense": Goal(at_least=1, at_most=1, of="ratio"),
    "remote_id.found_recorded": Goal(at_least=1, at_most=1, of="ratio"),
    "remote_id.messages_agree": Goal(at_least=1, at_most=1, of="ratio"),
    "remote_id.packs_agree": Goal(at_least=1, at_most=1, of="ratio"),
    "authenticity.genuine_suspected": Goal(at_most=0),
    "authenticity.false_suspected": Goal(at_least=95),
    "authenticity.first_suspicion_p95_s": Goal(at_most=30),
    "authenticity.judging_us": Goal(at_most=35),
    "authenticity.recorded_genuine_suspected": Goal(at_most=0),
    "authenticity.recorded_false_suspected": Goal(at_least=1, at_most=1, of="ratio"),
    "wire.full_bytes": Goal(at_most=96),
    "wire.bearing_only_bytes": Goal(at_most=48),
    "wire.sighted_bytes": Goal(at_most=64),
    "microphones.false_alarms": Goal(at_most=1),
    "microphones.dead_16": Goal(at_least=95),
    "microphones.dead_4": Goal(at_least=95),
    "microphones.dead_7": Goal(at_least=95),
    "microphones.late_16": Goal(at_least=95),
    "microphones.late_4": Goal(at_least=95),
    "microphones.late_7": Goal(at_least=95),
    "microphones.mirrored_16": Goal(at_least=95),
    "microphones.mirrored_7": Goal(at_least=95),
    "microphones.swapped_16": Goal(at_least=95),
    "microphones.swapped_4": Goal(at_least=95),
    "microphones.swapped_7": Goal(at_least=95),
    "microphones.other": Goal(at_least=95),
    "microphones.cpu": Goal(at_most=0.002),
    "microphones.mirrored_walk": Goal(at_least=95),
    "microphones.places_mm": Goal(at_most=1),
    "microphones.calibrated_4": Goal(at_most=1.3, of="ratio"),
    "microphones.calibrated_7": Goal(at_most=1.3, of="ratio"),
    "microphones.calibrated_16": Goal(at_most=1.3, of="ratio"),
    "microphones.misplaced_4": Goal(),
    "microphones.misplaced_7": Goal(),
    "microphones.misplaced_16": Goal(),
    "camera_lines.counts_pictures": Goal(at_least=1, of="ratio"),
    "camera_lines.mjpeg_age_frames": Goal(at_most=2),
    "camera_lines.rtsp_age_frames": Goal(at_most=2),
    "camera_lines.rtsp_stall_named_s": Goal(at_most=5),
    "camera_lines.rtsp_kill_named_s": Goal(at_most=1),
    "camera_lines.reader_pss_mib": Goal(at_most=35),
    "camera_lines.reader_cpu_ms": Goal(at_most=2, of="ratio"),
    "node.first_track_s": Goal(at_most=5),
    "node.gaps": Goal(at_most=0),
    "node.pss_mib": Goal(at_most=70),
    "node.latency_p50_ms": Goal(at_most=1, of="ratio"),
    "node.latency_p99_ms": Goal(at_most=1.5, of="ratio"),
    "node.bytes_a_track": Goal(at_most=150),
    "web.longest_task_ms": Goal(at_most=200),
    "web.updates": Goal(at_least=4.5),
    "web.stream_kb": Goal(at_most=2, of="ratio"),
    "web.cpu_percent": Goal(at_most=60),
    "web.pss_mib": Goal(at_most=120),
    "flood.wifi_growth": Goal(at_most=1),
    "flood.hub_growth": Goal(at_most=1),
    "flood.genuine_rate": Goal(at_least=0.9, of="ratio"),
    "flood.lost": Goal(at_most=0.01, of="ratio"),
    "flood.named": Goal(at_least=1),
    "fuzz.payloads": Goal(at_least=200_000),
    "fuzz.slowest_ms": Goal(at_most=30, of="ratio"),
    "fuzz.least_rate": Goal(at_least=5_000),
    "chaos.faults": Goal(at_least=20),
    "chaos.offered": Goal(at_least=834),  # 50 000 a minute
    "chaos.safe": Goal(at_least=0.9, of="ratio"),
    "chaos.stored": Goal(at_least=1, of="ratio"),
    "chaos.sent_again": Goal(at_most=2, of="ratio"),
    "chaos.node_stored": Goal(at_least=1_000),
    "chaos.drained_s": Goal(at_most=60),
    "chaos.lost": Goal(at_most=0),
    "chaos.node_lost": Goal(at_most=0),
    "chaos.events_evicted": Goal(at_most=0),
    "chaos.twice": Goal(at_most=0),
    "chaos.disordered": Goal(at_most=0),
    "chaos.undrained": Goal(at_most=0),
    "chaos.died": Goal(at_most=0),
    "outage.rows": Goal(at_least=518_400),
    "outage.spool_mb": Goal(at_most=300),
    "outage.evicted": Goal(at_most=0),
    "outage.live_after_refusal_s": Goal(at_most=2),
    "outage.drained_rows": Goal(at_least=5_000),
    "outage.live_p99_ms": Goal(at_most=1, of="ratio"),
    "outage.live_after_black_hole_s": Goal(at_most=2),
    "outage.lost": Goal(at_most=0),
    "outage.disordered": Goal(at_most=0),
    "outage.small_spool_mb": Goal(at_most=2, of="ratio"),
    "outage.thinned_to": Goal(at_least=0.05, of="ratio"),
    "outage.thinned_unevenly": Goal(at_most=1.02, of="ratio"),
    "outage.widest_gap_s": Goal(at_most=4, of="ratio"),
    "outage.events_evicted": Goal(at_most=0),
    "outage.miscounted": Goal(at_least=0, at_most=0),
    "outage.small_disordered": Goal(at_most=0),
    "flood_c2.handshakes": Goal(at_least=100),
    "flood_c2.garbage": Goal(at_least=100),
    "flood_c2.silent": Goal(at_least=400),
    "flood_c2.live_p50_ms": Goal(at_most=2, of="ratio"),
    "flood_c2.live_p99_ms": Goal(at_most=2, of="ratio"),
    "flood_c2.live_rate": Goal(at_least=0.95, of="ratio"),
    "flood_c2.acked_p50_ms": Goal(at_most=2, of="ratio"),
    "flood_c2.acked_p99_ms": Goal(at_most=2, of="ratio"),
    "flood_c2.acked_rate": Goal(at_least=0.95, of="ratio"),
    "flood_c2.dial_s": Goal(at_most=2),
    "flood_c2.missing": Goal(at_most=0),
    "throughput.events_rows": Goal(at_least=0.3, of="ratio"),
    "throughput.events_rows_curve": Goal(at_least=0.3, of="ratio"),
    "throughput.history_rows": Goal(at_least=0.3, of="ratio"),
    "throughput.history_rows_curve": Goal(at_least=0.3, of="ratio"),
    "acoustic.dsp": Goal(at_most=0.03),
    "acoustic.cpu": Goal(at_most=0.03),
    "acoustic.pss_mib": Goal(at_most=70),
    "acoustic.first_s": Goal(at_most=3),
    "acoustic.told_hz": Goal(at_most=2.5),
    "acoustic.bearing_p50_deg": Goal(at_most=2),
    "acoustic.within_3_sigma": Goal(at_least=0.9),
    "rotor.split_auc": Goal(at_least=0.985),
    "rotor.split_found": Goal(at_least=0.88),
    "rotor.split_auc_pink_0": Goal(at_least=0.95),
    "rotor.split_auc_pink_10": Goal(at_least=0.87),
    "rotor.shipped_auc": Goal(at_least=0.985),
    "rotor.shipped_found": Goal(at_least=0.88),
    "rotor.shipped_auc_pink_0": Goal(at_least=0.95),
    "rotor.shipped_auc_pink_10": Goal(at_least=0.87),
    "rotor.shipped_calibration_error": Goal(at_most=0.05),
    "rotor.shipped_brier": Goal(at_most=0.3, of="ratio"),
    "rotor.to_dp_dad_auc": Goal(at_least=1, of="ratio"),
    "rotor.to_dp_dad_found": Goal(at_least=0.6),
    "rotor.to_svan_auc": Goal(at_least=1, of="ratio"),
    "rotor.to_svan_found": Goal(at_least=0.6),
    "rotor.svan_half_auc": Goal(at_least=0.985),
    "rotor.svan_half_found": Goal(at_least=0.88),
    "rotor.false_events": Goal(at_most=1),
    "rotor.found_within_3_s": Goal(at_least=0.9),
    "rotor.told_false_events": Goal(at_most=1),
    "rotor.told_within_3_s": Goal(at_least=0.9),
    "rotor.told_at_all": Goal(at_least=0.95),
    "rotor.false_time_airplane": Goal(at_most=1),
    "rotor.false_time_birds": Goal(at_most=1),
    "rotor.false_time_chainsaw": Goal(at_most=1),
    "rotor.false_time_clockalarm": Goal(at_most=1),
    "rotor.false_time_crickets": Goal(at_most=1),
    "rotor.false_time_engine": Goal(at_most=1),
    "rotor.false_time_handsaw": Goal(at_most=1),
    "rotor.false_time_helicopter": Goal(at_most=1),
    "rotor.false_time_insects": Goal(at_most=1),
    "rotor.false_time_rain": Goal(at_most=1),
    "rotor.false_time_siren": Goal(at_most=1),
    "rotor.false_time_thunder": Goal(at_most=1),
    "rotor.false_time_train": Goal(at_most=1),
    "rotor.false_time_vacuum": Goal(at_most=1),
    "rotor.false_time_washing": Goal(at_most=1),
    "rotor.false_time_wind": Goal(at_most=1),
    "rotor.judging_ms": Goal(at_most=3),
    "camera.thermal.coverage": Goal(at_least=0.93),
    "camera.thermal.false_per_min": Goal(at_most=0.5),
    "camera.thermal.coverage_nvr_full": Goal(),
    "camera.thermal.false_per_min_nvr_full": Goal(at_most=1, of="ratio"),
    "camera.thermal.coverage_mog2": Goal(),
    "camera.thermal.false_per_min_mog2": Goal(at_most=1, of="ratio"),
    "camera.thermal.coverage_knn": Goal(),
    "camera.thermal.false_per_min_knn": Goal(at_most=1, of="ratio"),
    "camera.thermal.coverage_cfar": Goal(),
    "camera.thermal.false_per_min_cfar": Goal(at_most=1, of="ratio"),
    "camera.thermal.ms_frame": Goal(at_most=2),
    "camera.thermal.told": Goal(),
    "camera.thermal.auc": Goal(at_least=0.95),
    "camera.thermal.calibration_error": Goal(at_most=0.05),
    "camera.visible.coverage": Goal(at_least=0.95),
    "camera.visible.false_per_min": Goal(at_most=2),
    "camera.visible.coverage_nvr_full": Goal(),
    "camera.visible.false_per_min_nvr_full": Goal(at_most=1, of="ratio"),
    "camera.visible.coverage_mog2": Goal(),
    "camera.visible.false_per_min_mog2": Goal(at_most=1, of="ratio"),
    "camera.visible.coverage_knn": Goal(),
    "camera.visible.false_per_min_knn": Goal(at_most=1, of="ratio"),
    "camera.visible.coverage_cfar": Goal(),
    "camera.visible.false_per_min_cfar": Goal(at_most=1, of="ratio"),
    "camera.visible.ms_frame": Goal(at_most=8),
    "camera.visible.near_coverage": Goal(at_least=0.95),
    "camera.visible.told": Goal(),
    "camera.visible.auc": Goal(at_least=0.98),
    "camera.visible.calibration_error": Goal(at_most=0.05),
    "camera.panning.coverage": Goal(at_least=0.88),
    "camera.panning.false_per_min": Goal(at_most=3),
    "camera.panning.coverage_nvr_full": Goal(),
    "camera.panning.false_per_min_nvr_full": Goal(at_most=1, of="ratio"),
    "camera.panning.coverage_mog2": Goal(),
    "camera.panning.false_per_min_mog2": Goal(at_most=1, of="ratio"),
    "camera.panning.coverage_knn": Goal(),
    "camera.panning.false_per_min_knn": Goal(at_most=1, of="ratio"),
    "camera.panning.coverage_cfar": Goal(),
    "camera.panning.false_per_min_cfar": Goal(at_most=1, of="ratio"),
    "camera.panning.ms_frame": Goal(at_most=8),
    "camera.hovering.coverage": Goal(at_least=0.95),
    "camera.hovering.false_per_min": Goal(at_most=0.5),
    "camera.looped.false_per_hour": Goal(at_most=6),
    "camera.looped.false_drones_per_hour": Goal(),
    "camera.simulated.false_per_hour": Goal(at_most=6),
    "camera.simulated.false_drones_per_hour": Goal(),
    "camera.cost.320x256_ms": Goal(at_most=2),
    "camera.cost.640x512_ms": Goal(at_most=8),
    "camera.cost.1280x720_ms": Goal(at_most=20),
    "camera.cost.1920x1080_ms": Goal(at_most=40),
    "camera.pss_mib": Goal(at_most=90),
    "mic_array.wrong_frames": Goal(at_most=0),
    "mic_array.cpu": Goal(at_most=0.05),
    "mic_array.stamp_p95_ms": Goal(at_most=2),
    "mic_array.clock_error_ppm": Goal(at_most=10),
    "mic_array.pss_mib": Goal(at_most=50),
    "mic_array.gaps": Goal(at_least=1, at_most=1, of="ratio"),
    "mic_array.gap_error_ms": Goal(at_most=10),
    "mic_array.stall_named_s": Goal(at_most=2, of="ratio"),
    "mic_array.unplug_named_s": Goal(at_most=2),
    "bearings.square_4_white_0_db_mean": Goal(at_most=2.5),
    "bearings.square_4_white_0_db_mean_odas": Goal(at_most=1, of="ratio"),
    "bearings.square_4_white_0_db_p95": Goal(at_most=1, of="ratio"),
    "bearings.square_4_white_0_db_p95_odas": Goal(at_most=1, of="ratio"),
    "bearings.square_4_white_0_db_glance_odas": Goal(at_most=1, of="ratio"),
    "bearings.square_4_white_minus_10_db_mean": Goal(at_most=1, of="ratio"),
    "bearings.square_4_white_minus_10_db_mean_odas": Goal(at_most=1, of="ratio"),
    "bearings.square_4_white_minus_10_db_p95": Goal(at_most=1, of="ratio"),
    "bearings.square_4_white_minus_10_db_p95_odas": Goal(at_most=1, of="ratio"),
    "bearings.square_4_white_minus_10_db_glance_odas": Goal(at_most=1, of="ratio"),
    "bearings.square_4_diffuse_0_db_mean": Goal(at_most=2.5),
    "bearings.square_4_diffuse_0_db_mean_odas": Goal(at_most=1, of="ratio"),
    "bearings.square_4_diffuse_0_db_p95": Goal(at_most=1, of="ratio"),
    "bearings.square_4_diffuse_0_db_p95_odas": Goal(at_most=1, of="ratio"),
    "bearings.square_4_diffuse_0_db_glance_odas": Goal(at_most=1, of="ratio"),
    "bearings.square_4_diffuse_minus_10_db_mean": Goal(at_most=1, of="ratio"),
    "bearings.square_4_diffuse_minus_10_db_mean_odas": Goal(at_most=1, of="ratio"),
    "bearings.square_4_diffuse_minus_10_db_p95": Goal(at_most=1, of="ratio"),
    "bearings.square_4_diffuse_minus_10_db_p95_odas": Goal(at_most=1, of="ratio"),
    "bearings.square_4_diffuse_minus_10_db_glance_odas": Goal(at_most=1, of="ratio"),
    "bearings.circular_7_white_0_db_mean": Goal(at_most=1.7),
    "bearings.circular_7_white_0_db_mean_odas": Goal(at_most=1, of="ratio"),
    "bearings.circular_7_white_0_db_p95": Goal(at_most=1, of="ratio"),
    "bearings.circular_7_white_0_db_p95_odas": Goal(at_most=1, of="ratio"),
    "bearings.circular_7_white_0_db_glance_odas": Goal(at_most=1, of="ratio"),
    "bearings.circular_7_white_minus_10_db_mean": Goal(at_most=8),
    "bearings.circular_7_white_minus_10_db_mean_odas": Goal(at_most=1, of="ratio"),
    "bearings.circular_7_white_minus_10_db_p95": Goal(at_most=1, of="ratio"),
    "bearings.circular_7_white_minus_10_db_p95_odas": Goal(at_most=1, of="ratio"),
    "bearings.circular_7_white_minus_10_db_glance_odas": Goal(at_most=1, of="ratio"),
    "bearings.circular_7_diffuse_0_db_mean": Goal(at_most=1, of="ratio"),
    "bearings.circular_7_diffuse_0_db_mean_odas": Goal(at_most=1, of="ratio"),
    "bearings.circular_7_diffuse_0_db_p95": Goal(at_most=1, of="ratio"),
    "bearings.circular_7_diffuse_0_db_p95_odas": Goal(at_most=1, of="ratio"),
    "bearings.circular_7_diffuse_0_db_glance_odas": Goal(at_most=1, of="ratio"),
    "bearings.circular_7_diffuse_minus_10_db_mean": Goal(at_most=8),
    "bearings.circular_7_diffuse_minus_10_db_mean_odas": Goal(at_most=1, of="ratio"),
    "bearings.circular_7_diffuse_minus_10_db_p95": Goal(at_most=1, of="ratio"),
    "bearings.circular_7_diffuse_minus_10_db_p95_odas": Goal(at_most=1, of="ratio"),
    "bearings.circular_7_diffuse_minus_10_db_glance_odas": Goal(at_most=1, of="ratio"),
    "bearings.uma_16_white_0_db_mean": Goal(at_most=1.0),
    "bearings.uma_16_white_0_db_mean_odas": Goal(at_most=1, of="ratio"),
    "bearings.uma_16_white_0_db_p95": Goal(at_most=1, of="ratio"),
    "bearings.uma_16_white_0_db_p95_odas": Goal(at_most=1, of="ratio"),
    "bearings.uma_16_white_0_db_glance_odas": Goal(at_most=1, of="ratio"),
    "bearings.uma_16_white_minus_10_db_mean": Goal(at_most=3.5),
    "bearings.uma_16_white_minus_10_db_mean_odas": Goal(at_most=1, of="ratio"),
    "bearings.uma_16_white_minus_10_db_p95": Goal(at_most=12),
    "bearings.uma_16_white_minus_10_db_p95_odas": Goal(at_most=1, of="ratio"),
    "bearings.uma_16_white_minus_10_db_glance_odas": Goal(at_most=1, of="ratio"),
    "bearings.uma_16_diffuse_0_db_mean": Goal(at_most=1, of="ratio"),
    "bearings.uma_16_diffuse_0_db_mean_odas": Goal(at_most=1, of="ratio"),
    "bearings.uma_16_diffuse_0_db_p95": Goal(at_most=1, of="ratio"),
    "bearings.uma_16_diffuse_0_db_p95_odas": Goal(at_most=1, of="ratio"),
    "bearings.uma_16_diffuse_0_db_glance_odas": Goal(at_most=1, of="ratio"),
    "bearings.uma_16_diffuse_minus_10_db_mean": Goal(at_most=4.5),
    "bearings.uma_16_diffuse_minus_10_db_mean_odas": Goal(at_most=1, of="ratio"),
    "bearings.uma_16_diffuse_minus_10_db_p95": Goal(at_most=12),
    "bearings.uma_16_diffuse_minus_10_db_p95_odas": Goal(at_most=1, of="ratio"),
    "bearings.uma_16_diffuse_minus_10_db_glance_odas": Goal(at_most=1, of="ratio"),
    "bearings.square_4_within_95": Goal(at_least=90),
    "bearings.circular_7_within_95": Goal(at_least=90),
    "bearings.uma_16_within_95": Goal(at_least=90),
    "bearings.circular_7_both_40_deg_apart": Goal(at_least=60),
    "bearings.circular_7_both_90_deg_apart": Goal(at_least=95),
    "bearings.uma_16_both_40_deg_apart": Goal(at_least=98),
    "bearings.uma_16_both_90_deg_apart": Goal(at_least=98),
    "bearings_cost.square_4_cheaper": Goal(at_least=1.2),
    "bearings_cost.circular_7_cheaper": Goal(at_least=2),
    "bearings_cost.uma_16_cheaper": Goal(at_least=4),
    "bearings_cost.square_4_5_hz": Goal(at_most=0.018),
    "bearings_cost.circular_7_5_hz": Goal(at_most=0.018),
    "bearings_cost.uma_16_5_hz": Goal(at_most=0.018),
}
"""Every figure of the project; what stands before the dot is the bench that measures it."""


class Figure(Struct, frozen=True):
    """One measured number, beside what `against` names: a peer's number, or a bound, in the same unit and from the same run."""

    name: str
    value: float
    unit: str
    peer: float | None = None
    against: str = ""

    @property
    def goal(self) -> Goal:
        """The row of GOALS; a figure without one is a KeyError."""
        return GOALS[self.name]

    @property
    def ratio(self) -> float | None:
        """Value to peer; None without a peer, or beside one of 0."""
        return self.value / self.peer if self.peer else None

    @property
    def ok(self) -> bool:
        """Whether the goal is met; a goal on the ratio is not met where there is none."""
        judged = self.ratio if self.goal.of == "ratio" else self.value
        return judged is not None and self.goal.met(judged)

    def fields(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "goal": self.goal.words(),
            "peer": self.peer,
            "ratio": self.ratio,
            "ok": self.ok,
            "against": self.against,
        }

    def cells(self) -> list[str]:
        """As a row of a table: figure, value, goal, peer, ratio, ok."""
        peer = "" if self.peer is None else f"{self.against}: {number(self.peer)}"
        ratio = "" if self.ratio is None else f"{number(self.ratio)} x"
        return [self.name, f"{number(self.value)} {self.unit}", self.goal.words(), peer, ratio, "yes" if self.ok else "NO"]


COLUMNS = ("figure", "measured", "goal", "beside it, in the same run", "ratio", "met")


def number(value: float) -> str:
    """Three digits that matter, thousands apart: 0.0123, 12.3, 181 856."""
    return f"{value:,.0f}".replace(",", " ") if abs(value) >= 1000 else f"{value:.3g}"
