"""Flights for tests: a drone's Remote ID as it is heard, and what a sensor that errs a little tells of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import cos, radians, sin

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from edge_node.field.align.bearings import Pose
from edge_node.geometry import LocalFrame
from edge_node.messages import AcousticDetection, BearingDetection, CameraDetection, RemoteIdDetection, UasId
from edge_node.mounting import angles_deg, tangent_basis
from edge_node.timebase import Timebase

HERE = LocalFrame(56.95, 24.1, 40.0)
SERIAL = "1581FTEST0000001"
MONO_S, UTC_S = 5_000.0, 1_773_483_072.0
CLOCK = Timebase(round((UTC_S - MONO_S) * 1e9), "gnss", 1e-3)
SOUND_MPS = 340.4

Place = NDArray[np.float64]
Way = Callable[[float], Place]


def weaving(t_s: float) -> Place:
    """To and fro over 200 degrees, near and far, low and high."""
    azimuth, range_m = radians(20 + 100 * sin(t_s / 9)), 80 + 45 * sin(t_s / 6)
    return np.array([range_m * sin(azimuth), range_m * cos(azimuth), 40 + 20 * sin(t_s / 5)])


def before_it(t_s: float) -> Place:
    """Within 25 degrees of north, near and far, low and high."""
    azimuth, range_m = radians(22 * sin(t_s / 5)), 110 + 60 * sin(t_s / 8)
    return np.array([range_m * sin(azimuth), range_m * cos(azimuth), range_m * (0.25 + 0.15 * sin(t_s / 4))])


def hovering(_: float) -> Place:
    """In one place."""
    return np.array([40.0, 60.0, 35.0])


def straight_away(t_s: float) -> Place:
    """Along one line of sight."""
    return (30 + 2.0 * t_s) * np.array([0.5, 0.75, 0.43])


def climbing(t_s: float) -> Place:
    """Up and down in one azimuth."""
    return np.array([30.0, 50.0, 50 + 40 * sin(t_s / 6)])


def one_way_round(t_s: float) -> Place:
    """In a circle at one speed."""
    return np.array([70 * sin(t_s / 8), 70 * cos(t_s / 8), 30.0])


def remote_id(
    way: Way, seconds: float = 60.0, *, seed: int = 0, error_m: float = 0.7, stamped: bool = True, late_s: float = 0.4, **said: object
) -> Iterator[RemoteIdDetection]:
    """Once a second, heard two or three times, with an error that stays for the flight and one that drifts."""
    rng = np.random.default_rng([seed, 1])
    stays, phases = rng.normal(0, error_m, 3), rng.uniform(0, 6.28, 3)
    for k in range(int(seconds)):
        t_s = k + 0.3
        off_m = stays + error_m * np.sin(t_s / 10 + phases)
        latitude, longitude, altitude = HERE.to_geodetic(*map(float, way(t_s) + off_m))
        for again_s in (0.0, 0.2, 0.4)[: rng.integers(1, 4)]:
            heard = {
                "ids": (UasId("serial_number", SERIAL),) if k % 3 == 0 else (),
                "altitude_wgs84_m": round(altitude * 2) / 2,
                "horizontal_accuracy_m": 3.0,
                "vertical_accuracy_m": 3.0,
                "timestamp_s": round((UTC_S + t_s) % 3600, 1) if stamped else None,
                **said,
            }
            yield RemoteIdDetection(
                t_mono_ns=round((MONO_S + t_s + late_s + again_s + rng.uniform(0, 0.05)) * 1e9),
                sensor="wifi",
                transport="wifi_beacon",
                transmitter="60:60:1f:00:00:01",
                latitude_deg=round(latitude, 7),
                longitude_deg=round(longitude, 7),
                **heard,
            )


def _told_deg(place: Place, wrong: Place, rng: np.random.Generator, sigma_deg: float) -> tuple[float, float]:
    direction = place / np.linalg.norm(place)
    direction = direction + np.radians(rng.normal(0, sigma_deg, 2)) @ tangent_basis(direction)
    return angles_deg(wrong @ direction)


def heard(
    way: Way, true: Pose, told: Pose, *, late_s: float = 0.8, seconds: float = 60.0, seed: int = 0, sigma_deg: float = 0.3
) -> Iterator[AcousticDetection]:
    """What microphones tell: where it was when its sound began, twice a second; every tenth time an echo of it under another number."""
    rng = np.random.default_rng([seed, 2])
    for t_s in np.arange(1.0, seconds, 0.55):
        sent_s = float(t_s)
        for _ in range(4):
            sent_s = float(t_s - np.linalg.norm(way(sent_s)) / SOUND_MPS)
        azimuth, elevation = _told_deg(way(sent_s), told.matrix() @ true.matrix().T, rng, sigma_deg)
        for track, up in ((1, elevation), (2, elevation - 50)) if rng.random() < 0.1 else ((1, elevation),):
            yield AcousticDetection(
                t_mono_ns=round((MONO_S + t_s + late_s) * 1e9),
                sensor="microphones",
                track=track,
                label="multirotor",
                probability=0.9,
                level_db=-30.0,
                snr_db=3.0,
                lag_s=1.5,
                azimuth_deg=azimuth,
                elevation_deg=max(up, -89.0),
                sigma_azimuth_deg=sigma_deg / max(cos(radians(elevation)), 0.1),
                sigma_elevation_deg=sigma_deg,
            )


def seen(
    way: Way, true: Pose, told: Pose, *, late_s: float = 0.8, seconds: float = 60.0, seed: int = 0, sigma_deg: float = 0.1
) -> Iterator[CameraDetection]:
    """What a camera tells: five times a second, now and then not, by a new number every 15 s; a bird that passes, and a tree's leaves."""
    rng, wrong = np.random.default_rng([seed, 3]), told.matrix() @ true.matrix().T
    for frame, t_s in enumerate(np.arange(0.0, seconds, 0.2)):
        told_of = [(10 + int(t_s // 15), *_told_deg(way(float(t_s)), wrong, rng, sigma_deg))] if rng.random() < 0.8 else []
        told_of.append((1, (told.azimuth_deg - 12.0) % 360, 3.0 + float(rng.normal(0, 0.1))))
        if 20 < t_s < 32:
            told_of.append((2, float(told.azimuth_deg - 25 + 4 * (t_s - 20)) % 360, 12.0))
        for track, azimuth, elevation in told_of:
            yield CameraDetection(
                t_mono_ns=round((MONO_S + t_s + late_s) * 1e9),
                sensor="camera",
                frame=frame,
                track=track,
                box=(0.0, 0.0, 3.0, 3.0),
                label="drone",
                probability=0.9,
                snr=6.0,
                azimuth_deg=azimuth,
                elevation_deg=elevation,
                sigma_azimuth_deg=sigma_deg / cos(radians(elevation)),
                sigma_elevation_deg=sigma_deg,
            )


def stuck(said: Iterable[CameraDetection], after_s: float = 12.0) -> list[CameraDetection]:
    """A camera whose tracks of the drone stay, from some seconds of every 15 on, with what was behind it, and waver by a pixel."""
    kept: dict[int, CameraDetection] = {}
    rng, told = np.random.default_rng(5), []
    for one in said:
        if one.track >= 10 and one.frame * 0.2 % 15.0 > after_s:
            behind = kept.setdefault(one.track, one)
            azimuth, elevation = (float((angle or 0.0) + rng.normal(0, 0.08)) for angle in (behind.azimuth_deg, behind.elevation_deg))
            told.append(replace(one, azimuth_deg=azimuth % 360, elevation_deg=elevation))
        else:
            told.append(one)
    return told


def found_by_radio(
    way: Way, true: Pose, told: Pose, *, late_s: float = 0.8, seconds: float = 60.0, seed: int = 0, sigma_deg: float = 2.0
) -> Iterator[BearingDetection]:
    """What a direction finder of another package tells: azimuths alone."""
    rng = np.random.default_rng([seed, 4])
    for t_s in np.arange(0.0, seconds, 0.5):
        azimuth, _ = _told_deg(way(float(t_s)), told.matrix() @ true.matrix().T, rng, sigma_deg)
        stamp_ns = round((MONO_S + t_s + late_s) * 1e9)
        yield BearingDetection(t_mono_ns=stamp_ns, sensor="finder", track=7, azimuth_deg=azimuth, sigma_azimuth_deg=sigma_deg)
