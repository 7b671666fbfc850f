"""Ports that no other test of this machine uses, whichever worker or run it belongs to."""

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path

HOST = "127.0.0.1"
_RANGE = range(20_000, 22_000)  # below the ports that the kernel gives to outgoing connections
_LOCKS = Path(tempfile.gettempdir()) / f"smartbilling-e2e-ports-{os.getuid()}"


class Port:
    """A port, ours until `release`, in use or not: a service that is stopped finds it free again."""

    def __init__(self):
        _LOCKS.mkdir(exist_ok=True)
        for number in random.sample(_RANGE, len(_RANGE)):
            self._lock = (_LOCKS / str(number)).open("w")
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._lock.close()
                continue
            if _is_free(number):
                self.number = number
                return
            self._lock.close()
        raise RuntimeError("no free port")

    @property
    def url(self):
        return f"http://{HOST}:{self.number}"

    def release(self):
        self._lock.close()


def _is_free(number):
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((HOST, number))
        except OSError:
            return False
    return True
