from __future__ import annotations

import ssl
import stat
from pathlib import Path

import pytest

from edge_node.page import login
from edge_node.page.login import MOST_ADDRESSES, MOST_WRONG, Login, WebError, load_or_make_token
from tests.tools.c2.web.helpers import Visitor, certificate, open_page
from tools.c2.web import app
from tools.c2.web.server import Settings

TOKEN = "a-token-of-24-characters"  # noqa: S105
CLOSED = [
    "/events",
    "/settings",
    "/map.pmtiles",
    "/packages/leaflet.js",
    "/static/page.js",
    "/static/page.css",
    "/static/index.html",
    "/nowhere",
]


def test_the_token_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    token = load_or_make_token(tmp_path)
    assert len(token) >= 24
    assert load_or_make_token(tmp_path) == token
    assert stat.S_IMODE((tmp_path / "web-token").stat().st_mode) == 0o600
    assert load_or_make_token(tmp_path / "other") != token


def test_a_token_that_others_can_read_is_refused(tmp_path: Path) -> None:
    load_or_make_token(tmp_path)
    (tmp_path / "web-token").chmod(0o644)
    with pytest.raises(WebError, match="others than its owner"):
        load_or_make_token(tmp_path)


def test_a_token_file_that_was_cut_is_refused(tmp_path: Path) -> None:
    load_or_make_token(tmp_path)
    (tmp_path / "web-token").write_text("abc\n")
    with pytest.raises(WebError, match="delete it"):
        load_or_make_token(tmp_path)


def test_a_session_proves_itself_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Login(TOKEN).session(TOKEN, "")
    assert session is not None
    assert Login(TOKEN).expiry_s(session) > 0
    assert Login("another-token-of-24-characters").expiry_s(session) == 0
    expiry, _, signature = session.partition(".")
    later = f"{int(expiry) + 60}.{signature}"
    for forged in (
        "",
        ".",
        "0.",
        later,
        f"{expiry}.",
        f"{expiry}.{'0' * 64}",
        f"-1.{signature}",
        f"²{expiry}.{signature}",
        "9" * 400,
        "\udcff",
    ):
        assert Login(TOKEN).expiry_s(forged) == 0, forged
    monkeypatch.setattr(login.time, "time", lambda: int(expiry) + 1)
    assert Login(TOKEN).expiry_s(session) == 0


def test_after_a_few_wrong_tokens_an_address_must_wait_and_others_need_not(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Login(TOKEN)
    for _ in range(MOST_WRONG):
        assert not asked.must_wait("10.0.0.1")
        assert asked.session("wrong", "10.0.0.1") is None
    assert asked.must_wait("10.0.0.1")
    assert not asked.must_wait("10.0.0.2")
    assert asked.session(TOKEN, "10.0.0.2")
    now_s = login.time.monotonic()
    monkeypatch.setattr(login.time, "monotonic", lambda: now_s + 61)
    assert not asked.must_wait("10.0.0.1")


def test_addresses_that_guess_cannot_fill_the_memory() -> None:
    asked = Login(TOKEN)
    for number in range(2 * MOST_ADDRESSES):
        asked.session("wrong", str(number))
    assert len(asked._wrong) == MOST_ADDRESSES


def test_nothing_is_shown_without_a_session(tmp_path: Path) -> None:
    with open_page(tmp_path) as page:
        stranger = Visitor(page)
        for path in CLOSED:
            assert stranger.ask(path)[0].status == 401, path
        answer, _ = stranger.ask("/")
        assert (answer.status, answer.headers["Location"]) == (303, "/login")
        stranger.cookie = f"edge_node_session=99999999999.{'0' * 64}"
        assert stranger.ask("/settings")[0].status == 401


def test_no_other_spelling_of_an_open_address_opens_a_closed_one(tmp_path: Path) -> None:
    with open_page(tmp_path) as page:
        stranger = Visitor(page)
        for path in (
            "/static/login.js%3F/../page.js",
            "/static/login.js%23/../page.js",
            "//login/../events",
            "/login%2F..%2Fevents",
            "/login/../settings",
        ):
            assert stranger.ask(path)[0].status in (401, 404), path
        assert stranger.ask("/login?/../events")[1].startswith(b"<!doctype html>")


def test_a_host_that_holds_a_path_opens_nothing(tmp_path: Path) -> None:
    pem, key = certificate(tmp_path)
    with open_page(tmp_path, Settings("127.0.0.1:0", pem, key)) as page:
        stranger = Visitor(page, ssl.create_default_context(cafile=str(pem)))
        for host in (f"{page.address}/login?", f"{page.address}/login#", "/login?"):
            assert stranger.ask("/settings", Host=host)[0].status in (400, 401), host


def test_the_token_opens_the_page_and_logging_out_closes_it(tmp_path: Path) -> None:
    with open_page(tmp_path) as page:
        visitor = Visitor(page)
        answer = visitor.log_in()
        assert (answer.status, answer.headers["Location"]) == (303, "/")
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "Secure" not in cookie
        assert visitor.ask("/")[0].status == 200
        assert visitor.ask("/settings")[1] == b'{"map":false}'
        assert visitor.ask("/packages/leaflet.js")[0].status == 200
        answer, _ = visitor.ask("/logout", "POST", Origin=f"http://{page.address}")
        assert 'edge_node_session=""' in answer.headers["Set-Cookie"]


def test_wrong_tokens_are_refused_slowly_and_then_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "WRONG_TAKES_S", 0.01)
    with open_page(tmp_path) as page:
        visitor = Visitor(page)
        for _ in range(MOST_WRONG):
            answer = visitor.log_in("wrong")
            assert answer.headers["Location"] == "/login?wrong"
            assert not visitor.cookie
        assert visitor.log_in().status == 429
        assert not visitor.cookie


def test_a_form_that_is_too_long_or_no_form_is_a_wrong_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "WRONG_TAKES_S", 0.01)
    with open_page(tmp_path) as page:
        for body in ("token=" + "x" * 100_000, "", "\x00\xff=", "token"):
            answer, _ = Visitor(page).ask("/login", "POST", body, Origin=f"http://{page.address}")
            assert answer.headers["Location"] == "/login?wrong"
