"""A drone's radios: its Wi-Fi and its Bluetooth, each frame a pure function of the scene, the seed and its number."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from random import Random

from tools.simulate import nan, nordic_ble
from tools.simulate.beacon import TU_S, beacon, center_hz, odid, radiotap
from tools.simulate.free_space import Frame, Path
from tools.simulate.scene import Drone, RemoteId
from tools.simulate.telemetry import Telemetry
from tools.simulate.world import World, in_air

SENSITIVITY_DBM, SENSITIVITY_CODED_DBM = -92, -100
MOST_CONTENTION_S = 0.003
BETWEEN_FRAMES_S = 0.002
MOST_SLOT_S = 0.02
MOST_ADVERTISING_DELAY_S = 0.010
AUXILIARY_LATER_S = 0.009
BEACONS = ("wifi_beacon", "french_beacon", "dji_beacon")
BLE_PRIMARY = (37, 38, 39)
BLE_MHZ = {37: 2402, 38: 2426, 39: 2480}


class WifiTransmitter:
    """One drone's Wi-Fi: one sequence counter for all that it sends, and its own TSF with a crystal's error."""

    def __init__(self, world: World, drone: Drone, rid: RemoteId, utc_start_ns: int) -> None:
        self._world, self._drone, self._rid = world, drone, rid
        self._telemetry = Telemetry(world, drone, rid, utc_start_ns)
        self._seed = f"{world.seed}/{rid.mac}"
        self._mac = bytes.fromhex(rid.mac.replace(":", ""))
        random = Random(self._seed)
        self._cluster = random.randbytes(2)
        self._first_sequence = random.randrange(4096)
        self._ticks = 1 + random.uniform(-10e-6, 10e-6)
        self._intervals_before = random.randrange(200, 6_000)
        self._start_s = drone.from_s + random.uniform(0, rid.beacon_interval_tu * TU_S)
        self._every_s = rid.beacon_interval_tu * TU_S / self._ticks
        self._path = Path(world.own + self._seed, rid.eirp_dbm)
        self._beacons = [transport for transport in BEACONS if transport in rid.transports]

    def frames(self, t_from_s: float, t_to_s: float) -> Iterator[Frame]:
        """What reaches the node in [from, to), in time order, whatever was asked before; a slot is one beacon interval."""
        first = max(0, ceil((t_from_s - MOST_SLOT_S - self._start_s) / self._every_s))
        for k in range(first, max(0, ceil((t_to_s - self._start_s) / self._every_s))):
            for t_s, data in self._slot(k):
                if t_from_s <= t_s < t_to_s and in_air(self._drone, t_s):
                    yield t_s, data

    def _slot(self, k: int) -> Iterator[Frame]:
        random = Random(f"{self._seed}/{k}")
        contended_s = self._start_s + k * self._every_s + random.uniform(0, MOST_CONTENTION_S)
        sequence = self._first_sequence + k * len(self._beacons) + 2 * self._windows_before(k)
        kinds = [*self._beacons, *(("nan_sync", "nan") if self._windows_before(k + 1) > self._windows_before(k) else ())]
        for number, kind in enumerate(kinds):
            t_s = contended_s + number * BETWEEN_FRAMES_S
            channel = self._nan_channel() if kind.startswith("nan") else self._rid.channel
            rssi_dbm = self._path.rssi_dbm(t_s, self._world.truth_of(self._drone, t_s).range_m, center_hz(channel), random)
            if rssi_dbm >= SENSITIVITY_DBM:
                yield t_s, radiotap(channel, rssi_dbm) + self._frame(kind, t_s, sequence + number)

    def _windows_before(self, k: int) -> int:
        """NAN discovery windows, 512 TU apart, that end before slot k."""
        return (
            k * self._rid.beacon_interval_tu // max(nan.NAN_TU, self._rid.beacon_interval_tu) if "wifi_nan" in self._rid.transports else 0
        )

    def _nan_channel(self) -> int:
        return 6 if self._rid.channel <= 14 else 149

    def _frame(self, kind: str, t_s: float, sequence: int) -> bytes:
        rid, update = self._rid, self._telemetry.update_at(t_s)
        before_us = self._intervals_before * rid.beacon_interval_tu * 1024
        tsf_us = before_us + round((t_s - self._start_s) * self._ticks * 1e6)
        if kind == "nan_sync":
            return nan.sync_beacon(mac=self._mac, cluster=self._cluster, sequence=sequence, tsf_us=tsf_us)
        if kind == "nan":
            counter, odid_pack = self._telemetry.counter(update), self._telemetry.pack(update)
            return nan.service_discovery(mac=self._mac, cluster=self._cluster, sequence=sequence, counter=counter, odid_pack=odid_pack)
        return beacon(
            mac=self._mac,
            sequence=sequence,
            tsf_us=tsf_us,
            interval_tu=rid.beacon_interval_tu,
            channel=rid.channel,
            ssid=rid.ssid,
            vendor=self._vendor(kind, update),
        )

    def _vendor(self, kind: str, update: int) -> bytes:
        if kind == "french_beacon":
            return self._telemetry.french(update)
        if kind == "dji_beacon":
            return self._telemetry.dji(update)
        return odid(self._telemetry.counter(update), self._telemetry.pack(update))


class BleTransmitter:
    """One drone's Bluetooth with a random address of its own; a sniffer hears one of the three primary channels of each event."""

    def __init__(self, world: World, drone: Drone, rid: RemoteId, utc_start_ns: int) -> None:
        self._world, self._drone, self._rid = world, drone, rid
        self._telemetry = Telemetry(world, drone, rid, utc_start_ns)
        self._seed = f"{world.seed}/{rid.mac}/ble"
        random = Random(self._seed)
        self._address = bytes((random.randrange(0xC0, 0x100), *random.randbytes(5)))
        self._advertising_id = random.randrange(4096)
        self._start_s = drone.from_s + random.uniform(0, rid.ble_interval_s)
        self._path = Path(world.own + self._seed, rid.ble_eirp_dbm)

    def frames(self, t_from_s: float, t_to_s: float) -> Iterator[Frame]:
        """What reaches the node in [from, to), in time order, whatever was asked before."""
        every_s = self._rid.ble_interval_s
        first = max(0, ceil((t_from_s - 2 * MOST_SLOT_S - self._start_s) / every_s))
        for k in range(first, max(0, ceil((t_to_s - self._start_s) / every_s))):
            for t_s, data in self._event(k):
                if t_from_s <= t_s < t_to_s and in_air(self._drone, t_s):
                    yield t_s, data

    def _event(self, k: int) -> Iterator[Frame]:
        random = Random(f"{self._seed}/{k}")
        t_s = self._start_s + k * self._rid.ble_interval_s + random.uniform(0, MOST_ADVERTISING_DELAY_S)
        primary, secondary = BLE_PRIMARY[k % 3], random.randrange(37)
        if "ble_legacy" in self._rid.transports:
            counter, message = self._message(k, t_s)
            pdu = nordic_ble.legacy(self._address, nordic_ble.service_data(counter, message))
            yield from self._heard(pdu, t_s, primary, k, random, coded=False)
        if "ble_extended" in self._rid.transports:
            t_s += BETWEEN_FRAMES_S
            pdu = nordic_ble.extended_pointer(self._advertising_id, secondary)
            yield from self._heard(pdu, t_s, primary, k, random, coded=True)
            update = self._telemetry.update_at(t_s)
            load = nordic_ble.service_data(self._telemetry.counter(update), self._telemetry.pack(update))
            pdu = nordic_ble.extended(self._address, self._advertising_id, load)
            yield from self._heard(pdu, t_s + AUXILIARY_LATER_S, secondary, k, random, coded=True)

    def _message(self, k: int, t_s: float) -> tuple[int, bytes]:
        """Every other event a Location, those between one of the others in turn; each kind counts for itself."""
        update = self._telemetry.update_at(t_s)
        if k % 2 == 0:
            return k // 2, self._telemetry.location(update)
        others = self._telemetry.others(update)
        turn, which = divmod(k // 2, len(others))
        return turn, others[which]

    def _heard(self, pdu: bytes, t_s: float, channel: int, packet: int, random: Random, *, coded: bool) -> Iterator[Frame]:
        mhz = BLE_MHZ.get(channel, 2404 + 2 * channel + 2 * (channel > 10))
        rssi_dbm = self._path.rssi_dbm(t_s, self._world.truth_of(self._drone, t_s).range_m, mhz * 1_000_000, random)
        if rssi_dbm >= (SENSITIVITY_CODED_DBM if coded else SENSITIVITY_DBM):
            t_us = round(t_s * 1e6)
            yield t_s, nordic_ble.sniffed(pdu, packet=packet, t_us=t_us, channel=channel, rssi_dbm=rssi_dbm, coded=coded)
