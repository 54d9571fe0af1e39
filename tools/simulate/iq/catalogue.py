"""Every transmitter by name, with where one listens for it and how strong it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from msgspec import Struct

from tools.simulate.iq.ble import Ble
from tools.simulate.iq.crossfire import Crossfire, CrossfireLora
from tools.simulate.iq.dji import Said, drone_id
from tools.simulate.iq.elrs import DOMAINS, RATES_2G4, RATES_900, elrs_900, elrs_2400
from tools.simulate.iq.everyday import CHIRPING, SHIFTING, Chirper, Dab, Shifter, Talker
from tools.simulate.iq.keyed import Adsb, GateRemote, Thermometer
from tools.simulate.iq.lorawan import Lorawan
from tools.simulate.iq.ofdm import DvbT, Lte, OcusyncControl, OcusyncVideo
from tools.simulate.iq.oven import Oven
from tools.simulate.iq.r9 import R9
from tools.simulate.iq.radiosonde import Radiosonde
from tools.simulate.iq.sik import BOARDS, DEVIATIONS, Sik
from tools.simulate.iq.video import NTSC, PAL, Fpv
from tools.simulate.iq.wave import Link
from tools.simulate.iq.wifi import Wifi
from tools.simulate.iq.wm_bus import WmBus


class Entry(Struct, frozen=True):
    """A link of a seed, a good centre for a receiver that hears but a part of its band, and EIRP of what flies and of the ground.

    `telling` makes it with what its drone says of itself, None where it says nothing.
    """

    make: Callable[[int], Link]
    listen_hz: float
    eirp_dbm: float = 20.0
    ground_eirp_dbm: float = 20.0
    drone: bool = True
    telling: Callable[[int, Said], Link] | None = None


def _elrs() -> Iterator[tuple[str, Entry]]:
    """The drone answers with less than the pilot sends with."""
    for domain, channels in DOMAINS.items():
        listen_hz = channels.center_hz(channels.sync_channel)
        if domain == "ism2g4":
            for rate in RATES_2G4:
                yield f"elrs_2g4_{rate}", Entry(partial(elrs_2400, rate), listen_hz, 17.0)
            continue
        for rate in RATES_900:
            yield f"elrs_{domain}_{rate}", Entry(partial(elrs_900, rate, domain), listen_hz, 17.0)


def _sik() -> Iterator[tuple[str, Entry]]:
    for name, board in BOARDS.items():
        for rate in DEVIATIONS:
            middle_hz = (board.first_hz + board.last_hz) / 2
            yield f"sik_{name}_{rate}", Entry(partial(Sik, name, rate), middle_hz)


def _everyday() -> Iterator[tuple[str, Entry]]:
    for name, chirping in CHIRPING.items():
        yield name, Entry(partial(Chirper, name), _middle_hz(chirping.centers_hz), 14.0, drone=False)
    for name, shifting in SHIFTING.items():
        yield name, Entry(partial(Shifter, name), _middle_hz(shifting.centers_hz), 14.0, drone=False)


def _middle_hz(centers_hz: tuple[float, ...]) -> float:
    return centers_hz[len(centers_hz) // 2]


CATALOGUE: dict[str, Entry] = {
    **dict(_elrs()),
    "crossfire_eu_150": Entry(partial(Crossfire, "eu"), 866.0e6),
    "crossfire_us_150": Entry(partial(Crossfire, "us"), 906.0e6),
    "crossfire_eu_50": Entry(partial(CrossfireLora, "eu"), 866.0e6),
    "crossfire_us_50": Entry(partial(CrossfireLora, "us"), 906.0e6),
    "r9_868": Entry(partial(R9, "868"), 866.0e6),
    "r9_915": Entry(partial(R9, "915"), 920.0e6),
    **dict(_sik()),
    "ocusync_video_10": Entry(lambda seed: OcusyncVideo(megahertz=10, seed=seed), 2_444.5e6, 26.0),
    "ocusync_video_20": Entry(lambda seed: OcusyncVideo(megahertz=20, seed=seed), 2_444.5e6, 26.0),
    "ocusync_control": Entry(OcusyncControl, 2_440e6, 20.0, 20.0),
    "dji_droneid": Entry(drone_id, 2_444.5e6, 23.0, telling=drone_id),
    "fpv_pal": Entry(lambda seed: Fpv(PAL, seed=seed), 5_800e6, 23.0),
    "fpv_ntsc": Entry(lambda seed: Fpv(NTSC, seed=seed), 5_800e6, 23.0),
    "fpv_pal_1280": Entry(lambda seed: Fpv(PAL, 1_280e6, seed), 1_280e6, 27.0),
    "lorawan": Entry(Lorawan, 868.0e6, 14.0, drone=False),
    "wmbus_t": Entry(partial(WmBus, "t"), 868.95e6, 10.0, drone=False),
    "wmbus_c": Entry(partial(WmBus, "c"), 868.95e6, 10.0, drone=False),
    "ble": Entry(Ble, 2_426e6, 4.0, drone=False),
    "wifi": Entry(lambda seed: Wifi(seed=seed), 2_437e6, 20.0, drone=False),
    "lte_10": Entry(lambda seed: Lte(seed=seed), 806e6, 55.0, drone=False),
    "lte_20": Entry(lambda seed: Lte(1_815.3e6, 100, seed), 1_815.3e6, 58.0, drone=False),
    "dvb_t": Entry(lambda seed: DvbT(seed=seed), 650e6, 70.0, drone=False),
    "adsb": Entry(Adsb, 1_090e6, 51.0, drone=False),
    "thermometer": Entry(Thermometer, 433.92e6, 10.0, drone=False),
    "gate_remote": Entry(GateRemote, 433.92e6, 10.0, drone=False),
    "microwave_oven": Entry(Oven, 2_455e6, 10.0, drone=False),
    "radiosonde": Entry(Radiosonde, 403.0e6, 18.0, drone=False),
    **dict(_everyday()),
    "voice": Entry(lambda seed: Talker("voice", 446.00625e6, 2_500, seed), 446.1e6, 27.0, drone=False),
    "broadcast": Entry(lambda seed: Talker("broadcast", 98.5e6, 75e3, seed), 98.6e6, 60.0, drone=False),
    "carrier": Entry(lambda seed: Talker("carrier", 868.1e6, 0.0, seed), 868.3e6, 10.0, drone=False),
    "dab": Entry(lambda seed: Dab(seed=seed), 223.936e6, 60.0, drone=False),
}


def link_of(name: str, seed: int) -> Link:
    """The link of a name in CATALOGUE; raises KeyError with those that there are."""
    if name not in CATALOGUE:
        raise KeyError(f"there is no link {name!r}; there are {', '.join(CATALOGUE)}")
    return CATALOGUE[name].make(seed)
