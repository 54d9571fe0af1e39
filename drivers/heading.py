"""What a compass, a pair of antennas or a gyrocompass says of a vehicle, made an attitude that counts from true north."""

from __future__ import annotations

from math import hypot, isfinite

from msgspec import Struct

from drivers.blocks import Attitude, AttitudeSource

TRUE_SIGMA_DEG, MAGNETIC_SIGMA_DEG, TILT_SIGMA_DEG = 1.0, 5.0, 1.0
"""Where the device does not say: two antennas a metre apart, and a calibrated compass on a vehicle, whose iron turns with it."""
LEAST_SIGMA_DEG = 0.05
SIGMA_LATE_S = 0.05
"""How evenly a receiver is late, and a serial port or a daemon after it."""


class Mounted(Struct, frozen=True):
    """How a source of headings is mounted and how good it is; `declination_deg` (east positive) is only for magnetic ones that say none.

    `offset_deg` is added: where the vehicle's front is as the source sees it. `late_s` is how old a heading is when it comes.
    """

    offset_deg: float = 0.0
    declination_deg: float | None = None
    sigma_deg: float | None = None
    late_s: float = 0.1


class Heard(Struct, kw_only=True):
    """What was said at once; a heading is from true north unless `magnetic`, and `declination_deg` what was said with it."""

    heading_deg: float | None = None
    magnetic: bool = False
    declination_deg: float | None = None
    sigma_heading_deg: float | None = None
    pitch_deg: float | None = None
    roll_deg: float | None = None
    sigma_tilt_deg: float | None = None
    trouble: str | None = None


class Headings:
    """Makes attitudes of what is heard, and counts them."""

    def __init__(self, mounted: Mounted, source: AttitudeSource) -> None:
        self._mounted, self._source, self._sequence = mounted, source, 0
        self.declination_deg: float | None = None
        """What the receiver said last of where it is."""

    def attitude(self, heard: Heard, t_mono_ns: int) -> Attitude:
        """One attitude; a magnetic heading without a declination is none."""
        self._sequence += 1
        heading_deg, trouble = self._true(heard)
        usual_deg = MAGNETIC_SIGMA_DEG if heard.magnetic else TRUE_SIGMA_DEG
        sigma_deg = self._mounted.sigma_deg or _positive(heard.sigma_heading_deg) or usual_deg
        tilted = heard.pitch_deg is not None and heard.roll_deg is not None
        return Attitude(
            t_mono_ns - round(self._mounted.late_s * 1e9),
            self._sequence - 1,
            0,
            self._source,
            heading_deg=heading_deg,
            heading_kind=None if heading_deg is None else "true",
            sigma_heading_deg=None if heading_deg is None else max(sigma_deg, LEAST_SIGMA_DEG),
            pitch_deg=heard.pitch_deg if tilted else None,
            roll_deg=heard.roll_deg if tilted else None,
            sigma_tilt_deg=(_positive(heard.sigma_tilt_deg) or TILT_SIGMA_DEG) if tilted else None,
            sigma_t_s=hypot(SIGMA_LATE_S, self._mounted.late_s / 2),
            trouble=trouble,
        )

    def _true(self, heard: Heard) -> tuple[float | None, str | None]:
        if heard.heading_deg is None:
            return None, heard.trouble or (None if heard.pitch_deg is not None else "no heading")
        if not heard.magnetic:
            return (heard.heading_deg + self._mounted.offset_deg) % 360, heard.trouble
        said = (heard.declination_deg, self._mounted.declination_deg, self.declination_deg)
        declination_deg = next((one for one in said if one is not None), None)
        if declination_deg is None:
            return None, "a magnetic heading and no declination: set declination_deg"
        return (heard.heading_deg + declination_deg + self._mounted.offset_deg) % 360, heard.trouble


def _positive(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) and value > 0 else None
