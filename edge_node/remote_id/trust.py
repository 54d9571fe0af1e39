"""Whether authentication that was heard is good: a chain of keys from those that are trusted to what the aircraft said."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Mapping
from typing import Literal

from edge_node.remote_id import drip
from edge_node.remote_id.authentication import Authentication

Verdict = Literal["present", "verified", "failed"]

MOST_TRANSMITTERS = 512
MOST_KEYS = 1024
PAYLOADS_KEPT = 64
FAILURES_TO_FAIL = 3


class Transmitter:
    """What one said lately, and how often in a row what it signed in several frames did not fit."""

    __slots__ = ("failures", "payloads")

    def __init__(self) -> None:
        self.payloads: deque[bytes] = deque(maxlen=PAYLOADS_KEPT)
        self.failures = 0


class Trust:
    """Trusted keys by their entity tag, the keys that they endorsed, and what each transmitter said lately; all bounded.

    Only a signature over what the transmitter itself was heard to say verifies it: a link, and any signature under somebody
    else's words, can be repeated by everybody. Whether it is too old is not known here.
    """

    def __init__(self, keys: Mapping[bytes, bytes]) -> None:
        self._trusted = dict(keys)
        self._endorsed: OrderedDict[bytes, bytes] = OrderedDict()
        self._heard: OrderedDict[str, Transmitter] = OrderedDict()

    def hear(self, transmitter: str, payload: bytes) -> None:
        """Keep what it said, a bare message or a whole pack, for the manifests to come."""
        self._of(transmitter).payloads.append(payload)

    def judge(self, transmitter: str, said: Authentication, payload: bytes, at_once: bool) -> tuple[Verdict, int | None]:
        """Of a set that came with this payload, and until when in Unix seconds its signer wants it believed.

        A set that came in several frames may be a mixture of two; it fails when it does so three times in a row.
        """
        signed = drip.read(said.data) if said.auth_type == drip.SPECIFIC_METHOD else None
        key = self._key(signed.signer) if signed else None
        if signed is None or key is None or (signed.kind == drip.WRAPPER and not signed.evidence and not at_once):
            return "present", signed.until_s if signed else None
        return self._verdict(transmitter, signed, key, payload, at_once), signed.until_s

    def _verdict(self, transmitter: str, signed: drip.Signed, key: bytes, payload: bytes, at_once: bool) -> Verdict:
        evidence = drip.wrapped(signed, payload) if signed.kind == drip.WRAPPER else signed.evidence
        known = self._of(transmitter)
        if not drip.is_signed(signed, key, evidence):
            known.failures += 1
            return "failed" if at_once or known.failures >= FAILURES_TO_FAIL else "present"
        known.failures = 0
        if signed.kind == drip.LINK:
            self._endorse(*drip.endorsed(signed))
            return "present"
        return "verified" if _said(signed, evidence, known) else "present"

    def _of(self, transmitter: str) -> Transmitter:
        known = self._heard.pop(transmitter, None) or Transmitter()
        if len(self._heard) >= MOST_TRANSMITTERS:
            self._heard.popitem(last=False)
        self._heard[transmitter] = known
        return known

    def _key(self, tag: bytes) -> bytes | None:
        return self._trusted.get(tag) or self._endorsed.get(tag)

    def _endorse(self, tag: bytes, key: bytes) -> None:
        """Take a key whose parent's signature is good, if the tag is its own."""
        if tag in self._endorsed or not drip.is_tag_of(tag, key):
            return
        if len(self._endorsed) >= MOST_KEYS:
            self._endorsed.popitem(last=False)
        self._endorsed[tag] = key


def _said(signed: drip.Signed, evidence: bytes, known: Transmitter) -> bool:
    """Whether what is signed is what this transmitter was heard to say."""
    if signed.kind == drip.MANIFEST:
        return drip.vouches(signed, known.payloads)
    if signed.kind != drip.WRAPPER or not evidence:
        return False
    heard = {message for payload in known.payloads for message in drip.messages(payload)}
    return all(message in heard for message in drip.messages(evidence))
