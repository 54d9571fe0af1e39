from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest

from edge_node.page.login import WebError
from tests.tools.c2.web.helpers import Visitor, certificate, open_page
from tools.c2.web import server
from tools.c2.web.server import Page, Settings


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0", "192.0.2.1:8600", "c2.example.org:8600"])
def test_other_machines_are_not_served_without_tls(tmp_path: Path, address: str) -> None:
    with pytest.raises(WebError, match="not served there without TLS"):
        Page(Settings(address), tmp_path)


@pytest.mark.parametrize("address", ["127.0.0.1", ":8600", "127.0.0.1:http", "127.0.0.1:70000"])
def test_an_address_that_is_none_is_said(tmp_path: Path, address: str) -> None:
    with pytest.raises(WebError, match="HOST:PORT"):
        Page(Settings(address), tmp_path)


def test_an_address_in_use_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(WebError, match="in use"):
        Page(Settings(f"127.0.0.1:{taken.getsockname()[1]}"), tmp_path)


def test_a_package_that_was_not_fetched_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(server.PACKAGES, "leaflet.js", tmp_path / "leaflet.js")
    with pytest.raises(WebError, match=r"tools/setup\.sh brings"):
        Page(Settings("127.0.0.1:0"), tmp_path)


@pytest.mark.parametrize("given", [{"certificate": Path("c2.pem")}, {"key": Path("c2.key")}])
def test_tls_needs_both_files(tmp_path: Path, given: dict[str, Path]) -> None:
    with pytest.raises(WebError, match="both"):
        Page(Settings("0.0.0.0:0", **given), tmp_path)


def test_a_certificate_that_is_none_is_said(tmp_path: Path) -> None:
    pem, key = certificate(tmp_path)
    pem.write_text("no certificate")
    with pytest.raises(WebError, match="certificate or its key"):
        Page(Settings("127.0.0.1:0", pem, key), tmp_path)


def test_with_tls_the_cookie_never_goes_in_the_clear(tmp_path: Path) -> None:
    pem, key = certificate(tmp_path)
    with open_page(tmp_path, Settings("127.0.0.1:0", pem, key)) as page:
        assert page.url.startswith("https://")
        visitor = Visitor(page, ssl.create_default_context(cafile=str(pem)))
        assert "Secure" in visitor.log_in().headers["Set-Cookie"]
        assert visitor.ask("/settings")[0].status == 200
        assert Visitor(page, ssl.create_default_context(cafile=str(pem))).log_in(Origin=f"http://{page.address}").status == 403


def test_the_page_answers_to_its_own_name_alone(tmp_path: Path) -> None:
    with open_page(tmp_path) as page:
        visitor = Visitor(page)
        port = page.address.rpartition(":")[2]
        for host in ("evil.example.org", f"evil.example.org:{port}", "127.0.0.1", f"127.0.0.1.evil.example.org:{port}"):
            assert visitor.ask("/login", Host=host)[0].status == 421
        assert visitor.ask("/login", Host=f"localhost:{port}")[0].status == 200


@pytest.mark.parametrize("origin", ["http://evil.example.org", "null", "", "https://{address}"])
def test_a_form_of_another_page_is_refused(tmp_path: Path, origin: str) -> None:
    with open_page(tmp_path) as page:
        assert Visitor(page).log_in(Origin=origin.format(address=page.address)).status == 403


def test_every_answer_keeps_the_browser_strict(tmp_path: Path) -> None:
    with open_page(tmp_path) as page:
        visitor = Visitor(page)
        visitor.log_in()
        for path in ("/", "/login", "/settings", "/static/page.js", "/nowhere", "/static/../app.py"):
            headers = visitor.ask(path)[0].headers
            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/packages/..%2f..%2fapp.py", "/static/%2e%2e/%2e%2e/enrolment.py"]
)
def test_no_file_but_the_pages_own_is_served(tmp_path: Path, path: str) -> None:
    with open_page(tmp_path) as page:
        visitor = Visitor(page)
        visitor.log_in()
        answer, text = visitor.ask(path)
        assert answer.status == 404
        assert b"import" not in text


def test_the_map_is_served_by_ranges(tmp_path: Path) -> None:
    archive = tmp_path / "riga.pmtiles"
    archive.write_bytes(bytes(range(256)) * 100)
    with open_page(tmp_path, Settings("127.0.0.1:0", map_file=archive)) as page:
        visitor = Visitor(page)
        visitor.log_in()
        answer, part = visitor.ask("/map.pmtiles", Range="bytes=256-259")
        assert (answer.status, part) == (206, bytes(range(4)))
        assert answer.headers["Content-Range"] == "bytes 256-259/25600"
        assert visitor.ask("/settings")[1] == b'{"map":true}'


def test_a_map_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(WebError, match="PMTiles"):
        Page(Settings("127.0.0.1:0", map_file=tmp_path / "none.pmtiles"), tmp_path)


def test_what_is_no_http_harms_nobody(tmp_path: Path) -> None:
    with open_page(tmp_path) as page:
        host, _, port = page.address.rpartition(":")
        for noise in (
            b"\x16\x03\x01" + bytes(200),
            b"GET / HTTP/1.1\r\n" + b"x" * 100_000,
            b"\r\n\r\n",
            b"POST /login HTTP/1.1\r\nContent-Length: 9\r\n\r\n",
        ):
            with socket.create_connection((host, int(port)), timeout=10) as peer:
                peer.sendall(noise)
        assert Visitor(page).ask("/login")[0].status == 200
