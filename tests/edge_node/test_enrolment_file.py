from __future__ import annotations

from pathlib import Path

import pytest

from edge_node.config_file import ConfigError, load
from edge_node.enrolment_file import FILE, Enrolled, read, write

KEY = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
OTHER = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
ENROLLED = Enrolled("tcp://c2:5571", KEY, next_server_key=OTHER)


def _config(folder: Path, text: str = "") -> Path:
    path = folder / "node.toml"
    path.write_text(f'node.state_dir = "."\n{text}')
    return path


def test_what_is_written_is_read_and_is_its_owners_alone(tmp_path: Path) -> None:
    assert read(tmp_path / "new") is None
    path = write(tmp_path / "new", ENROLLED)
    assert read(tmp_path / "new") == ENROLLED
    assert path.stat().st_mode & 0o777 == 0o600
    whole = Enrolled("tcp://[::1]:1", KEY, "ipc:///run/c2", OTHER)
    write(tmp_path / "new", whole)
    assert read(tmp_path / "new") == whole


def test_a_node_without_c2_in_its_configuration_goes_where_it_is_enrolled(tmp_path: Path) -> None:
    assert load(_config(tmp_path)).c2.live is None
    write(tmp_path, ENROLLED)
    config = load(_config(tmp_path, "[c2]\nrate_hz = 2"))
    assert (config.c2.live, config.c2.server_key, config.c2.next_server_key) == ("tcp://c2:5571", KEY, OTHER)
    assert config.c2.rate_hz == 2
    assert config.enrolled == ("live", "server_key", "next_server_key")


def test_node_toml_wins_key_by_key(tmp_path: Path) -> None:
    write(tmp_path, ENROLLED)
    config = load(_config(tmp_path, '[c2]\nlive = "tcp://other:1"'))
    assert (config.c2.live, config.c2.server_key) == ("tcp://other:1", KEY)
    assert config.enrolled == ("server_key", "next_server_key")


def test_a_configuration_that_names_its_c2_wholly_is_not_mixed_with_another(tmp_path: Path) -> None:
    write(tmp_path, ENROLLED)
    config = load(_config(tmp_path, f'[c2]\nlive = "tcp://other:1"\nserver_key = "{OTHER}"'))
    assert (config.c2.next_server_key, config.enrolled) == (None, ())


@pytest.mark.parametrize(
    "text",
    [
        "live = ",
        "live = 'tcp://c2:5571'",
        f"live = 'http://c2'\nserver_key = '{KEY}'",
        f"server_key = '{KEY}'",
        "\xe9",
        "live = 3\nmore = 4",
    ],
)
def test_a_broken_file_is_named_with_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="latin-1")
    with pytest.raises(ConfigError, match=r"enrolment\.toml is broken: .*; enrol again"):
        load(_config(tmp_path))
    assert load(_config(tmp_path), c2=False).c2.live is None
    assert load(_config(tmp_path, f'[c2]\nlive = "tcp://a:1"\nserver_key = "{KEY}"')).c2.live == "tcp://a:1"


def test_a_file_cut_at_any_length_is_whole_or_broken(tmp_path: Path) -> None:
    whole = write(tmp_path, Enrolled("tcp://c2:5571", KEY)).read_text()
    for length in range(len(whole) - 1):
        (tmp_path / FILE).write_text(whole[:length])
        with pytest.raises(ConfigError, match="enrol again"):
            load(_config(tmp_path))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(ConfigError, match=r"enrolment\.toml cannot be read: Is a directory"):
        load(_config(tmp_path))


def test_the_command_that_enrols_does_not_care_what_c2_is_configured(tmp_path: Path) -> None:
    path = _config(tmp_path, '[c2]\nlive = "tcp://c2:5571"')
    with pytest.raises(ConfigError, match="needs"):
        load(path)
    assert load(path, c2=False).node.state_dir == tmp_path
