"""A server's port -> another port that passes everything on, and can hold streams back as some proxies do."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit


class HoldingProxy:
    """Passes bytes on between a browser and a server; while `holds`, pushed events stay here."""

    def __init__(self, url: str) -> None:
        place = urlsplit(url)
        self._upstream = (place.hostname or "", place.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = urlunsplit(place._replace(netloc=f"127.0.0.1:{self._listener.getsockname()[1]}"))
        self.holds = False
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._upstream)
                is_stream = threading.Event()
                for one, other in ((client, server), (server, client)):
                    job = (one, other, is_stream, one is server)
                    threading.Thread(target=self._pass_on, args=job, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, is_stream: threading.Event, down: bool) -> None:
        with suppress(OSError), source, target:
            while part := source.recv(65536):
                if not down:
                    (is_stream.set if b"/api/events" in part else is_stream.clear)()
                if not (down and self.holds and is_stream.is_set()):
                    target.sendall(part)

    def close(self) -> None:
        """Accept nobody any more."""
        self._listener.close()
