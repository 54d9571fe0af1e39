"""A track in one line, as a person reads it in the log."""

from __future__ import annotations

from typing import get_args

from msgspec.structs import replace

from edge_node.messages import (
    Bearing,
    Emission,
    Fact,
    FactName,
    Identity,
    LinkKind,
    Sight,
    SightLabel,
    Sound,
    SoundLabel,
    Target,
    TargetId,
    TargetLabel,
    Track,
    TrackEvent,
    UasId,
)
from edge_node.node.words import LINKS, SIGHTS, SOUNDS, TARGETS, describe, happened
from edge_node.publish.fact_words import WORDS, doing
from edge_node.remote_id.authorisation import SEEN, TOLD

BEARING = Bearing(azimuth_deg=359.7, elevation_deg=31.2, sigma_azimuth_deg=4.2, sigma_elevation_deg=5.0)
SOUND = Sound(label="multirotor", probability=0.871, blade_pass_hz=142.4, level_db=-40.0, snr_db=6.0)
TRACK = Track(number=3, state="confirmed", t_mono_ns=0, first_seen_mono_ns=0, last_seen_mono_ns=0, bearing=BEARING, sound=SOUND)


def test_what_is_heard_is_said_with_where_and_how_surely() -> None:
    assert happened(TrackEvent(kind="confirmed", track=TRACK)) == (
        "track 3 confirmed: heard a multirotor at 0° ± 4°, 31° up, 87 %, blade pass 142 Hz"
    )
    flat = replace(TRACK, bearing=replace(BEARING, elevation_deg=None), sound=replace(SOUND, blade_pass_hz=None, label="helicopter"))
    assert describe(flat) == "heard a helicopter at 0° ± 4°, 87 %"
    assert describe(replace(TRACK, bearing=None, flags=("wind", "microphone 3 is dead"))) == (
        "heard a multirotor somewhere, 87 %, blade pass 142 Hz  wind, microphone 3 is dead"
    )


def test_a_bearing_of_a_vehicle_says_so() -> None:
    carried = replace(TRACK, bearing=replace(BEARING, reference="vehicle"))
    assert describe(carried).startswith("heard a multirotor at 0° ± 4° of the vehicle's front, 31° up")


def test_a_claim_and_a_sound_stand_side_by_side() -> None:
    identity = Identity(ids=(UasId("serial_number", "S1"),))
    assert describe(replace(TRACK, identity=identity)).startswith("S1  no position  heard a multirotor")
    assert describe(replace(TRACK, identity=identity, sound=None, bearing=None)) == "S1  no position"
    assert describe(replace(TRACK, sound=None, bearing=None)) == "no id  no position"


def test_every_label_has_words() -> None:
    assert SOUNDS.keys() == set(get_args(SoundLabel))


def test_what_is_seen_is_said_with_where_how_surely_and_about_how_far() -> None:
    sight = Sight(label="drone", probability=0.934, label_probability=0.934, snr=9.0, range_m=312.0, sigma_range_m=90.0)
    seen = replace(TRACK, sound=None, sight=sight, bearing=replace(BEARING, sigma_azimuth_deg=0.12))
    assert describe(seen) == "seen a drone at 359.7° ± 0.1°, 31.2° up, 93 %, about 312 m"
    finer = replace(BEARING, azimuth_deg=359.999, sigma_azimuth_deg=0.031)
    assert describe(replace(seen, bearing=finer)) == "seen a drone at 0.00° ± 0.03°, 31.20° up, 93 %, about 312 m"
    bird = replace(seen, bearing=None, sight=Sight(label="bird", probability=0.04, label_probability=0.9, snr=9.0))
    assert describe(bird) == "seen a bird somewhere, 90 %, drone 4 %"
    unsure = replace(seen, bearing=None, sight=Sight(label="unknown", probability=0.4, snr=9.0, predicted=True))
    assert describe(unsure) == "seen something somewhere, drone 40 %, hidden now"


def test_every_sight_has_words() -> None:
    assert SIGHTS.keys() == SEEN.keys() == set(get_args(SightLabel))


def test_what_is_received_is_said_with_where_how_often_and_whether_it_comes_nearer() -> None:
    emission = Emission(link="elrs_900", probability=0.97, bandwidth_hz=5e5, snr_db=18.0, level_dbfs=-41.0)
    track = replace(TRACK, bearing=None, sound=None, emission=emission)
    assert describe(track) == "received an ELRS 900 link, 97 %"
    hopping = replace(emission, center_hz=866.425e6, channels=13, grid="eu868", packet_rate_hz=50.0, level_rate_db_s=0.4)
    assert describe(replace(track, emission=hopping)) == (
        "received an ELRS 900 link at 866.4 MHz on 13 channels of eu868, 97 %, 50 packets/s, getting stronger"
    )
    other = replace(hopping, link="lora", channels=2, grid=None, packet_rate_hz=None, level_rate_db_s=-0.4, alarm=False)
    assert describe(replace(track, emission=other)) == (
        "received a LoRa link at 866.4 MHz on 2 channels, 97 %, getting weaker, no drone's after all"
    )


def test_every_link_has_words() -> None:
    assert LINKS.keys() == set(get_args(LinkKind))


def test_what_another_sensor_says_is_said_with_names_and_where() -> None:
    ids = (TargetId("icao_address", "3C6444"), TargetId("callsign", "DLH4AB"))
    target = Target(label="aeroplane", probability=0.0, label_probability=0.95, cooperative=True, ids=ids)
    track = replace(TRACK, sound=None, bearing=None, target=target)
    assert describe(track) == "reported an aeroplane DLH4AB 3C6444 somewhere, 95 %, says so itself"
    pointed = replace(track, bearing=BEARING, target=Target(label="unknown", probability=0.9))
    assert describe(pointed) == "reported a drone at 0° ± 4°, 31° up, 90 %"
    assert TARGETS.keys() == TOLD.keys() == set(get_args(TargetLabel))


def test_what_all_sensors_say_together_and_what_it_does_is_said() -> None:
    plain = describe(TRACK)
    facts = (Fact("climbs", 2.12, "m/s", "2.1 ± 0.2 m/s for 6 s"), Fact("approaches", 73.6, "s", "in 74 ± 5 s", "reactor"))
    judged = replace(
        TRACK, label="multirotor", label_probability=0.934, probabilities={"multirotor": 0.934}, existence=0.99, behaviour=facts
    )
    assert describe(judged) == f"{plain}  taken for a multirotor, 93 %, climbs 2.1 m/s, approaches reactor in 74 s"
    doubtful = replace(TRACK, label="unknown", existence=0.62, probabilities={"bird": 0.4}, claim_probability=0.12)
    assert describe(doubtful) == f"{plain}  62 % that it is there, 12 % where it says"
    some_drone = replace(TRACK, label="unknown", existence=0.95, probabilities={"multirotor": 0.45, "fixed_wing": 0.37})
    assert describe(some_drone) == f"{plain}  taken for a drone, 82 %"


def test_every_fact_has_words() -> None:
    assert WORDS.keys() == set(get_args(FactName))
    said = [doing(name, 3.0, "gate") for name in WORDS]
    assert len(set(said)) == len(said)
    assert (doing("approaches", 0.0, "gate"), doing("swarms", 5.0, "2, 3"), doing("hovers", None, None)) == (
        "is at gate",
        "one of 5 that move as one",
        "hovers",
    )
    assert doing("dances", 3.0, None) == "dances"
