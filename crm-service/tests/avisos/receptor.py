"""Receivers of webhooks: real servers on this machine, that behave as they are told."""

import json
import socket
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FEW = 40
"""How many changes wait as rows for a webhook of these tests."""


class Receptor:
    """What came, in order, and how it is answered: `answers` has a status, or what to do, for each request.

    Once they are used up, 204. `headers` go with every answer.
    """

    def __init__(self, server):
        self.server, self.seen, self.answers, self.headers = server, [], [], {}
        self.free = threading.Event()
        self.free.set()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}/avisos"

    @property
    def messages(self):
        return [json.loads(body) for _, body in self.seen]

    @property
    def numbers(self):
        return [message["numero"] for message in self.messages]

    def wait(self, many, seconds=30):
        wait_for(lambda: len(self.seen) >= many, seconds)
        return self.messages


@contextmanager
def receptor(port=0):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            here.seen.append((dict(self.headers.items()), body))
            here.free.wait(60)
            answer = here.answers.pop(0) if here.answers else 204
            if callable(answer):
                answer(self)
                return
            self.send_response(answer)
            for name, value in here.headers.items():
                self.send_header(name, value)
            if answer != 204:
                self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, *_):
            pass

    server = Server(("127.0.0.1", port), Handler)
    here = Receptor(server)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    serving.start()
    try:
        yield here
    finally:
        here.free.set()
        server.shutdown()
        server.server_close()


def cut(handler):
    """Close without an answer."""
    with suppress(OSError):
        handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def wait_for(fact, seconds=30):
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
