"""One transmitter over time: what it sends, how often, where, how loud, and by what it is known again."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from math import log

import numpy as np
from msgspec import structs

from edge_node.messages import LinkDetection
from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.finding import Finding
from edge_node.radio.links.lora import Channel
from edge_node.radio.tracks.channels import Channels
from edge_node.radio.tracks.heard import Heard, alike
from edge_node.radio.tracks.moments import NEWEST, Moment, Moments, timed_s
from edge_node.radio.tracks.naming import Name, name_of, off_grid_hz, packet_rate_hz
from edge_node.radio.tracks.period import MOST_JITTER, Period

LOUDER_DB, LONGER = 7.0, 0.08
"""One sigma each of how much bursts of one transmitter differ: fading between channels, and lengths."""
PHASE, KEPT_IN_STEP, WITHOUT_A_GAP = 0.04, 20, 1.5
"""Of the period; a clock is known well enough for so many of them."""
FARTHEST = 12.0
"""Sum of squares beyond which it is another transmitter."""
LONE: frozenset[str] = frozenset({"wifi", "lte", "dvb_t", "analog_video", "radiosonde", "unknown", "wmbus"})
"""Stays where it is: told apart by where, not by how loud."""
CROWD: frozenset[str] = frozenset({"ble", "adsb", "lorawan"})
"""Many senders that nobody needs to be told apart."""
UNEVEN: frozenset[str] = frozenset({"fsk", "dji_ocusync"})
"""Packets may differ in length."""
MOST_AS_ONE = 8
SETTLED, NEAR_SHARE = 24, 0.1
"""Bursts after which the next are only counted that come when, where, as long and as loud as expected."""
IN_STEP = 400
"""Periods for which its clock tells what is its own; it is known to 0.01 %."""
MEASURED = 9
LEAST_CHIRPED = 2


class Track:
    """Made of its first burst."""

    def __init__(self, number: int, heard: Heard) -> None:
        self.number, self.first_mono_ns, self.bursts = number, heard.t_mono_ns, 0
        self.told_ns = self.told_at_ns = -1
        self.finding, self.channels = heard.finding, Channels()
        self._moments = Moments()
        self._period: Period | None = None
        self.name = Name("unknown", 0.0, False)
        self._lead_s = 0.0
        self._numbers: deque[Mapping[str, float | str]] = deque(maxlen=MEASURED)
        self.said: dict[str, float | str] = {}
        self.note = ""
        self.hear(heard)

    def hear(self, heard: Heard) -> None:
        """Take a burst in."""
        self.bursts += 1
        self.newest = heard
        if heard.finding.score >= self.finding.score or self.bursts % NEWEST == 0:
            self.finding = heard.finding
        self._numbers.append(heard.finding.parameters)
        if heard.finding.carrier_offset_hz is not None or heard.finding.link not in ("lora", "fsk"):
            self.channels.hear(heard.carrier_hz, heard.burst.bandwidth_hz, goes_on=self._goes_on(heard))
        if (frame := heard.finding.frame) is not None:
            self._lead_s = frame.lead_s
        t_s, burst, offset_hz = self._timed(heard), heard.burst, heard.finding.carrier_offset_hz
        self._moments.take(Moment(t_s, burst.level_dbfs, burst.duration_s, timed_s(heard), offset_hz))

    def _longer(self, duration_s: float) -> float:
        """The logarithm of how much longer a burst is than others, where it is not several packets whose gaps were not seen."""
        middle_s = self._moments.middle_s()
        more = 0 if self._period is None else round((duration_s - middle_s) / self._period.seconds)
        whole_s = middle_s + (more * self._period.seconds if self._period and 0 < more < MOST_AS_ONE else 0.0)
        return log(duration_s / whole_s)

    def _timed(self, heard: Heard) -> float:
        """When the place in it comes by which it is timed best."""
        frame = heard.finding.frame
        return heard.t_s + (self._lead_s if frame is None else frame.lead_s)

    def _goes_on(self, heard: Heard) -> bool:
        """Whether no packet was missed before this."""
        if self._period is None or not self._moments:
            return False
        return 0 < self._timed(heard) - self._moments.last_s < WITHOUT_A_GAP * self._period.seconds

    def away(self, heard: Heard) -> float:
        """How little a burst is like what this one sends: a sum of squares, infinite for another's."""
        link = self.finding.link
        if link != heard.finding.link or (link not in LONE | CROWD and not alike(self.finding, heard.finding)):
            return float("inf")
        if link in CROWD:
            return 0.0
        if link in LONE:
            wide_hz = max(heard.burst.bandwidth_hz, self.newest.burst.bandwidth_hz)
            return FARTHEST * abs(heard.carrier_hz - self.newest.carrier_hz) / wide_hz * 2
        away = ((heard.burst.level_dbfs - self._moments.level_db()) / LOUDER_DB) ** 2
        if link not in UNEVEN and not heard.burst.lasts:
            away += (self._longer(heard.burst.duration_s) / LONGER) ** 2 / 4
        if self._period is not None and self._moments:
            periods = (self._timed(heard) - self._moments.last_s) / self._period.seconds
            if periods < KEPT_IN_STEP:
                away += min(4.0, ((periods - round(periods)) / max(PHASE, timed_s(heard) / self._period.seconds)) ** 2)
        return away

    def expected(self, burst: Burst, t_s: float) -> Finding | None:
        """What a burst is that is so much like this known transmitter's next that it need not be looked at."""
        if not self.name.alarm or self._period is None or self.bursts < SETTLED or burst.lasts:
            return None
        middle_hz = burst.offset_hz if burst.center_hz is None else burst.center_hz
        off_hz = min((one - middle_hz for one in self.channels.hz()), key=abs, default=float("inf"))
        periods = (t_s + self._lead_s - self._moments.last_s) / self._period.seconds
        timed = abs(periods - round(periods)) < PHASE and periods > 0.5
        as_long = abs(burst.duration_s / self._moments.middle_s() - 1) < NEAR_SHARE
        near = abs(off_hz) < NEAR_SHARE * burst.bandwidth_hz and abs(burst.level_dbfs - self._moments.level_db()) < LOUDER_DB
        return structs.replace(self.finding, carrier_offset_hz=off_hz, frame=None) if near and timed and as_long else None

    def includes(self, heard: Heard) -> bool:
        """Whether what nobody knows is this known link's by its clock: as long as a packet, or the part of one that the band holds."""
        if not self.name.alarm or self._period is None or heard.burst.lasts or heard.finding.link != "unknown":
            return False
        after_s, long_s = heard.t_s + self._lead_s - self._moments.last_s, self._moments.middle_s()
        if abs(after_s) > IN_STEP * self._period.seconds:
            return False
        off_s = after_s - round(after_s / self._period.seconds) * self._period.seconds
        if abs(off_s) < PHASE * self._period.seconds and abs(heard.burst.duration_s / long_s - 1) < NEAR_SHARE:
            return True
        within = -NEAR_SHARE * long_s < after_s % self._period.seconds < (1 + NEAR_SHARE) * long_s - heard.burst.duration_s
        return within and heard.burst.is_cut_off and len(self.channels.known) > 1

    def channel(self) -> Channel | None:
        """Where chirps were heard last, and which; None of what is none or was heard but once."""
        numbers, known = self.finding.parameters, self.newest.finding.carrier_offset_hz is not None
        sf, bandwidth_hz = numbers.get("spreading_factor"), numbers.get("chirp_bandwidth_hz")
        if self.finding.link != "lora" or self.bursts < LEAST_CHIRPED or not known:
            return None
        if not isinstance(sf, int) or not isinstance(bandwidth_hz, float):
            return None
        return Channel(self.newest.carrier_offset_hz, bandwidth_hz, (sf,), (numbers.get("chirps") == "falling",))

    def _middles(self) -> dict[str, float | str]:
        """Of what is measured anew in each burst: one that was measured badly must not rename the link."""
        found: dict[str, float | str] = {}
        for name in ("symbol_rate_bd", "deviation_hz"):
            values = [value for one in self._numbers if isinstance(value := one.get(name), float)]
            if values:
                found[name] = round(float(np.median(values)), 1)
        return found

    def tell(self) -> LinkDetection:
        """What is known of it now; what was a drone's link is not taken back while its packets are told to be alike."""
        packets = self.finding.link in ("lora", "fsk", "dji_ocusync")
        self._period = self._moments.period(whole=self.finding.link == "lora") if packets else None
        on_air = self.newest.burst.center_hz is not None
        channels = self.channels.hz()
        air_s = self._moments.middle_s() if self.finding.link == "lora" else None
        self.finding = structs.replace(self.finding, parameters=self.finding.parameters | self._middles())
        name = name_of(self.finding, self._period, air_s, self.channels.sure_hz() if on_air else (), self.channels.hop())
        self.name = name if name.alarm or not self.name.alarm else self.name
        self.told_ns = self.newest.t_mono_ns
        return self._detection(channels if on_air else (), on_air=on_air)

    def _detection(self, channels: tuple[float, ...], *, on_air: bool) -> LinkDetection:
        burst, name = self.newest.burst, self.name
        parameters = self.finding.parameters | self.said
        if name.plan is not None:
            parameters |= {"mode": name.plan, "grid": name.grid or "unlisted"}
        if self._period is not None:
            parameters["period_jitter"] = round(self._period.jitter, 5)
        return LinkDetection(
            t_mono_ns=self.newest.t_mono_ns,
            track=self.number,
            link=name.link,
            alarm=name.alarm,
            probability=round(name.probability, 3),
            center_hz=burst.center_hz,
            bandwidth_hz=burst.bandwidth_hz,
            snr_db=round(burst.snr_db, 2),
            level_dbfs=round(self._moments.level_db(), 2),
            level_rate_db_s=self._trend(),
            duration_s=None if burst.lasts else burst.duration_s,
            packet_rate_hz=self._packet_rate_hz(),
            channels_hz=tuple(round(one, 1) for one in channels),
            carrier_offset_hz=self._carrier_offset(),
            first_mono_ns=self.first_mono_ns,
            bursts=self.bursts,
            parameters=parameters,
            notes=tuple(filter(None, (self.note, "" if on_air else f"{burst.offset_hz / 1e6:+.3f} MHz from the middle of the band"))),
        )

    def _packet_rate_hz(self) -> float | None:
        """As measured, or as its mode has it where packets without a clear gap were heard as one."""
        if self._period is None or self._period.jitter > MOST_JITTER:
            return None
        return round(packet_rate_hz(self.name, self._period), 3)

    def _carrier_offset(self) -> float | None:
        """From the middle of its channels where they are published, else from the middle of what is heard."""
        if (off := off_grid_hz(self.name, self.channels.hz())) is not None:
            return round(off, 1)
        offset_hz = self._moments.offset_hz()
        return None if offset_hz is None else round(offset_hz, 1)

    def _trend(self) -> float | None:
        trend_db_s = self._moments.trend_db_s()
        return None if trend_db_s is None else round(trend_db_s, 3)
