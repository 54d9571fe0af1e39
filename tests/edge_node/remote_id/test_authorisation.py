"""What a list and zones say of a track, and that it is never more than they know."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from edge_node.messages import Bearing, Cooperation, Identity, Kinematics, Sight, SightLabel, Suspicion, Target, Track, UasId
from edge_node.remote_id.areas import Layer, circle
from edge_node.remote_id.authorisation import STRONG, Authorisation
from edge_node.remote_id.known_aircraft import AircraftTable, AreaTable, entries
from edge_node.remote_id.zones import Period, Volume, Zone, ZoneMap
from edge_node.suspicion import together

SERIAL, OPERATOR = "1581F4TEST0000000001", "BELtest00000010a"
HERE = {"latitude_deg": 50.85, "longitude_deg": 4.35}
AREAS = {
    "harbour": {"circle": {**HERE, "radius_m": 500}, "highest_height_m": 120, "highest_wgs84_m": 250},
    "field": {"polygon": [[50.0, 4.0], [50.0, 4.1], [50.1, 4.1]]},
}
WINDOW = {"from": datetime.fromisoformat("2026-11-20T06:00:00Z"), "until": datetime.fromisoformat("2026-11-30T19:00:00+01:00")}
CASTLE = Zone("TST001", "Castle", "prohibited", (Volume(circle(50.85, 4.35, 200)),))


def ns(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000_000


NOW = ns("2026-11-22T12:00:00Z")


def judge(*aircraft: dict[str, Any], zones: tuple[Zone, ...] = ()) -> Authorisation:
    tables = msgspec.convert(aircraft, tuple[AircraftTable, ...])
    return Authorisation(entries(tables, msgspec.convert(AREAS, dict[str, AreaTable])), ZoneMap(zones) if zones else None)


def track(serial: str | None = SERIAL, place: bool = True, **said: Any) -> Track:
    kinematics = Kinematics(
        **HERE, altitude_wgs84_m=160.0, velocity_east_mps=0, velocity_north_mps=0, velocity_up_mps=0, covariance=(1.0,) * 36
    )
    ids = (UasId("serial_number", serial),) if serial else ()
    told = {"height_m": 80.0, "height_reference": "take_off", "operator_id": OPERATOR, **said}
    return Track(
        number=1,
        state="confirmed",
        t_mono_ns=0,
        first_seen_mono_ns=0,
        last_seen_mono_ns=0,
        kinematics=kinematics if place else None,
        identity=Identity(ids=ids, **told),
    )


LISTED = {"serials": [SERIAL], "areas": ["field", "harbour"], **WINDOW}


def test_a_listed_aircraft_in_its_time_and_area_is_authorised() -> None:
    assert judge(LISTED).assess(track(), NOW) == (
        "authorised",
        f"serial {SERIAL} is listed until 2026-11-30 18:00 UTC; inside area harbour",
    )


@pytest.mark.parametrize(
    ("entry", "what", "t_utc_ns", "words"),
    [
        (LISTED, track("OTHER"), NOW, "serial OTHER is not listed"),
        (LISTED, track(None, operator_id=None), NOW, "says no id"),
        (LISTED, track(), ns("2026-11-20T05:59:59Z"), "is listed, but only from 2026-11-20 06:00 UTC"),
        (LISTED, track(), ns("2026-11-30T18:00:00Z"), "is listed, but only until 2026-11-30 18:00 UTC"),
        (LISTED, track(), None, "is listed, but its time cannot be checked: nobody vouches for the clock"),
        (LISTED, track(place=False), NOW, "is listed, but it says no place"),
        ({**LISTED, "areas": ["field"]}, track(), NOW, "is listed, but outside area field"),
        ({**LISTED, "areas": ["harbour"]}, track(height_m=121.0), NOW, "is listed, but too high in area harbour"),
        ({**LISTED, "areas": ["harbour"]}, track(height_m=None), NOW, "is listed, but at no known height in area harbour"),
        ({**LISTED, "operator_ids": ["FIN0000000000000"]}, track(), NOW, f"serial {SERIAL} is not listed"),
        ({"operator_ids": ["FIN0000000000000"]}, track(), NOW, f"serial {SERIAL} is not listed"),
    ],
)
def test_what_speaks_against_it_is_said_in_words(entry: dict[str, Any], what: Track, t_utc_ns: int | None, words: str) -> None:
    cooperation, reason = judge(entry).assess(what, t_utc_ns)
    assert cooperation == "unknown"
    assert words in (reason or "")


def test_a_strong_suspicion_outweighs_the_list_and_a_weak_one_does_not() -> None:
    weak, other = Suspicion("position_jump", 0.3, "70 m in 1 s"), Suspicion("shared_sequence_counter", 0.4, "with 3 others")
    assert judge(LISTED).assess(replace(track(), suspicions=(weak,)), NOW)[0] == "authorised"
    cooperation, reason = judge(LISTED).assess(replace(track(), suspicions=(weak, other)), NOW)
    assert (cooperation, reason) == ("unknown", f"serial {SERIAL} is listed, but in doubt: shared_sequence_counter, position_jump")


def test_without_a_window_no_clock_is_needed() -> None:
    assert judge({"serials": [SERIAL]}).assess(track(), None) == ("authorised", f"serial {SERIAL} is listed")


def test_an_operator_may_list_all_its_aircraft_and_its_number_is_in_no_reason() -> None:
    judged = judge({"operator_ids": [OPERATOR]})
    assert judged.assess(track("OTHER"), NOW) == ("authorised", "its operator is listed")
    assert judged.assess(track(None, operator_id="BELtest00000099a"), NOW) == ("unknown", "its operator is not listed")


def test_a_registration_counts_as_a_serial() -> None:
    said = replace(track(None, operator_id=None).identity, ids=(UasId("caa_registration", "BEL-1"), UasId("utm_uuid", "ab")))
    assert judge({"serials": ["BEL-1"]}).assess(replace(track(), identity=said), NOW) == ("authorised", "registration BEL-1 is listed")
    assert judge({"serials": ["ab"]}).assess(replace(track(), identity=said), NOW)[0] == "unknown"


def test_of_two_entries_the_one_that_authorises_counts() -> None:
    assert judge({**LISTED, "areas": ["field"]}, LISTED).assess(track(), NOW)[0] == "authorised"


def test_in_a_restricted_zone_only_an_entry_with_an_area_authorises() -> None:
    assert judge(LISTED, zones=(CASTLE,)).assess(track(), NOW) == (
        "authorised",
        f"serial {SERIAL} is listed until 2026-11-30 18:00 UTC; inside area harbour; in zone Castle (prohibited)",
    )
    for entry, words in (({"serials": [SERIAL]}, "is listed"), ({"serials": ["x"]}, "is not listed")):
        cooperation, reason = judge(entry, zones=(CASTLE,)).assess(track(), NOW)
        assert (cooperation, reason) == ("in_restricted_zone", f"in zone Castle (prohibited); serial {SERIAL} {words}")


def test_the_doubt_about_a_zone_is_said() -> None:
    volumes = (Volume(circle(50.85, 4.35, 200), Layer(upper_m=200, upper_reference="AMSL")),)
    high, sometimes = replace(CASTLE, volumes=volumes), replace(CASTLE, periods=(Period(until_utc_s=2e9),))
    alone = Authorisation(None, ZoneMap((high, sometimes)))
    assert alone.assess(track(), None) == (
        "in_restricted_zone",
        "in zone Castle (prohibited; perhaps above or below it) and 1 more; no list of known aircraft is in use",
    )
    assert alone.assess(track(), NOW)[1] == "in zone Castle (prohibited) and 1 more; no list of known aircraft is in use"


def test_outside_all_zones_and_nowhere_without_a_list_it_is_unknown() -> None:
    far = Authorisation(None, ZoneMap((replace(CASTLE, volumes=(Volume(circle(0, 0, 10)),)),)))
    assert far.assess(track(), NOW) == ("unknown", "no list of known aircraft is in use")
    assert far.assess(track(place=False), NOW) == ("unknown", "no list of known aircraft is in use; says no place")


def test_what_says_nothing_itself_is_not_judged() -> None:
    heard = replace(track(), identity=None, bearing=Bearing(azimuth_deg=1, elevation_deg=None, sigma_azimuth_deg=1))
    assert judge(LISTED, zones=(CASTLE,)).assess(heard, NOW) == (None, None)


@pytest.mark.parametrize(
    ("aircraft", "words"),
    [
        ({}, "aircraft 1 names neither serials nor operator_ids"),
        ({"serials": ["x"], "areas": ["moon"]}, r"aircraft 1: there is no \[area.moon\]"),
    ],
)
def test_an_entry_for_nobody_or_nowhere_is_refused(aircraft: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        judge(aircraft)


@pytest.mark.parametrize("area", [{}, {"circle": {**HERE, "radius_m": 1}, "polygon": [[0, 0], [0, 1], [1, 1]]}])
def test_an_area_is_one_thing(area: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="either a circle or a polygon"):
        entries([], {"a": msgspec.convert(area, AreaTable)})


@pytest.mark.parametrize("number", ["BELtest00000010a-xyz", ""])
def test_the_secret_of_an_operators_number_does_not_go_into_a_list(number: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"operator_ids": [number]}, AircraftTable)
    assert msgspec.convert({"operator_ids": ["BELtest00000010a", "US-ABC-DE"]}, AircraftTable)


anything = st.floats() | st.none()
text = st.text(max_size=40)


@given(
    st.lists(st.builds(UasId, st.sampled_from(["serial_number", "none", "utm_uuid"]), text | st.just(SERIAL)), max_size=4).map(tuple),
    st.tuples(st.floats(-90, 90), st.floats(-180, 180)) | st.none(),
    st.tuples(anything, anything),
    st.lists(st.builds(Suspicion, text, st.floats(0, 1), text), max_size=3).map(tuple),
    st.none() | st.integers(-(2**62), 2**62),
)
def test_whatever_is_claimed_there_is_an_answer_and_a_reason(
    ids: tuple[UasId, ...],
    place: tuple[float, float] | None,
    up: tuple[float | None, float | None],
    suspicions: tuple[Suspicion, ...],
    t_utc_ns: int | None,
) -> None:
    altitude_m, height_m = up
    base = track(height_m=height_m)
    assert base.identity is not None
    assert base.kinematics is not None
    moved = replace(base.kinematics, latitude_deg=place[0], longitude_deg=place[1], altitude_wgs84_m=altitude_m) if place else None
    said = replace(base, identity=replace(base.identity, ids=ids), kinematics=moved, suspicions=suspicions)
    cooperation, reason = judge(LISTED, zones=(CASTLE,)).assess(said, t_utc_ns)
    assert cooperation in get_args(Cooperation)
    assert cooperation != "non_cooperative"
    assert reason
    assert "friend" not in reason
    if cooperation == "authorised":
        assert UasId("serial_number", SERIAL) in ids
        assert moved is not None
        assert t_utc_ns is not None
        assert together(suspicions) < STRONG


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("bird", "seen as a bird: it is not asked who it is"),
        ("drone", "seen as a drone, and no Remote ID is tied to what a camera sees"),
        ("unknown", "seen as something, and nobody can say what it is"),
    ],
)
def test_what_is_seen_has_words_and_no_verdict(label: SightLabel, words: str) -> None:
    seen = replace(track(), identity=None, kinematics=None, sight=Sight(label=label, probability=0.5, snr=9.0))
    assert judge(LISTED, zones=(CASTLE,)).assess(seen, NOW) == (None, words)


def test_a_target_of_another_sensor_has_words_and_no_verdict() -> None:
    aircraft = replace(track(), identity=None, target=Target(label="helicopter", cooperative=True))
    words = "says itself to be a helicopter: manned aircraft answer to air traffic control, not to this list"
    assert judge(LISTED, zones=(CASTLE,)).assess(aircraft, NOW) == (None, words)
    drone = replace(aircraft, target=Target(label="multirotor"))
    assert judge(LISTED).assess(drone, NOW) == (None, "reported to be a multirotor, and no Remote ID is tied to it")
