"""The machine as a start finds it: a PATH with what the test puts there, a read-only folder, a full disk."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ["Makefile", "bootstrap.py", "launcher.py", "first_data.py", "processes.py"]
REQUIREMENTS = ["requirements.txt", "requirements-build.txt", "requirements-test.txt"]
WHAT_MAKE_NEEDS = ["make", "sh", "sed", "od", "tr", "mv", "chmod", "getconf", "rm", "find"]


def copy_of_the_project(folder, *more):
    """A folder with what `make env` reads, and `more`."""
    folder.mkdir()
    for name in (*PROGRAMS, *REQUIREMENTS, *more):
        shutil.copy(ROOT / name, folder / name)
    return folder


def path_with(folder, **programs):
    """A PATH that has what a Makefile needs and these programs, each the text of a shell script."""
    folder.mkdir()
    for name in WHAT_MAKE_NEEDS:
        (folder / name).symlink_to(shutil.which(name))
    for name, script in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return str(folder)


def real_python(python_path=None):
    """A script that is the interpreter below ours, with modules of the test's own before its own."""
    found = f"PYTHONPATH={shlex.quote(str(python_path))} " if python_path else ""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return f'{found}exec {shlex.quote(str(Path(sys.base_prefix, "bin", version)))} "$@"'


def environment(**changes):
    """Ours less the variables that steer what is tested, with these changes; None removes one."""
    steering = ("PIP_", "UV_", "BILLING_", "CRM_", "EMPRESA_", "SMARTBILLING_", "DEMO", "MAKE", "MFLAGS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(steering)}
    return {name: value for name, value in (kept | changes).items() if value is not None}


def in_own_mounts(mount, command):
    """`command` after the shell commands of `mount`, which only it sees and which end with it."""
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", "--mount", *as_root, "sh", "-ec", f"{mount}\nexec {shlex.join(command)}"]


def read_only(folder, command):
    """`command` where nobody, root included, can write to `folder`."""
    where = shlex.quote(str(folder))
    return in_own_mounts(f"mount --bind {where} {where}; mount -o remount,bind,ro {where}", command)


def run(command, timeout=300, **options):
    """Its result, with what it printed as text."""
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False, **options)
