"""`make` where something is missing: one sentence that says what to do, and never half an environment."""

import hashlib
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from machine import (
    REQUIREMENTS,
    ROOT,
    copy_of_the_project,
    environment,
    in_own_mounts,
    path_with,
    read_only,
    real_python,
    run,
)

WHEEL = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
NO_CONFIGURATION = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1", "PIP_RETRIES": "0"}


@pytest.fixture
def project(tmp_path):
    """A copy whose requirements are one small wheel of our own, so that one is made in a moment."""
    folder = copy_of_the_project(tmp_path / "proyecto")
    for service in ("shared-contracts", "billing-service", "crm-service"):
        (folder / service / "src").mkdir(parents=True)
    (folder / "shared-contracts" / "src" / "nuestro.py").touch()
    wheel = tmp_path / "ruedas" / "pieza-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    about = "Metadata-Version: 2.1\nName: pieza\nVersion: 1.0\n"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("pieza.py", "")
        archive.writestr("pieza-1.0.dist-info/METADATA", about)
        archive.writestr("pieza-1.0.dist-info/WHEEL", WHEEL)
        archive.writestr("pieza-1.0.dist-info/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    for name in ("requirements.txt", "requirements-build.txt", "requirements-test.txt"):
        (folder / name).write_text(f"pieza==1.0 --hash=sha256:{digest}\n")
    return folder


@pytest.fixture
def with_pip(tmp_path):
    """The variables of a machine with Python and nothing else, whose index is the folder of that wheel."""
    only = path_with(tmp_path / "bin", python3=real_python())
    return NO_CONFIGURATION | {"PATH": only, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path / "ruedas")}


@pytest.fixture
def with_uv(tmp_path):
    """The same with uv, which is faster."""
    uv = Path(sys.executable).with_name("uv")
    both = path_with(tmp_path / "bin-uv", python3=real_python(), uv=f'exec {uv} "$@"')
    return {"PATH": both, "UV_NO_INDEX": "1", "UV_FIND_LINKS": str(tmp_path / "ruedas"), "UV_NO_CACHE": "1"}


def refused(result):
    """The one sentence of a make that went wrong."""
    assert result.returncode != 0
    assert "Traceback" not in result.stdout + result.stderr
    said = [
        line
        for line in (result.stdout + result.stderr).splitlines()
        if not line.startswith(("make", "Preparando el entorno"))
    ]
    assert len(said) == 1, said
    return said[0]


def test_without_any_python_it_says_which_to_install(project, tmp_path):
    nothing = path_with(tmp_path / "bin")
    sentence = refused(run(["make", "run"], cwd=project, env=environment(PATH=nothing)))
    assert "No hay ningún Python" in sentence
    assert "instala Python 3.11 o posterior" in sentence


def test_with_an_old_python_alone_it_says_which_is_needed(project, tmp_path):
    old = tmp_path / "viejo"
    old.mkdir()
    (old / "sitecustomize.py").write_text("import sys\nsys.version_info = (3, 9, 2, 'final', 0)\n")
    only = path_with(tmp_path / "bin", python3=real_python(old))
    sentence = refused(run(["make", "run"], cwd=project, env=environment(PATH=only)))
    assert "Hace falta Python 3.11 o posterior y aquí solo está Python 3.9" in sentence


def test_a_name_that_leads_to_no_python_is_passed_over(project, tmp_path, with_uv):
    uv = Path(with_uv["PATH"], "uv").read_text()
    other = path_with(tmp_path / "bin", **{"python3": "exit 127", "python3.12": real_python(), "uv": uv})
    result = run(["make", "env"], cwd=project, env=environment(**with_uv | {"PATH": other}))
    assert result.returncode == 0, result.stderr


def test_without_ensurepip_it_names_the_package_to_install(project, tmp_path):
    bare = tmp_path / "sin"
    bare.mkdir()
    (bare / "sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n")
    only = path_with(tmp_path / "bin", python3=real_python(bare))
    sentence = refused(run(["make", "run"], cwd=project, env=environment(PATH=only)))
    assert "le falta «ensurepip»" in sentence
    assert "-venv) y repite" in sentence


def test_in_a_read_only_folder_it_says_to_copy_the_project(project, with_pip):
    command = read_only(project, ["env", f"PATH={with_pip['PATH']}", "make", "-C", str(project), "run"])
    sentence = refused(run(command, env=environment()))
    assert f"No se puede escribir en {project / '.venv'}: copia el proyecto" in sentence


def test_on_a_full_disk_it_says_to_free_some(project, tmp_path, with_pip):
    small = tmp_path / "lleno"
    small.mkdir()
    mount = f"mount -t tmpfs -o size=2m tmpfs {small}; cp -r {shlex.quote(str(project))}/. {small}"
    command = in_own_mounts(mount, ["env", f"PATH={with_pip['PATH']}", "make", "-C", str(small), "run"])
    sentence = refused(run(command, env=environment()))
    assert f"No queda espacio en el disco para crear {small / '.venv'}: libera" in sentence


def test_without_an_index_it_says_to_look_at_the_connection(project, with_pip):
    del with_pip["PIP_NO_INDEX"]
    nowhere = with_pip | {"PIP_INDEX_URL": "http://127.0.0.1:9/simple/", "PIP_FIND_LINKS": ""}
    sentence = refused(run(["make", "run"], cwd=project, env=environment(**nowhere)))
    assert "No se han podido descargar los paquetes de Python: comprueba la conexión" in sentence
    assert "127.0.0.1" not in sentence


def test_a_package_with_another_hash_is_refused(project, with_pip):
    (project / "requirements.txt").write_text(f"pieza==1.0 --hash=sha256:{'0' * 64}\n")
    sentence = refused(run(["make", "env"], cwd=project, env=environment(**with_pip)))
    assert "su huella no coincide" in sentence


def test_an_empty_home_and_pip_alone_are_enough(project, with_pip):
    del with_pip["PIP_NO_CACHE_DIR"]
    result = run(["make", "env-test"], cwd=project, env=environment(**with_pip, HOME=""))
    assert result.returncode == 0, result.stderr
    assert run([project / ".venv/bin/python", "-c", "import pieza, nuestro"]).returncode == 0
    assert not (project / ".cache").exists()


def test_with_uv_on_the_path_it_uses_uv(project, with_uv):
    result = run(["make", "env-test"], cwd=project, env=environment(**with_uv))
    assert result.returncode == 0, result.stderr
    assert "uv = " in (project / ".venv/pyvenv.cfg").read_text()
    assert run([project / ".venv/bin/python", "-c", "import pieza, nuestro"]).returncode == 0


def made(project):
    return (project / ".venv/sello.json").stat().st_mtime_ns


def test_a_second_start_makes_nothing_until_the_requirements_change(project, with_uv):
    variables = environment(**with_uv)
    assert run(["make", "env-test"], cwd=project, env=variables).returncode == 0
    before = made(project)
    for target in ("env", "env-test"):
        assert run(["make", target], cwd=project, env=variables).stderr == ""
    assert made(project) == before
    with (project / "requirements.txt").open("a") as pins:
        pins.write("# otra\n")
    assert run(["make", "env"], cwd=project, env=variables).returncode == 0
    assert made(project) != before


def test_in_another_folder_it_is_made_again(project, with_uv):
    variables = environment(**with_uv)
    assert run(["make", "env"], cwd=project, env=variables).returncode == 0
    moved = project.rename(project.with_name("mudado"))
    before = made(moved)
    assert run(["make", "env"], cwd=moved, env=variables).returncode == 0
    assert made(moved) != before
    paths = run([moved / ".venv/bin/python", "-c", "import nuestro; print(nuestro.__file__)"]).stdout
    assert paths.startswith(str(moved))


def test_two_makes_at_once_make_it_once(project, with_uv):
    def make(_):
        return run(["make", "env"], cwd=project, env=environment(**with_uv))

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(make, range(2)))
    assert [result.returncode for result in both] == [0, 0]
    assert sum("Preparando el entorno" in result.stderr for result in both) == 1


@contextmanager
def waiting_for_its_index(project, with_uv):
    """A make whose installer has reached an index that takes the connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as index:
        del with_uv["UV_NO_INDEX"], with_uv["UV_FIND_LINKS"]
        hanging = with_uv | {"UV_DEFAULT_INDEX": f"http://127.0.0.1:{index.getsockname()[1]}/"}
        with subprocess.Popen(
            ["make", "env"],
            cwd=project,
            env=environment(**hanging),
            start_new_session=True,
            stderr=subprocess.PIPE,
            text=True,
        ) as make:
            index.settimeout(60)
            with index.accept()[0]:
                yield make


def test_one_killed_half_way_is_not_believed_by_the_next(project, with_uv):
    with waiting_for_its_index(project, dict(with_uv)) as make:
        os.killpg(make.pid, signal.SIGKILL)
    assert (project / ".venv").exists()
    assert not (project / ".venv/sello.json").exists()
    result = run(["make", "env"], cwd=project, env=environment(**with_uv))
    assert (result.returncode, result.stderr.count("Preparando")) == (0, 1)
    assert run([project / ".venv/bin/python", "-c", "import pieza"]).returncode == 0


def test_one_interrupted_from_the_keyboard_says_so_without_a_trace(project, with_uv):
    with waiting_for_its_index(project, with_uv) as make:
        os.killpg(make.pid, signal.SIGINT)
        said = make.communicate(timeout=60)[1]
    assert "Instalación interrumpida" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_requirements_pin_every_package_by_hash_and_name_no_address(name):
    text = (ROOT / name).read_text()
    assert "://" not in text
    packages = re.findall(r"^[a-z0-9][^ ]*==[^ ]+(?: ;[^\\]*)? \\\n    --hash=sha256:", text, re.MULTILINE)
    assert len(packages) == len(re.findall(r"^[A-Za-z0-9]", text, re.MULTILINE)) > 0
