"""Bluetooth controllers for the far end of a serial port, by another project's codec and link layer (Bumble)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from bumble import hci
from bumble.controller import Controller
from bumble.device import Device
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport.common import AsyncPipeSink
from bumble.transport.pty import open_pty_transport

ALL_FEATURES = hci.LeFeatureMask.LE_CODED_PHY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
EXTENDED = {hci.HCI_LE_SET_EXTENDED_SCAN_PARAMETERS_COMMAND, hci.HCI_LE_SET_EXTENDED_SCAN_ENABLE_COMMAND}
LEGACY = {hci.HCI_LE_SET_SCAN_PARAMETERS_COMMAND, hci.HCI_LE_SET_SCAN_ENABLE_COMMAND}
DISALLOWED = hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR
ADDRESS = hci.Address("C6:43:DC:10:EA:1F", hci.Address.RANDOM_DEVICE_ADDRESS)
SCAN = hci.HCI_LE_Extended_Advertising_Report_Event.EventType


class Controlled:
    """A controller that answers commands as the standard has it, with what it refuses and whether it answers at all."""

    def __init__(
        self, features: int = ALL_FEATURES, refused: dict[int, int] | None = None, air: bytes = b"", most_resets: int = 1_000
    ) -> None:
        self.commands: list[hci.HCI_Command] = []
        self.scanning = 0
        self._features = features
        self._refused = refused or {}
        self._air = air
        self._resets = most_resets
        self._families: set[int] = set()
        self._rest = b""

    def __call__(self, chunk: bytes) -> bytes:
        """Answers to the commands that are whole now, and the air's events once the scan is on."""
        self._rest += chunk
        said = b""
        while len(self._rest) >= 4 and len(self._rest) >= 4 + self._rest[3]:
            size = 4 + self._rest[3]
            command = hci.HCI_Packet.from_bytes(self._rest[:size])
            assert isinstance(command, hci.HCI_Command)
            self._rest = self._rest[size:]
            said += self._answer(command)
        return said

    def _answer(self, command: hci.HCI_Command) -> bytes:
        self.commands.append(command)
        if command.op_code == hci.HCI_RESET_COMMAND:
            self._families.clear()
            self._resets -= 1
        if self._resets < 0:
            return b""
        status = self._refused.get(command.op_code, 0) or self._mixed(command.op_code)
        parameters = hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode(status))
        if command.op_code == hci.HCI_LE_READ_LOCAL_SUPPORTED_FEATURES_COMMAND and not status:
            parameters = hci.HCI_LE_Read_Local_Supported_Features_ReturnParameters(parameters.status, self._features.to_bytes(8, "little"))
        done = hci.HCI_Command_Complete_Event(1, command.op_code, parameters)
        starts = not status and command.op_code in (
            hci.HCI_LE_SET_EXTENDED_SCAN_ENABLE_COMMAND,
            hci.HCI_LE_SET_SCAN_ENABLE_COMMAND,
        )
        self.scanning += starts
        return bytes(done) + (self._air if starts else b"")

    def _mixed(self, opcode: int) -> int:
        """Both families of commands after one reset are an error (Core 5.4, vol. 4 part E 3.1.1)."""
        self._families |= {kind for kind, family in enumerate((EXTENDED, LEGACY)) if opcode in family}
        return DISALLOWED if opcode in EXTENDED | LEGACY and len(self._families) > 1 else 0


def report(
    data: bytes, *, more: bool = False, cut: bool = False, coded: bool = True, rssi: int = -87, sid: int = 3, kind: int = 0
) -> hci.HCI_LE_Extended_Advertising_Report_Event.Report:
    """An extended advertising report of one piece of AD data."""
    phy = hci.Phy.LE_CODED if coded else hci.Phy.LE_1M
    return hci.HCI_LE_Extended_Advertising_Report_Event.Report(
        event_type=kind | more << 5 | cut << 6,
        address_type=ADDRESS.address_type,
        address=ADDRESS,
        primary_phy=phy,
        secondary_phy=phy,
        advertising_sid=sid,
        tx_power=127,
        rssi=rssi,
        periodic_advertising_interval=0,
        direct_address_type=0,
        direct_address=hci.Address.ANY,
        data=data,
    )


def extended(*reports: hci.HCI_LE_Extended_Advertising_Report_Event.Report) -> bytes:
    """An H4 packet of these reports."""
    return bytes(hci.HCI_LE_Extended_Advertising_Report_Event(list(reports)))


def legacy(data: bytes, rssi: int = -60) -> bytes:
    """An H4 packet of one report of a controller of Bluetooth 4."""
    kind = hci.HCI_LE_Advertising_Report_Event.EventType.ADV_NONCONN_IND
    one = hci.HCI_LE_Advertising_Report_Event.Report(
        event_type=kind, address_type=ADDRESS.address_type, address=ADDRESS, data=data, rssi=rssi
    )
    return bytes(hci.HCI_LE_Advertising_Report_Event([one]))


@contextmanager
def drone_on_the_air(path: Path, advertising_data: bytes) -> Iterator[None]:
    """A whole controller at this path, and on its air a device that advertises."""
    ready, loops, stops = Event(), [], []

    async def play() -> None:
        stop = asyncio.Event()
        loops.append(asyncio.get_running_loop())
        stops.append(stop)
        air = LocalLink()
        async with await open_pty_transport(str(path)) as transport:
            Controller("node", host_source=transport.source, host_sink=transport.sink, link=air)
            controller = Controller("drone", link=air)
            drone = Device(name="drone", address=ADDRESS, host=Host(controller, AsyncPipeSink(controller)))
            await drone.power_on()
            await drone.start_advertising(advertising_data=advertising_data, advertising_interval_min=20, advertising_interval_max=20)
            ready.set()
            await stop.wait()
            await drone.stop_advertising()

    thread = Thread(target=asyncio.run, args=(play(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield
    finally:
        loops[0].call_soon_threadsafe(stops[0].set)
        thread.join()
