"""What a sensor is for, by its driver, and what it covers while it says nothing of that itself."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from edge_node.messages import Coverage, Finding, Sense, SensorStatus

SENSES_NOTHING = frozenset({"gnss", "imu"})
"""Of drones: they say where the node is and how it stands."""
SENSES: dict[str, Sense] = {
    "mic_array": "sound",
    "camera": "sight",
    "wifi_monitor": "remote_id",
    "ble_hci": "remote_id",
    "ble_sniffle": "remote_id",
    "mavlink_rid": "remote_id",
    "rtl_sdr": "radio",
    "rtl_tcp": "radio",
    "soapy_sdr": "radio",
}
UNKNOWN_YET = "it has not said yet what it covers"
MOST_NOTES, LONGEST_NOTE = 4, 160


def covered_now(sensor: SensorStatus, said: Coverage | None, findings: Sequence[Finding], t_mono_ns: int) -> Coverage | None:
    """What a sensor covers, `said` being its own fresh word of it; reach 0 with the reason where it does not work.

    None of what senses no drones.
    """
    if sensor.driver in SENSES_NOTHING:
        return None
    if sensor.state != "running":
        return _nothing(sensor, said, (f"{sensor.state}: {sensor.sentence}",), t_mono_ns)
    failed = tuple(one.words for one in findings if one.grade == "fail" and one.about == sensor.name)
    if failed:
        return _nothing(sensor, said, failed, t_mono_ns)
    return bounded(said) if said is not None else _nothing(sensor, None, (UNKNOWN_YET,), t_mono_ns)


def bounded(said: Coverage) -> Coverage:
    """With no more notes than a status has room for."""
    return replace(said, notes=tuple(note[:LONGEST_NOTE] for note in said.notes[:MOST_NOTES]))


def _nothing(sensor: SensorStatus, said: Coverage | None, why: tuple[str, ...], t_mono_ns: int) -> Coverage:
    nothing = said or Coverage(t_mono_ns=t_mono_ns, sense=SENSES.get(sensor.driver, "other"), reach_m=0.0, probability=0.0, latency_s=0.0)
    return bounded(replace(nothing, sensor=sensor.name, reach_m=0.0, probability=0.0, notes=why))
