"""What a DJI drone of a scene says of itself in DroneID."""

from __future__ import annotations

from tools.simulate.iq.dji import Said
from tools.simulate.iq.droneid import Telemetry
from tools.simulate.scene import Drone
from tools.simulate.world import World

BEGUN_UTC_MS = 1_767_225_600_000


def telemetry_of(world: World, drone: Drone) -> Said:
    """Its serial number is that of its Remote ID, as far as there is room, or else its name; it took off where its pilot stands."""
    serial = drone.droneid_serial or ""

    def said(t_s: float) -> Telemetry:
        truth = world.truth_of(drone, t_s)
        stands = truth.operator_latitude_deg, truth.operator_longitude_deg
        return Telemetry(
            serial=serial,
            drone_deg=(truth.latitude_deg, truth.longitude_deg),
            altitude=round(truth.altitude_wgs84_m),
            height=round(10 * truth.height_m),
            north_cmps=round(100 * truth.velocity_north_mps),
            east_cmps=round(100 * truth.velocity_east_mps),
            up_cmps=round(100 * truth.velocity_up_mps),
            utc_ms=BEGUN_UTC_MS + round(1000 * t_s),
            pilot_deg=stands,
            home_deg=stands,
        )

    return said
