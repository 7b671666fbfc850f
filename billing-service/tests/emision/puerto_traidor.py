"""A wire to PostgreSQL that is cut at the very COMMIT of a record."""

import socket
import threading
import time
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

_COMMIT = b"COMMIT\x00"
_RECORD = b"INSERT INTO registros "

LATE = 0.7
"""Seconds after which a commit that was cut "tarde" arrives."""


class PuertoTraidor:
    """Forwards to PostgreSQL. Once armed, cuts the next connection that commits a record.

    `armado` is "antes": the server never hears of the commit; "después": it is kept, and nobody told; or
    "tarde": it is kept long after the wire was cut.
    """

    def __init__(self, url) -> None:
        self._server = _address(url)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._base = urlsplit(url)
        self.armado = None
        self.cortes = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        port = self._listener.getsockname()[1]
        database = self._base.path.lstrip("/")
        return f"postgresql://postgres@127.0.0.1:{port}/{database}?sslmode=disable&gssencmode=disable"

    def close(self):
        self._listener.close()

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX if isinstance(self._server, str) else socket.AF_INET)
                server.connect(self._server)
                wire = _Wire(self, client, server)
                threading.Thread(target=wire.from_client, daemon=True).start()
                threading.Thread(target=wire.from_server, daemon=True).start()


class _Wire:
    """One connection, both ways."""

    def __init__(self, port, client, server) -> None:
        self._port, self._client, self._server = port, client, server
        self._record = self._deaf = False

    def from_client(self):
        with suppress(OSError):
            while data := self._client.recv(1 << 16):
                self._record |= _RECORD in data
                if self._record and _COMMIT in data and self._port.armado:
                    when, self._port.armado = self._port.armado, None
                    self._port.cortes += 1
                    if when == "antes":
                        break
                    self._deaf = True
                    if when == "tarde":
                        self._client.shutdown(socket.SHUT_RDWR)
                        time.sleep(LATE)
                elif _COMMIT in data:
                    self._record = False
                self._server.sendall(data)
        self._close()

    def from_server(self):
        with suppress(OSError):
            while data := self._server.recv(1 << 16):
                if self._deaf:
                    break
                self._client.sendall(data)
        self._close()

    def _close(self):
        for end in (self._client, self._server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def _address(url):
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    if "host" in query:
        port = query.get("port", ["5432"])[0]
        return f"{query['host'][0]}/.s.PGSQL.{port}"
    return parts.hostname, parts.port or 5432
