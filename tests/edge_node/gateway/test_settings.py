"""gateway.toml: what it takes, and what it says of what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_node.config_file import ConfigError
from edge_node.gateway.settings import load

KEY = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
"""The example of ZeroMQ RFC 32's users: nobody's."""
WELL = f"""
[live]
bind = "tcp://0.0.0.0:5571"
state_dir = "state"

[[node]]
name = "roof"
key = '{KEY}'

[[sink]]
kind = "cot"
to = "tls://tak.example.org:8089"
ca = "ca.pem"
certificate = "client.pem"
key = "client.key"
operator = true

[[sink]]
kind = "asterix"
to = "udp://[::1]:8600"
sac = 25
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "gateway.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_paths_begin_at_the_file_s_own_folder(tmp_path: Path) -> None:
    settings = load(written(tmp_path, WELL))
    assert settings.live.state_dir == tmp_path / "state"
    cot, asterix = settings.sinks
    assert (cot.ca, cot.scheme, cot.address, cot.operator) == (tmp_path / "ca.pem", "tls", ("tak.example.org", 8089), True)
    assert (asterix.address, asterix.sac, asterix.operator) == (("::1", 8600), 25, False)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("bind =", "bnd =", "did you mean 'bind'?"),
        ('kind = "asterix"', 'kind = "cot62"', "sink.kind"),
        ("udp://[::1]:8600", "tcp://[::1]:8600", "asterix goes by udp://"),
        ("tak.example", f"{'x' * 64}.example", "is no host name"),
        ("udp://[::1]:8600", "somewhere", "an address like tcp://host:8087"),
        ('key = "client.key"', "", "certificate and key go together"),
        ("tls://tak", "tcp://tak", "certificates are for tls://"),
        ("sac = 25", "sac = 256", "a number from 0 to 255"),
        (KEY, KEY[:-1] + "~", "node roof: key is not the Z85 text of a key"),
        ("\n[[sink]]", f"next_key = '{KEY}'\n[[sink]]", "is the key of more than one node"),
        ("\n[[sink]]", f"next_key = '{KEY[:-1]}~'\n[[sink]]", "node roof: next_key is not the Z85 text of a key"),
        ('ca = "ca.pem"', 'ca = "ca.pem"\nuas_reports = true', "uas_reports are of asterix"),
        ("sac = 25", 'interface = "an interface with a long name"', "an interface's name like eth0"),
        ('ca = "ca.pem"', 'ca = "ca.pem"\ninterface = "eth0"', "an interface is chosen for udp://"),
        ("[[node]]", "[[nods]]", "did you mean 'node'?"),
        ("[live]", "live = ", "gateway.toml"),
    ],
)
def test_what_is_wrong_is_said_in_words(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in WELL
    with pytest.raises(ConfigError) as error:
        load(written(tmp_path, WELL.replace(old, new)))
    assert words in str(error.value)


def test_a_gateway_without_nodes_or_sinks_is_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"one \[\[node\]\] is needed(.|\n)*one \[\[sink\]\] is needed"):
        load(written(tmp_path, '[live]\nbind = "tcp://0.0.0.0:5571"\n'))
