"""DRIP: the raw example of draft-ietf-drip-auth (appendix B), and signatures of our own, true, forged and repeated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from drivers.blocks import RadioFrame
from edge_node.messages import RemoteIdDetection
from edge_node.remote_id import drip, trust
from edge_node.remote_id.astm_f3411 import decode_message
from edge_node.remote_id.astm_messages import AuthPage
from edge_node.remote_id.authentication import Authentication, join
from edge_node.remote_id.detector import RemoteIdDetector
from edge_node.remote_id.keccak import cshake128
from edge_node.remote_id.trust import Trust
from tests.edge_node.remote_id.frames import advertisement, basic_id, heard_ble, heard_pack, location, message_pack, service_data, system
from tests.edge_node.remote_id.test_authentication import as_sent, split

EXAMPLE_TAG = bytes.fromhex("2001003ffe000105a29b3ff42226c04e")
EXAMPLE_KEY = bytes.fromhex("b5fef530d450dedb59ebafa18b00d7f5ed0ac08a81975034297bea2b00041813")
EXAMPLE_MESSAGES = (
    "0240012001003ffe000105a29b3ff42226c04e000000000000",
    "12000000000000000000000000000000000000000060220000",
    "32004578616d706c652053656c662049440000000000000000",
    "420000000000000000000100000000000000000010ea510900",
    "52004578616d706c65204f70657261746f7220494400000000",
)
EXAMPLE_WRAPPER = (
    "2250078b10ea510902e0dd7c6560115e671200000000000000",
    "22510000000000000000000000000060220000420000000000",
    "2252000000000100000000000000000010ea5109002001003f",
    "2253fe000105a29b3ff42226c04ef0ecad581a030ca790152a",
    "22542f08df5762a463e24a742d1c530ec977bbe0d113697e2b",
    "2255b909d6c7557bdaf1227ce86154b030daadda4a6b8474de",
    "22569a62f6c375020826000000000000000000000000000000",
    "2257f5e8eebcb04f8c2197526053e66c010d5d7297ff7c1fe0",
)
EXAMPLE_MANIFEST = (
    "225008b110ea510903e0dd7c6560115e670000000000000000",
    "2251d57594875f8608b4d61dc9224ecf8b842bd4862734ed01",
    "22522ca2e5f2b8a3e61547b81704766ba3eeb651be7eafc928",
    "22538884e3e28a24fd5529bc2bd4862734ed012ca2e5f2b8a3",
    "2254e61547b81704766ba3eeb62001003ffe000105a29b3ff4",
    "22552226c04efb729846e7d110903797066fd96f49a77c5a48",
    "2256c4c3b330be05bc4a958e9641718aaa31aeabad368386a2",
    "22579ed2dce2769120da83edbcdc0858dd1e357755e7860317",
    "2258e7c06a5918ea62a937391cbfe0983539de1b2e688b7c83",
)
TRUSTS_EXAMPLE = {EXAMPLE_TAG: EXAMPLE_KEY}
SPAN = (250_000_000).to_bytes(4, "little") + (250_000_120).to_bytes(4, "little")


class Entity:
    """Somebody with a key and the entity tag made of it."""

    def __init__(self, seed: int) -> None:
        self.signing = SigningKey(bytes([seed]) * 32)
        self.key = bytes(self.signing.verify_key)
        hierarchy = bytes.fromhex("2001003028014005")[:7] + b"\x05"
        context = bytes.fromhex("00b5a69c795df5d5f0087f56843f2c40")
        self.tag = hierarchy + cshake128(hierarchy + self.key, 8, customization=context)

    def says(self, kind: int, evidence: bytes, *, left_out: bytes = b"") -> bytes:
        """Authentication data; what is left out is signed and not sent."""
        signed = SPAN + (evidence or left_out) + self.tag
        return bytes((kind,)) + SPAN + evidence + self.tag + self.signing.sign(signed).signature


AUTHORITY, AIRCRAFT, STRANGER = Entity(1), Entity(2), Entity(3)
TRUSTS_AUTHORITY = {AUTHORITY.tag: AUTHORITY.key}
LINK = AUTHORITY.says(drip.LINK, AIRCRAFT.tag + AIRCRAFT.key)
DET_ID = basic_id(b"\x01" + AIRCRAFT.tag, id_type=4)
TOLD = (DET_ID, location(), system())


def pages(data: bytes) -> list[bytes]:
    return [as_sent(page) for page in split(data, auth_type=5)]


def over_bluetooth(*messages: bytes) -> list[RadioFrame]:
    return [heard_ble(advertisement(service_data(b"\x01" + message))) for message in messages]


def last(detector: RemoteIdDetector, *frames: RadioFrame) -> RemoteIdDetection:
    return [said for frame in frames for said in detector.step(frame)][-1]


def example(*lines: str) -> list[RadioFrame]:
    return over_bluetooth(*map(bytes.fromhex, lines))


def test_an_entity_tag_is_made_of_its_key() -> None:
    assert drip.is_tag_of(EXAMPLE_TAG, EXAMPLE_KEY)
    assert not drip.is_tag_of(EXAMPLE_TAG[:-1] + b"\x00", EXAMPLE_KEY)
    assert not drip.is_tag_of(EXAMPLE_TAG, bytes(32))
    assert not drip.is_tag_of(b"\x20\x01\x0d\xb8" + EXAMPLE_TAG[4:], EXAMPLE_KEY)
    assert not drip.is_tag_of(b"", b"")


@pytest.mark.parametrize("authentication", [EXAMPLE_WRAPPER, EXAMPLE_MANIFEST])
def test_the_example_is_verified(authentication: tuple[str, ...]) -> None:
    said = last(RemoteIdDetector(TRUSTS_EXAMPLE), *example(*EXAMPLE_MESSAGES, *authentication))
    assert (said.authentication, said.authentication_type) == ("verified", "specific_method")
    assert (said.authentication_time_utc, said.authentication_until_utc) == ("2023-12-15T18:14:40Z", "2073-12-14T23:14:40Z")
    assert last(RemoteIdDetector(), *example(*EXAMPLE_MESSAGES, *authentication)).authentication == "present"


@pytest.mark.parametrize("authentication", [EXAMPLE_WRAPPER, EXAMPLE_MANIFEST])
def test_a_signature_under_words_that_were_not_heard_proves_nothing(authentication: tuple[str, ...]) -> None:
    assert last(RemoteIdDetector(TRUSTS_EXAMPLE), *example(*authentication)).authentication == "present"


@pytest.mark.parametrize("page", [0, 1, 2, 3, 5, 6])
def test_a_forged_page_fails_when_it_does_so_again(page: int) -> None:
    lines = list(EXAMPLE_MANIFEST)
    lines[page] = lines[page][:-2] + "ff"
    detector = RemoteIdDetector(TRUSTS_EXAMPLE)
    said = [last(detector, *example(*EXAMPLE_MESSAGES, *lines)).authentication for _ in range(3)]
    assert said == ["present", "present", "failed"]


def test_a_link_makes_a_key_known_and_a_wrapper_proves_who_has_it() -> None:
    detector = RemoteIdDetector(TRUSTS_AUTHORITY)
    wrapper = pages(AIRCRAFT.says(drip.WRAPPER, b"", left_out=b"".join(TOLD)))
    assert last(detector, heard_pack(*TOLD, *wrapper)).authentication == "present"
    assert last(detector, heard_pack(DET_ID, *pages(LINK))).authentication == "present"
    said = last(detector, heard_pack(TOLD[2], TOLD[0], TOLD[1], *wrapper))
    assert (said.authentication, said.damaged, said.latitude_deg) == ("verified", False, 60.0)


def test_a_forged_place_under_a_true_wrapper_fails_at_once() -> None:
    detector = RemoteIdDetector(TRUSTS_AUTHORITY | {AIRCRAFT.tag: AIRCRAFT.key})
    wrapper = pages(AIRCRAFT.says(drip.WRAPPER, b"", left_out=b"".join(TOLD)))
    assert last(detector, heard_pack(DET_ID, location(lat=1), system(), *wrapper)).authentication == "failed"
    damaged = heard_pack(DET_ID, location(), *wrapper, declared=9)
    assert last(RemoteIdDetector({AIRCRAFT.tag: AIRCRAFT.key}), damaged).authentication == "present"


def test_a_stranger_s_link_and_a_link_to_another_s_tag_make_nothing_known() -> None:
    detector = RemoteIdDetector(TRUSTS_AUTHORITY)
    forged = STRANGER.says(drip.LINK, AIRCRAFT.tag + STRANGER.key)
    wrong = AUTHORITY.says(drip.LINK, AIRCRAFT.tag + STRANGER.key)
    lying = LINK[:-80] + AUTHORITY.tag + forged[-64:]
    verdicts = [last(detector, heard_pack(DET_ID, *pages(link))).authentication for link in (forged, wrong, lying)]
    assert verdicts == ["present", "present", "failed"]
    wrapper = pages(STRANGER.says(drip.WRAPPER, b"", left_out=b"".join(TOLD)))
    assert last(detector, heard_pack(*TOLD, *wrapper)).authentication == "present"


def test_a_manifest_lists_packs_as_they_were_heard() -> None:
    detector = RemoteIdDetector({AIRCRAFT.tag: AIRCRAFT.key})
    listed = drip.message_hash(message_pack(*TOLD))
    blank = bytes(8) * 3 + listed
    evidence = blank[:8] + drip.message_hash(blank) + blank[16:]
    manifest = heard_pack(*pages(AIRCRAFT.says(drip.MANIFEST, evidence)))
    assert last(detector, manifest).authentication == "present"
    assert last(detector, heard_pack(*TOLD), manifest).authentication == "verified"


def test_a_frame_of_unknown_evidence_is_present_or_failed() -> None:
    frame = AIRCRAFT.says(drip.FRAME, b"\xf0what")
    detector = RemoteIdDetector({AIRCRAFT.tag: AIRCRAFT.key})
    assert last(detector, heard_pack(*pages(frame))).authentication == "present"
    assert last(detector, heard_pack(*pages(frame[:-1] + bytes((frame[-1] ^ 1,))))).authentication == "failed"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01",
        LINK[:-1],
        b"\x05" + LINK[1:],
        AIRCRAFT.says(drip.WRAPPER, bytes(24)),
        AIRCRAFT.says(drip.WRAPPER, bytes(125)),
        AIRCRAFT.says(drip.MANIFEST, bytes(16)),
        AIRCRAFT.says(drip.MANIFEST, bytes(25)),
    ],
)
def test_what_drip_does_not_have_is_none(data: bytes) -> None:
    assert drip.read(data) is None


def test_trusted_keys_are_tags_of_their_keys() -> None:
    assert drip.trusted_keys({"2001:3f:fe00:105:a29b:3ff4:2226:c04e": EXAMPLE_KEY.hex()}) == TRUSTS_EXAMPLE
    for tag, key in [("2001:3f::1", EXAMPLE_KEY.hex()), ("not a tag", "00"), ("2001:30::1", "zz")]:
        with pytest.raises(ValueError, match=r"entity tag|hex"):
            drip.trusted_keys({tag: key})


def test_a_flood_is_bounded() -> None:
    judge = Trust(TRUSTS_AUTHORITY)
    for number in range(2 * trust.MOST_TRANSMITTERS):
        judge.hear(str(number), location())
    for _ in range(2 * trust.PAYLOADS_KEPT):
        judge.hear("talker", location())
    assert len(judge._heard) == trust.MOST_TRANSMITTERS
    assert len(judge._heard["talker"].payloads) == trust.PAYLOADS_KEPT


@given(st.integers(0, 5), st.binary(max_size=200), st.binary(max_size=60), st.booleans())
def test_any_data_get_a_verdict(kind: int, data: bytes, payload: bytes, at_once: bool) -> None:
    said = Authentication(5, 0, 0, (bytes((kind,)) + data + AIRCRAFT.tag + bytes(64))[: len(data) + 60 + kind * 7], b"")
    verdict, _ = Trust({AIRCRAFT.tag: AIRCRAFT.key}).judge("x", said, payload, at_once)
    assert verdict in ("present", "failed")


def test_the_example_s_pages_are_a_set() -> None:
    read = [page for line in EXAMPLE_WRAPPER if isinstance(page := decode_message(bytes.fromhex(line)), AuthPage)]
    whole = join({page.page: page for page in read})
    assert whole is not None
    assert (len(whole.data), len(whole.additional)) == (139, 38)
