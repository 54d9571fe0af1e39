"""The node in figures, as OpenMetrics 1.0 for Prometheus and its like; names and units by its conventions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric, StateSetMetricFamily
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from edge_node.messages import SensorState, Track, TrackState, Verdict
from edge_node.page.desk import Told

KIND = CONTENT_TYPE_LATEST
COUNTERS: dict[str, tuple[str, str, str]] = {
    "detections": ("edge_node_hub_detections", "", "Detections that the hub took from its sensors"),
    "tracks_new": ("edge_node_tracks_begun", "", "Tracks begun"),
    "tracks_confirmed": ("edge_node_tracks_confirmed", "", "Tracks confirmed"),
    "tracks_merged": ("edge_node_tracks_merged", "", "Tracks found to be another one"),
    "tracks_lost": ("edge_node_tracks_lost", "", "Tracks lost"),
    "track_reports": ("edge_node_track_reports", "", "States of tracks published to C2"),
    "fixes_refused": ("edge_node_fixes_refused", "", "Fixes of the node's own receiver that cannot be"),
    "bus_malformed": ("edge_node_bus_malformed_messages", "", "Messages on the node's own bus that do not decode"),
    "clock_steps": ("edge_node_clock_steps", "", "Times that the system's clock was set"),
    "sent": ("edge_node_link_sent_messages", "", "Messages of the live plane that left for C2"),
    "sent_bytes": ("edge_node_link_sent_bytes", "bytes", "Bytes of the live plane that left for C2"),
    "dropped_full": ("edge_node_link_dropped_full_messages", "", "Messages of the live plane dropped because the queue was full"),
    "dropped_unconnected": ("edge_node_link_dropped_unconnected_messages", "", "Messages of the live plane dropped without a connection"),
    "reconnects": ("edge_node_link_reconnects", "", "Times that the live plane connected again"),
    "refused": ("edge_node_link_refused", "", "Times that C2 refused the live plane"),
    "reliable_rows_sent": ("edge_node_reliable_sent_rows", "", "Rows of the reliable plane that left for C2"),
    "reliable_bytes_sent": ("edge_node_reliable_sent_bytes", "bytes", "Bytes of the reliable plane that left for C2"),
    "reliable_acks": ("edge_node_reliable_acks", "", "Acknowledgements of C2"),
    "fusion_late": ("edge_node_fusion_late_detections", "", "Detections that came too late for their track"),
    "fusion_thinned": ("edge_node_fusion_thinned_detections", "", "Detections left out under load"),
}
"""The hub's own names: name, unit and help of each."""
GAUGES: dict[str, tuple[str, str]] = {"spool_rows": ("edge_node_spool_rows", "Rows that wait for C2 in the spool")}


def exposed(told: Told, tracks: tuple[Track, ...]) -> bytes:
    """The whole text."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Once(told, tracks))
    return bytes(generate_latest(registry))  # type: ignore[no-untyped-call]


class _Once(Collector):
    """One look as metric families."""

    def __init__(self, told: Told, tracks: tuple[Track, ...]) -> None:
        self._told, self._tracks = told, tracks

    def collect(self) -> Iterator[Metric]:
        """The node, its sensors, tracks, hub and link; what nobody knows is left out."""
        yield InfoMetricFamily("edge_node_build", "Which edge_node runs", {"version": self._told.version})
        verdict = {name: name == self._told.verdict for name in get_args(Verdict)}
        yield StateSetMetricFamily("edge_node_verdict", "How the node is as a whole", verdict)
        age = GaugeMetricFamily("edge_node_status_age_seconds", "Since the node's supervisor said how it is", unit="seconds")
        if self._told.age_s is not None:
            age.add_metric((), self._told.age_s)
        yield age
        yield from self._findings()
        yield from self._sensors()
        yield from self._data()
        yield from self._coverage()
        yield self._alive_tracks()
        yield from self._hub()

    def _findings(self) -> Iterator[Metric]:
        found = GaugeMetricFamily("edge_node_finding", "1 for each thing that is not well", labels=("about", "name", "grade"))
        for labels in sorted({(one.about, one.name, one.grade) for one in (self._told.node.findings if self._told.node else ())}):
            found.add_metric(labels, 1)
        yield found

    def _sensors(self) -> Iterator[Metric]:
        labels = ("sensor", "driver")
        state = StateSetMetricFamily("edge_node_sensor_state", "How each sensor's process is", labels=labels)
        restarts = CounterMetricFamily("edge_node_sensor_restarts", "Times that its process was started again", labels=labels)
        for one in self._told.node.sensors if self._told.node else ():
            state.add_metric((one.name, one.driver), {name: name == one.state for name in get_args(SensorState)})
            restarts.add_metric((one.name, one.driver), one.restarts)
        yield state
        yield restarts

    def _data(self) -> Iterator[Metric]:
        """By the newest report of each sensor; its counters begin anew with its process."""
        labels = ("sensor",)
        age = GaugeMetricFamily("edge_node_sensor_data_age_seconds", "Since its newest data", labels=labels, unit="seconds")
        counters = {
            "blocks": CounterMetricFamily("edge_node_sensor_blocks", "Blocks of data handed over", labels=labels),
            "detections": CounterMetricFamily("edge_node_sensor_detections", "Detections made", labels=labels),
            "lost": CounterMetricFamily("edge_node_sensor_lost", "Frames, samples or pictures lost on the way", labels=labels),
            "unsent": CounterMetricFamily("edge_node_sensor_unsent_messages", "Messages that the hub did not take", labels=labels),
        }
        for name, report in sorted((self._told.figures.reports if self._told.figures else {}).items()):
            if report.last_block_mono_ns is not None:
                age.add_metric((name,), max(self._told.t_mono_ns - report.last_block_mono_ns, 0) / 1e9)
            for what, counter in counters.items():
                counter.add_metric((name,), getattr(report, what))
        yield age
        yield from counters.values()

    def _coverage(self) -> Iterator[Metric]:
        labels = ("sensor", "sense")
        reach = GaugeMetricFamily("edge_node_reach_meters", "How far a small drone is told of; 0 is blind", labels=labels, unit="meters")
        sure = GaugeMetricFamily("edge_node_coverage_ratio", "Probability that it is told of there", labels=labels, unit="ratio")
        width = GaugeMetricFamily("edge_node_coverage_width_degrees", "Width of the sector", labels=labels, unit="degrees")
        for one in self._told.node.coverage if self._told.node else ():
            reach.add_metric((one.sensor, one.sense), one.reach_m)
            sure.add_metric((one.sensor, one.sense), one.probability)
            width.add_metric((one.sensor, one.sense), one.width_deg)
        yield from (reach, sure, width)

    def _alive_tracks(self) -> Metric:
        tracks = GaugeMetricFamily("edge_node_tracks", "Tracks by state", labels=("state",))
        for state in get_args(TrackState):
            tracks.add_metric((state,), sum(one.state == state for one in self._tracks))
        return tracks

    def _hub(self) -> Iterator[Metric]:
        figures = self._told.figures
        if figures is None:
            return
        if figures.linked is not None:
            yield GaugeMetricFamily("edge_node_link_up", "Whether C2 asks for the tracks", int(figures.linked))
        if figures.sigma_utc_s is not None:
            sigma = "1-sigma of the node's clock"
            yield GaugeMetricFamily("edge_node_clock_sigma_seconds", sigma, figures.sigma_utc_s, unit="seconds")
        for key, (name, unit, words) in COUNTERS.items():
            if key in figures.counters:
                yield CounterMetricFamily(name, words, figures.counters[key], unit=unit)
        for key, (name, words) in GAUGES.items():
            if key in figures.counters:
                yield GaugeMetricFamily(name, words, figures.counters[key])
