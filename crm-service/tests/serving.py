"""The service as a process, for the tests that kill it."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import httpx


@contextmanager
def servers(database_url, folder, **more):
    """Gives `start`: one more process on a database and a folder, and its address, once it is ready.

    `more`: further settings, by the names of their variables. All are killed in the end.
    """
    others = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")}
    mine = {"CRM_DATABASE_URL": database_url, "CRM_DATA_DIR": str(folder), **more}
    running = []

    def start():
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-m", "crm", "servir"],
            env=others | mine | {"CRM_PORT": str(port)},
            stderr=subprocess.DEVNULL,
        )
        running.append(process)
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(process, url)
        return process, url

    try:
        yield start
    finally:
        for process in running:
            if process.poll() is None:
                process.kill()
            process.wait()


def _wait_until_ready(process, url, seconds=60):
    end = time.monotonic() + seconds
    with httpx.Client(trust_env=False) as client:
        while True:
            assert process.poll() is None, "it ended"
            assert time.monotonic() < end, "it is not ready"
            with suppress(httpx.TransportError):
                if client.get(f"{url}/health/ready").status_code == 200:
                    return
            time.sleep(0.05)
