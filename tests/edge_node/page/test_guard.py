"""Who is answered at all: by which name, from where, with which token."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from edge_node.page import login, routes
from edge_node.page.login import MOST_WRONG
from tests.edge_node.page.served import TOKEN, fill, served

CLOSED = ["/events", "/settings", "/status.json", "/tracks.json", "/metrics", "/static/page.js", "/nowhere"]


@pytest.mark.parametrize(
    "host", ["evil.example.org", "evil.example.org:8088", "127.0.0.1.evil.example.org", "localhost.", "[::1", "", "a:b:c"]
)
def test_a_page_of_another_name_is_not_answered(tmp_path: Path, host: str) -> None:
    with served(tmp_path) as visitor:
        assert visitor.ask("/status.json", Host=host)[0].status == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8088", "localhost:9000", "192.0.2.7", "[2001:db8::1]:80", "NODE.example.org"])
def test_addresses_and_its_own_names_are_answered_at_any_port_that_ssh_forwards(tmp_path: Path, host: str) -> None:
    with served(tmp_path, names=("node.example.org",)) as visitor:
        assert visitor.ask("/settings", Host=host)[0].status == 200


@pytest.mark.parametrize("origin", ["http://evil.example.org", "null", "https://{address}", ""])
def test_a_form_of_another_page_is_refused(tmp_path: Path, origin: str) -> None:
    with served(tmp_path, TOKEN) as visitor:
        assert visitor.log_in(Origin=origin.format(address=visitor.address)).status == 403


def test_another_site_can_neither_read_nor_open_streams_here(tmp_path: Path) -> None:
    with served(tmp_path) as visitor:
        assert visitor.ask("/events", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="cors")[0].status == 403
        assert visitor.ask("/metrics", Sec_Fetch_Site="same-site", Sec_Fetch_Mode="no-cors")[0].status == 403
        assert visitor.ask("/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate")[0].status == 200


def test_nothing_is_shown_without_the_token(tmp_path: Path) -> None:
    with served(tmp_path, TOKEN) as stranger:
        assert [stranger.ask(path)[0].status for path in CLOSED] == [401] * len(CLOSED)
        answer, _ = stranger.ask("/")
        assert (answer.status, answer.headers["Location"]) == (303, "/login")
        stranger.cookie = f"edge_node_page=99999999999.{'0' * 64}"
        assert stranger.ask("/settings")[0].status == 401
        for path in ("//login/../events", "/login/../settings", "/static/login.js/../page.js", "/static/look.css%2f..%2fpage.js"):
            assert stranger.ask(path)[0].status in (401, 404)


def test_the_token_opens_the_page_and_logging_out_closes_it(tmp_path: Path) -> None:
    with served(tmp_path, TOKEN) as visitor:
        answer = visitor.log_in()
        assert (answer.status, answer.headers["Location"]) == (303, "/")
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(answer.headers["Set-Cookie"].split("; "))
        assert visitor.ask("/settings")[0].status == 200
        answer, _ = visitor.ask("/logout", "POST", Origin=f"http://{visitor.address}")
        assert "edge_node_page=; " in answer.headers["Set-Cookie"]
        assert "Max-Age=0" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("others", ['prefs={"a":1}', "=", "a b=c", 'x="unended'])
def test_cookies_of_other_programs_by_the_same_name_do_not_hide_its_own(tmp_path: Path, others: str) -> None:
    with served(tmp_path, TOKEN) as visitor:
        visitor.log_in()
        visitor.cookie = f"{others}; {visitor.cookie}; {others}"
        assert visitor.ask("/settings")[0].status == 200


@pytest.mark.parametrize("path", ["/status.json", "/tracks.json", "/metrics"])
def test_what_the_node_says_stays_on_nobodys_disk(tmp_path: Path, path: str) -> None:
    fill(tmp_path)
    with served(tmp_path) as visitor:
        answer, _ = visitor.ask(path)
        assert (answer.status, answer.headers.get_all("Cache-Control")) == (200, ["no-store"])


def test_programs_come_with_the_token_in_a_header(tmp_path: Path) -> None:
    fill(tmp_path)
    with served(tmp_path, TOKEN) as visitor:
        assert visitor.ask("/metrics", Authorization=f"Bearer {TOKEN}")[0].status == 200
        assert visitor.ask("/metrics", Authorization=f"Basic {TOKEN}")[0].status == 401
        for _ in range(MOST_WRONG):
            assert visitor.ask("/metrics", Authorization="Bearer wrong")[0].status == 401
        assert visitor.ask("/metrics", Authorization=f"Bearer {TOKEN}")[0].status == 429


def test_wrong_tokens_take_their_time_and_then_nobody_looks_for_a_minute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "WRONG_TAKES_S", 0.01)
    with served(tmp_path, TOKEN) as visitor:
        for body in ("wrong", "", "x" * 2_000, "ü", "a" * 5)[:MOST_WRONG]:
            answer = visitor.log_in(body)
            assert answer.headers["Location"] == "/login?wrong"
            assert not visitor.cookie
        assert visitor.log_in().status == 429
        later_s = time.monotonic() + 61
        monkeypatch.setattr(login.time, "monotonic", lambda: later_s)
        assert visitor.log_in().status == 303


def test_without_a_token_there_is_nothing_to_log_in_to(tmp_path: Path) -> None:
    with served(tmp_path) as visitor:
        assert visitor.ask("/login")[0].headers["Location"] == "/"
        assert visitor.ask("/settings")[1] == b'{"token":false,"camera":false}'


def test_every_answer_keeps_the_browser_strict(tmp_path: Path) -> None:
    with served(tmp_path) as visitor:
        for path in ("/", "/settings", "/static/page.js", "/nowhere", "/static/../page.py"):
            headers = visitor.ask(path)[0].headers
            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("path", ["/static/../routes.py", "/static/%2e%2e/routes.py", "/static//etc/passwd", "/static/", "/static/.."])
def test_no_file_but_the_pages_own_is_served(tmp_path: Path, path: str) -> None:
    with served(tmp_path) as visitor:
        assert visitor.ask(path)[0].status == 404


def test_a_head_is_an_answer_without_its_body(tmp_path: Path) -> None:
    with served(tmp_path) as visitor:
        answer, body = visitor.ask("/", "HEAD")
        assert (answer.status, body) == (200, b"")
