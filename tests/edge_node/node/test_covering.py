"""What sensors cover, from their detectors over the pipeline and the bus to the hub's words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from drivers.blocks import AudioBlock, GnssFix, RadioFrame
from edge_node.messages import BusMessage, Coverage
from edge_node.node.pipeline import Pipeline
from edge_node.remote_id.hearing import WORKS_NS
from tests.running import running_node

SECOND = 1_000_000_000
RATE_HZ, BLOCK = 16_000, 1_600


def coverages(messages: list[BusMessage]) -> list[Coverage]:
    return [message for message in messages if isinstance(message, Coverage)]


def test_it_is_said_once_a_second_under_the_sensors_name() -> None:
    pipeline, rng = Pipeline("ears"), np.random.default_rng(1)
    said = []
    for first in range(0, 10 * RATE_HZ, BLOCK):
        samples = rng.normal(0, 1e-3, (BLOCK, 1)).astype(np.float32)
        said += coverages(list(pipeline.step(AudioBlock(first * SECOND // RATE_HZ, first, 0, RATE_HZ, samples))))
    assert {(one.sensor, one.sense) for one in said} == {("ears", "sound")}
    assert 7 <= len(said) <= 9
    assert min(np.diff([one.t_mono_ns for one in said])) >= SECOND


def test_a_receiver_covers_while_it_lives_though_nothing_is_on_the_air() -> None:
    pipeline = Pipeline("wifi")
    assert pipeline.idle(0) == [], "nobody knows what it is"
    (first,) = coverages(list(pipeline.step(RadioFrame(2 * SECOND, 0, 0, "wifi", b"\x80"))))
    assert (first.sense, first.width_deg, first.notes) == ("remote_id", 360.0, ())
    assert pipeline.idle(2 * SECOND + 1) == []
    (idle,) = coverages(pipeline.idle(4 * SECOND))
    assert (idle.sensor, idle.reach_m, idle.probability) == ("wifi", first.reach_m, first.probability)
    (deaf,) = coverages(pipeline.idle(3 * SECOND + WORKS_NS))
    assert deaf.probability < 0.6 * first.probability
    assert deaf.notes
    (ble,) = coverages(list(Pipeline("ble").step(RadioFrame(0, 0, 0, "ble_report", b""))))
    assert ble.probability < first.probability


def test_what_senses_no_drones_covers_nothing() -> None:
    pipeline = Pipeline("gnss")
    assert coverages(list(pipeline.step(GnssFix(0, 0, 0, "nmea", has_fix=False)))) == []


def test_the_hub_names_a_sensor_that_works_and_senses_nothing(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "silent.wav", np.zeros((4 * RATE_HZ, 1)), RATE_HZ, subtype="FLOAT")
    sensor = f'[[sensor]]\nname = "ears"\ndriver = "recording"\npath = "{tmp_path / "silent.wav"}"\nloop = true\n'
    with running_node(tmp_path, sensor) as node:
        node.wait_for("hub", lambda part: "without reach now: ears (silence)" in part.sentence, 40, "the hub knows")
        ears = node.part("ears")
        assert ears is not None
        assert ears.state == "running"
