"""Directions of one look to the next."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from edge_node.acoustic.direction.bearing_track import BearingTrack
from edge_node.acoustic.direction.bearing_tracks import HITS_TO_LISTEN, LOST_AFTER_S, MOST_TRACKS, BearingTracks, Sound
from edge_node.mounting import Vector, angles_deg, tangent_basis

LOOK_S = 0.2
SIGMA_RAD = np.radians(2.0)
Place = Callable[[float], Vector]


def unit(*parts: float) -> Vector:
    vector = np.array(parts, dtype=float)
    return vector / np.linalg.norm(vector)


def passing(t_s: float) -> Vector:
    """12 m/s, 25 m away at the closest, 20 m up."""
    return unit(12.0 * (t_s - 5.0), 25.0, 20.0)


def overhead(t_s: float) -> Vector:
    return unit(0.3, 6.0 * (t_s - 5.0), 30.0)


def heard(direction: Vector, random: np.random.Generator, strength: float = 0.5) -> Sound:
    off = random.normal(0, SIGMA_RAD, 2) @ tangent_basis(direction)
    return Sound(unit(*(direction + off)), np.eye(2) * SIGMA_RAD**2, strength, 10.0)


def errors_rad(place: Place, seed: int) -> tuple[list[float], list[float]]:
    """Of one track over 10 s: great-circle errors, and errors squared by its own covariance."""
    random = np.random.default_rng(seed)
    track = BearingTrack(1, 0.0, heard(place(0), random).direction, np.eye(2) * SIGMA_RAD**2)
    errors, normalised = [], []
    for t_s in np.arange(LOOK_S, 10, LOOK_S):
        track.predict(t_s)
        sound = heard(place(t_s), random)
        track.update(sound.direction, sound.covariance)
        said = track.whence(10.0)
        off = tangent_basis(track.direction) @ (place(t_s) - track.direction)
        cos_elevation = np.cos(np.radians(angles_deg(track.direction)[1]))
        sigmas = np.radians([(said.sigma_azimuth_deg or 0.0) * max(cos_elevation, 0.02), said.sigma_elevation_deg or 0.0])
        covariance = np.outer(sigmas, sigmas) * np.array([[1, said.correlation], [said.correlation, 1]])
        errors.append(float(np.arccos(min(1.0, track.direction @ place(t_s)))))
        normalised.append(float(off @ np.linalg.solve(covariance, off)))
    return errors, normalised


@pytest.mark.parametrize("place", [passing, overhead])
def test_a_track_is_better_than_a_look_and_honest(place: Place) -> None:
    runs = [errors_rad(place, seed) for seed in range(20)]
    settled = np.array([errors[10:] for errors, _ in runs])
    assert np.sqrt((settled**2).mean()) < SIGMA_RAD * np.sqrt(2) * 0.85
    nees = np.mean([normalised[10:] for _, normalised in runs])
    assert 0.9 < nees < 2.6, "2 is a covariance that says what the errors are"


def test_two_that_cross_keep_apart() -> None:
    random = np.random.default_rng(4)
    tracks = BearingTracks()
    for t_s in np.arange(0, 8, LOOK_S):
        places = [unit(6 * (t_s - 4), 30, 10), unit(6 * (4 - t_s), 30, 16)]
        tracks.step(t_s, [heard(place, random) for place in places])
    one, other = sorted(tracks.audible(), key=lambda track: track.number)[:2]
    assert (one.number, other.number) == (1, 2)
    assert min(one.hits, other.hits) > 30
    azimuths = {angles_deg(one.direction)[0] < 180, angles_deg(other.direction)[0] < 180}
    assert azimuths == {True, False}


def test_what_is_silent_goes_and_what_is_new_must_be_heard_again() -> None:
    random = np.random.default_rng(5)
    tracks = BearingTracks()
    for k in range(HITS_TO_LISTEN):
        assert not tracks.audible()
        tracks.step(k * LOOK_S, [heard(passing(0), random)])
    assert [track.number for track in tracks.audible()] == [1]
    last_s = (HITS_TO_LISTEN - 1) * LOOK_S
    assert tracks.step(last_s + LOST_AFTER_S - 0.1, []) == []
    assert tracks.step(last_s + LOST_AFTER_S + 0.1, []) == [1]
    assert not tracks.audible()


def test_a_full_table_gives_way_to_the_new_but_not_what_is_kept() -> None:
    random = np.random.default_rng(6)
    tracks = BearingTracks()
    ring = [unit(np.sin(angle), np.cos(angle), 0.3) for angle in np.linspace(0, 2 * np.pi, MOST_TRACKS, endpoint=False)]
    for k in range(3):
        tracks.step(k * LOOK_S, [heard(place, random, 0.1 + 0.1 * i) for i, place in enumerate(ring)])
    gone = tracks.step(3 * LOOK_S, [heard(unit(0, 0, 1), random)], keep=frozenset({1}))
    assert gone == [2], "the weakest that is not kept"
    gone = tracks.step(4 * LOOK_S, [heard(unit(0, 0.3, -1), random)], keep=frozenset(range(1, 20)))
    assert gone == []
