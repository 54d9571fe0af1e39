"""A real TAK server, taky, between the gateway and a second client: plain, with certificates, and after its restart."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge_node.gateway.settings import SinkTable
from tests.edge_node.gateway.loops import in_a_loop
from tests.edge_node.gateway.stage import free_port, gateway_of
from tests.peers import needed

needed("taky")

BIN = Path(sys.executable).parent
WITHIN_S = 40.0
PLAIN = """
[taky]
hostname = localhost
bind_ip = 127.0.0.1
redis = false
root_dir = {folder}
[cot_server]
port = {port}
[ssl]
enabled = false
"""
TRACK, BEARING = b'type="a-u-A-M-H-Q"', b'type="u-rb-a"'


class Site:
    """A server's folder, its port, and certificates of two clients where it has any."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder / "site", free_port()
        self.config = self.folder / "taky.conf"

    def plain(self) -> Site:
        """Without certificates."""
        self.folder.mkdir()
        self.config.write_text(PLAIN.format(folder=self.folder, port=self.port), encoding="utf-8")
        return self

    def secured(self) -> Site:
        """With an authority, a server's certificate and two clients', as its own tool makes them."""
        self._control(
            self.folder.parent, "setup", "--public-ip", "127.0.0.1", "--bind-ip", "127.0.0.1", "--host", "localhost", str(self.folder)
        )
        said = self.config.read_text(encoding="utf-8").replace("port = 8089", f"port = {self.port}")
        self.config.write_text(said, encoding="utf-8")
        for name in ("GATEWAY", "VIEWER"):
            self._control(self.folder, "-c", str(self.config), "build_client", name, "--dump_pem")
        return self

    def _control(self, folder: Path, *arguments: str) -> None:
        subprocess.run([BIN / "takyctl", *arguments], cwd=folder, check=True, capture_output=True, timeout=60)

    def pem(self, name: str) -> tuple[Path, Path]:
        """A client's certificate and key."""
        (certificate,) = self.folder.glob(f"{name}-*.crt")
        return certificate, certificate.with_suffix(".key")

    def trust(self, name: str | None) -> ssl.SSLContext:
        """As a client of that name, or of none."""
        context = ssl.create_default_context(cafile=str(self.folder / "ssl" / "ca.crt"))
        if name:
            context.load_cert_chain(*self.pem(name))
        return context

    @asynccontextmanager
    async def up(self) -> AsyncIterator[None]:
        """The server runs and listens."""
        with (self.folder / "log").open("ab") as log:
            server = await asyncio.create_subprocess_exec(
                str(BIN / "taky"), "-c", str(self.config), cwd=self.folder, stdout=log, stderr=log, stdin=asyncio.subprocess.DEVNULL
            )
        try:
            await self._listens()
            yield
        finally:
            server.terminate()
            await server.wait()

    async def _listens(self) -> None:
        async with asyncio.timeout(WITHIN_S):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                except OSError:
                    await asyncio.sleep(0.05)
                else:
                    writer.close()
                    return


async def seen_by_another(site: Site, context: ssl.SSLContext | None = None, within_s: float = WITHIN_S) -> bytes:
    """What a second client hears until both a track and a bearing were there."""
    reader, writer = await asyncio.open_connection("localhost", site.port, ssl=context)
    heard = b""
    try:
        async with asyncio.timeout(within_s):
            while TRACK not in heard or BEARING not in heard:
                data = await reader.read(65536)
                assert data, "the server closed the connection"
                heard += data
    finally:
        writer.close()
    return heard


def test_tracks_appear_at_a_second_client_and_again_after_a_restart(tmp_path: Path) -> None:
    async def scene() -> None:
        site = Site(tmp_path).plain()
        async with gateway_of(tmp_path, SinkTable("cot", f"tcp://127.0.0.1:{site.port}", rate_hz=5.0)):
            async with site.up():
                assert b"edge-node." in await seen_by_another(site)
            async with site.up():
                assert b"edge-node." in await seen_by_another(site)

    in_a_loop(scene())


def secured_sink(site: Site, name: str | None) -> SinkTable:
    certificate, key = site.pem(name) if name else (None, None)
    return SinkTable(
        "cot", f"tls://localhost:{site.port}", rate_hz=5.0, ca=site.folder / "ssl" / "ca.crt", certificate=certificate, key=key
    )


def test_with_certificates_tracks_appear_and_without_one_nothing_does(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        site = Site(tmp_path).secured()
        async with site.up(), gateway_of(tmp_path / "let in", secured_sink(site, "GATEWAY")):
            assert b"edge-node." in await seen_by_another(site, site.trust("VIEWER"))
        async with site.up(), gateway_of(tmp_path / "refused", secured_sink(site, None)):
            with pytest.raises(TimeoutError):
                await seen_by_another(site, site.trust("VIEWER"), within_s=4)
        assert "certificate required" in caplog.text.lower()

    in_a_loop(scene())
