"""A receiver of webhooks that behaves as it is told: a real server on this machine."""

import json
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ports import HOST, Port


@dataclass(frozen=True)
class Message:
    """What came: headers and bytes, and whether the sender was told that it did."""

    headers: dict[str, str]
    body: bytes
    answered: bool

    @property
    def said(self):
        """What it says."""
        return json.loads(self.body)


class Receiver:
    """What came, in order. `plan` has what becomes of each request to come; after it, all is well.

    Of a request becomes a status, or `CUT`: the connection closes without an answer; `HANG`: nothing, until
    `let_go`; `SLOW`: all is well, late.
    """

    CUT, HANG, SLOW = "cut", "hang", "slow"

    def __init__(self):
        self.came, self.plan, self.hanging = [], [], threading.Event()
        self._free = threading.Event()
        self._port = Port()
        self._server = None
        self.open()

    @property
    def url(self):
        return f"{self._port.url}/avisos"

    def open(self):
        """Listen."""
        self._server = _Server((HOST, self._port.number), _Handler)
        self._server.receiver = self
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def shut(self):
        """Whoever comes is refused, and connections that are open are cut."""
        self._server.shutdown()
        self._server.server_close()
        self._server.cut_all()

    def let_go(self):
        """Whatever hangs is dropped."""
        self._free.set()

    def close(self):
        """End it."""
        self.let_go()
        self.shut()
        self._port.release()

    def hear(self, handler, body):
        """What becomes of a request: its status, or None for no answer."""
        how = self.plan.pop(0) if self.plan else 204
        if how is self.HANG:
            self.hanging.set()
            self._free.wait(60)
        if how is self.SLOW:
            self._free.wait(0.4)  # is itself what the test asked for
        status = {self.CUT: None, self.HANG: None, self.SLOW: 204}.get(how, how)
        answered = status is not None and 200 <= status < 300
        self.came.append(Message(dict(handler.headers.items()), body, answered))
        return status


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        status = self.server.receiver.hear(self, body)
        if status is None:
            self.close_connection = True
            return
        with suppress(OSError):  # whoever asked may be gone
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

    def log_message(self, *_):
        """Nothing is written."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._open = set()

    def process_request(self, request, client_address):
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        self._open.discard(request)
        super().shutdown_request(request)

    def cut_all(self):
        """Close every connection."""
        for request in list(self._open):
            with suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, *_):
        """A caller that is gone is none."""
