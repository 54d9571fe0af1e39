"""What a drone says of itself: its own receiver's view of the truth, in the words of each standard."""

from __future__ import annotations

from math import atan2, degrees, floor, hypot
from random import Random

from msgspec import Struct

from tools.simulate import astm_encoder as astm
from tools.simulate import dji_encoder as dji
from tools.simulate import french_encoder as french
from tools.simulate.scene import Drone, RemoteId
from tools.simulate.world import DroneTruth, Wander, World

# 95 % bounds of the standard's accuracy codes (F3411-22a tables 5 to 7); a normal axis has 1 sigma at 1/1.96 of its
# bound and a round one in the plane at 1/2.45; 0.8 leaves the claim room to be true.
HORIZONTAL_M = (18_520.0, 18_520.0, 7_408.0, 3_704.0, 1_852.0, 926.0, 555.6, 185.2, 92.6, 30.0, 10.0, 3.0, 1.0)
VERTICAL_M = (150.0, 150.0, 45.0, 25.0, 10.0, 3.0, 1.0)
SPEED_MPS = (10.0, 10.0, 3.0, 1.0, 0.3)
PLANE_SIGMA, AXIS_SIGMA = 0.8 / 2.45, 0.8 / 1.96

EU_CATEGORY = {None: 0, "open": 1, "specific": 2, "certified": 3}
OPERATOR_LOCATION = {"take_off": 0, "live": 1, "fixed": 2}
DATA_LAG_S = 0.15
GEOID_SEPARATION_M = 45.0


class Fix(Struct, frozen=True):
    """What the drone's own receiver makes of the truth, within the accuracy that it claims."""

    truth: DroneTruth
    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float
    velocity_east_mps: float
    velocity_north_mps: float
    velocity_up_mps: float


class Telemetry:
    """One drone's data, new every `update_s`; an update is the same whatever was asked before."""

    def __init__(self, world: World, drone: Drone, rid: RemoteId, utc_start_ns: int) -> None:
        self._world, self._drone, self._rid, self._utc_start_ns = world, drone, rid, utc_start_ns
        self._seed = f"{world.seed}/{rid.mac}"
        random = Random(f"{self._seed}/telemetry")
        self._first_counter = random.randrange(256)
        self._baro_offset_m = -GEOID_SEPARATION_M + random.uniform(-20, 20)
        horizontal, vertical = HORIZONTAL_M[rid.horizontal_accuracy] * PLANE_SIGMA, VERTICAL_M[rid.vertical_accuracy] * AXIS_SIGMA
        self._errors = [
            Wander(f"{self._seed}/{axis}", m, 20, 600) for axis, m in zip("enu", (horizontal, horizontal, vertical), strict=True)
        ]
        self._take_off = world.truth_of(drone, drone.from_s)

    def update_at(self, t_s: float) -> int:
        """The number of the newest update."""
        return floor((t_s - self._drone.from_s) / self._rid.update_s)

    def counter(self, update: int) -> int:
        """The message counter of an update."""
        return self._first_counter + update & 0xFF

    def pack(self, update: int) -> bytes:
        """The pack of one update: all that the drone has to say, or its Location alone."""
        others = [] if update % self._rid.full_every else self.others(update)
        return astm.pack(self._rid.protocol, sorted((self.location(update), *others)))

    def others(self, update: int) -> list[bytes]:
        """All but the Location: its ids, its words, its operator."""
        rid, protocol, operator = self._rid, self._rid.protocol, self._drone.operator
        ids = ((1, rid.said_serial), (2, rid.caa_registration))
        messages = [astm.basic_id(protocol, kind, rid.ua_type, value.encode()) for kind, value in ids if value]
        if rid.self_id:
            messages.append(astm.self_id(protocol, 0, rid.self_id))
        messages.append(astm.system(protocol, self._system(self._fix(update).truth)))
        if operator.id:
            messages.append(astm.operator_id(protocol, operator.id))
        return messages

    def location(self, update: int) -> bytes:
        """A Location message."""
        fix, rid = self._fix(update), self._rid
        said = astm.Location(
            status=2 if fix.truth.height_m > 1 else 1,
            direction_deg=degrees(atan2(fix.velocity_east_mps, fix.velocity_north_mps)) % 360,
            speed_mps=hypot(fix.velocity_east_mps, fix.velocity_north_mps),
            vertical_speed_mps=fix.velocity_up_mps,
            latitude_deg=fix.latitude_deg,
            longitude_deg=fix.longitude_deg,
            altitude_baro_m=fix.truth.altitude_wgs84_m + self._baro_offset_m,
            altitude_wgs84_m=fix.altitude_wgs84_m,
            height_m=fix.truth.height_m,
            horizontal_accuracy=rid.horizontal_accuracy,
            vertical_accuracy=rid.vertical_accuracy,
            baro_accuracy=rid.vertical_accuracy,
            speed_accuracy=rid.speed_accuracy,
            timestamp_s=(self._utc_start_ns + round(fix.truth.t_s * 1e9)) % 3_600_000_000_000 / 1e9,
            timestamp_accuracy_s=0.2,
        )
        return astm.location(rid.protocol, said)

    def french(self, update: int) -> bytes:
        """The French signalling element of one update."""
        fix = self._fix(update)
        return french.encode(
            french.Signalling(
                id=self._rid.french_id or "",
                latitude_deg=fix.latitude_deg,
                longitude_deg=fix.longitude_deg,
                altitude_msl_m=fix.altitude_wgs84_m - GEOID_SEPARATION_M,
                height_m=fix.truth.height_m,
                take_off_latitude_deg=self._take_off.latitude_deg,
                take_off_longitude_deg=self._take_off.longitude_deg,
                speed_mps=hypot(fix.velocity_east_mps, fix.velocity_north_mps),
                course_deg=degrees(atan2(fix.velocity_east_mps, fix.velocity_north_mps)) % 360,
            )
        )

    def dji(self, update: int) -> bytes:
        """A DJI DroneID element of one update."""
        fix = self._fix(update)
        return dji.encode(
            dji.Telemetry(
                sequence=update,
                serial=self._rid.said_serial or "",
                latitude_deg=fix.latitude_deg,
                longitude_deg=fix.longitude_deg,
                altitude_m=fix.altitude_wgs84_m - GEOID_SEPARATION_M,
                height_m=fix.truth.height_m,
                velocity_mps=(fix.velocity_north_mps, fix.velocity_east_mps, fix.velocity_up_mps),
                utc_ms=self._utc_start_ns // 1_000_000 + round(fix.truth.t_s * 1e3),
                pilot_deg=(fix.truth.operator_latitude_deg, fix.truth.operator_longitude_deg),
                home_deg=(self._take_off.latitude_deg, self._take_off.longitude_deg),
            )
        )

    def _fix(self, update: int) -> Fix:
        t_s = self._drone.from_s + update * self._rid.update_s - DATA_LAG_S
        truth, random = self._world.truth_of(self._drone, t_s), Random(f"{self._seed}/update/{update}")
        east, north, up = (error.at(t_s) for error in self._errors)
        claims = self._rid.claims
        up += truth.up_m + self._world.scene.node.mast_m + claims.up_m
        east += truth.east_m + truth.node_east_m + claims.east_m
        north += truth.north_m + truth.node_north_m + claims.north_m
        sigma_mps = SPEED_MPS[self._rid.speed_accuracy] * PLANE_SIGMA
        return Fix(
            truth,
            *self._world.ground.to_geodetic(east, north, up),
            random.gauss(truth.velocity_east_mps, sigma_mps),
            random.gauss(truth.velocity_north_mps, sigma_mps),
            random.gauss(truth.velocity_up_mps, sigma_mps / 2),
        )

    def _system(self, truth: DroneTruth) -> astm.System:
        return astm.System(
            operator_location=OPERATOR_LOCATION[self._drone.operator.location],
            latitude_deg=truth.operator_latitude_deg,
            longitude_deg=truth.operator_longitude_deg,
            altitude_wgs84_m=truth.operator_altitude_wgs84_m,
            eu_category=EU_CATEGORY[self._rid.eu_category],
            eu_class=self._rid.eu_class,
            utc_s=self._utc_start_ns / 1e9 + truth.t_s,
        )
