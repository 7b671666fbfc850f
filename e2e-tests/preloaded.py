"""A service's program in a process of its own, forked from one that has read its modules already.

Most of what a start costs is reading modules, a second or two of a processor, and the tests start hundreds.
What is read is the same, and so is all that follows; what should read other modules needs a new interpreter.
"""

import ctypes
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from functools import cache

_HEAVY = ("http_rules.serving", "{}.app", "{}.cli")
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class Preloaded:
    """The process of a program, spoken to as a `subprocess.Popen`; what it writes is appended to files."""

    def __init__(self, program, arguments, *, env, cwd, stdout, stderr):
        self._parent = _parent(program)
        files = {"cwd": str(cwd), "stdout": str(stdout), "stderr": str(stderr)}
        self.pid = self._parent.ask(arguments=list(arguments), env=env, **files)
        self._status = None

    def poll(self):
        """Its exit status; None while it runs."""
        if self._status is None:
            self._status = self._parent.ask(pid=self.pid)
        return self._status

    def wait(self, timeout=None):
        """Its exit status, once it has ended."""
        end = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(0.01)
        return self._status

    def send_signal(self, number):
        """Send it a signal, if it runs: until it is asked how it ended, nobody else has its number."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        """`kill -9`."""
        self.send_signal(signal.SIGKILL)


class _Parent:
    """The process that has read a program's modules; it ends when nobody can ask it for anything."""

    def __init__(self, program):
        self._turn = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, __file__, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, **what):
        with self._turn:
            self._process.stdin.write(json.dumps(what) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())


_parent = cache(_Parent)


def end_with(parent):
    """Have the kernel kill this process when its parent is gone, so that no test run leaves any behind."""
    if hasattr(_libc, "prctl"):
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)


def _serve(program):
    for name in _HEAVY:
        importlib.import_module(name.format(program))
    gc.freeze()  # else each that is forked goes through all of it, and has it copied, when it ends
    me = os.getpid()
    for line in sys.stdin:
        asked = json.loads(line)
        answer = _ended(asked["pid"]) if "pid" in asked else os.fork()
        if answer == 0 and "pid" not in asked:
            end_with(me)
            _become(program, **asked)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _ended(pid):
    """The exit status of a child; None while it runs."""
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _become(program, arguments, env, cwd, stdout, stderr):
    """Run the program, which ends the process."""
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    for number, path in enumerate((os.devnull, stdout, stderr)):
        opened = os.open(path, os.O_APPEND | os.O_CREAT | (os.O_WRONLY if number else os.O_RDONLY), 0o644)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv = [program, *arguments]
    importlib.import_module(f"{program}.cli").app()


if __name__ == "__main__":
    sys.path.pop(0)  # what lies beside this file is no program's
    _serve(sys.argv[1])
