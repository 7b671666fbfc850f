"""The package is installable by itself, says what it needs, and knows no service."""

import ast
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest

from contratos import CONTRATO

ROOT = Path(__file__).parents[1]
NOT_IMPORTED_BY_NAME = {
    "psycopg",
    "tzdata",
}  # a database's URL names the first, a company's time zone the second
PACKAGES = {"contratos", "http_rules", "storage"}
IMPORT_ALL = """
import importlib, importlib.util, pkgutil, sys
for name in ("contratos", "http_rules", "storage"):
    package = importlib.import_module(name)
    print(package.__file__)
    for module in pkgutil.walk_packages(package.__path__, f"{name}."):
        print(importlib.import_module(module.name).__file__)
assert not [m for m in sys.modules if m.partition(".")[0] in {"smartbilling", "crm"}]
assert importlib.util.find_spec("smartbilling") is importlib.util.find_spec("crm") is None
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy of the sources without asking any registry."""
    copy = tmp_path_factory.mktemp("fuente") / "shared-contracts"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns("__pycache__", "tests", "dist"))
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel"], cwd=copy, check=True, capture_output=True
    )
    (built,) = (copy / "dist").glob("*.whl")
    return built


def test_the_wheel_alone_gives_the_three_packages_and_no_service(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-S", "-c", IMPORT_ALL],  # -S: none of this repository's folders are on the path
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{tmp_path}{os.pathsep}{sysconfig.get_path('purelib')}",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert all(Path(file).is_relative_to(tmp_path) for file in done.stdout.split())
    assert len(done.stdout.split()) == len([*(ROOT / "src").rglob("*.py")])


def test_the_wheel_holds_types_and_nothing_else_of_the_repository(wheel):
    with zipfile.ZipFile(wheel) as archive:
        files = {Path(name) for name in archive.namelist()}
    assert {file.parts[0] for file in files if "dist-info" not in file.parts[0]} == PACKAGES
    assert all(Path(package, "py.typed") in files for package in PACKAGES)


def test_its_version_begins_with_the_contracts():
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"].startswith(
        f"{CONTRATO}."
    )


def test_its_dependencies_are_those_it_imports():
    declared = {
        re.split(r"[\[<>=! ]", line)[0].replace("_", "-").lower()
        for line in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    }
    owners = importlib.metadata.packages_distributions()
    imported = {
        owner.replace("_", "-").lower()
        for file in (ROOT / "src").rglob("*.py")
        for module in _imported(ast.parse(file.read_text()))
        for owner in owners.get(module, ())
        if module not in PACKAGES | sys.stdlib_module_names
    }
    assert imported == declared - NOT_IMPORTED_BY_NAME


def _imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]
