"""Blanking what is nobody else's business in text that leaves the node: keys, tokens, passwords, places, people, and what names a device.

Rather too much than too little: whatever looks like a key is taken for one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

BLANK = "<{}>"
Z85 = r"[0-9a-zA-Z.\-:+=^!/*?&<>()\[\]{}@%$#]"
RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("private key", re.compile(r"-----BEGIN [^-]*-----.*?(?:-----END [^-]*-----|\Z)", re.DOTALL)),
    ("token", re.compile(r"(?<![A-Za-z2-7])[A-Za-z2-7]{100,}(?![A-Za-z2-7])")),
    (
        "secret",
        re.compile(
            r"(?i)((?:secret|password|passwd|passphrase|token|psk|credential|api_?key)[\w.]*[\"']?\s*[:=]\s*)(\"[^\"\n]*\"|'[^'\n]*'|[^\s,;]+)"
        ),
    ),
    ("password", re.compile(r"(\w+://)([^/\s:@]*:[^@\s/]+)(?=@)")),
    ("key", re.compile(rf"(?<!{Z85})(?={Z85}*[a-z])(?={Z85}*[A-Z]){Z85}{{40,}}")),
    ("key", re.compile(r"(?<![0-9A-Za-z+/])[0-9A-Za-z+/]{43}=(?!=)")),
    ("key", re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{64}(?![0-9a-fA-F])")),
    (
        "place",
        re.compile(
            r"(?i)((?:\w*latitude|\w*longitude|\w*altitude|lat|lon|alt)(?:_deg|_wgs84_m|_msl_m|_m)?[\"']?\s*[:=]\s*)([-+]?\d+(?:\.\d+)?)"
        ),
    ),
    ("place", re.compile(r"[-+]?\d{1,2}\.\d{3,}\s*°?\s*[NS]?,?\s+[-+]?\d{1,3}\.\d{3,}\s*°?\s*[EW]?")),
    ("place", re.compile(r"\$G[A-Z]{4},[^\s]*")),
    (
        "operator",
        re.compile(
            r"(?i)((?:operator_?(?:id|registration)?|owner|pilot|name_of_operator)[\"']?\s*[:=]\s*)(\"[^\"\n]*\"|'[^'\n]*'|[^\s,;}]+)"
        ),
    ),
    ("operator", re.compile(r"\b[A-Z]{3}[0-9a-z]{13}(?:-[0-9a-z]{3})?\b")),
    ("address", re.compile(r"\b(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}\b")),
)
"""Name and pattern; of a pattern with two groups the first stays. Operators register as CEN EN 4709-002 has it: a country and 13 signs.

A key of ZeroMQ RFC 32 has 40 signs of Z85, a token of enrolment over 100 of base32; a MAC address names a device and by it a person.
"""


class Redactor:
    """Blanks one text after another and counts what it blanked."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def text(self, text: str) -> str:
        """The text without what is private."""
        for name, pattern in RULES:
            text = pattern.sub(self._blanking(name, pattern.groups), text)
        return text

    def _blanking(self, name: str, groups: int) -> Callable[[re.Match[str]], str]:
        def blank(found: re.Match[str]) -> str:
            self.counts[name] += 1
            return (found[1] if groups else "") + BLANK.format(name)

        return blank
