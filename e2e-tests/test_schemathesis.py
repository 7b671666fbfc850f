"""Both OpenAPI documents held to what they say, by every check of schemathesis, with credentials and without.

`HOSTIL_EJEMPLOS`: how many requests are made up for each operation, beyond those at the boundaries of every
field (3); given, PostgreSQL, every operation and the boundaries of the CRM's fields are tried too.
`HOSTIL_SEED`: another chance.
"""

import os
import re
import sys
from pathlib import Path

import pytest
from accesos import OPEN, TABLE
from deployment import running, said
from machine import environment, run

PATIENCE = 3600
"""Seconds that schemathesis may take on a busy machine."""

EXAMPLES, SEED = os.environ.get("HOSTIL_EJEMPLOS", "3"), os.environ.get("HOSTIL_SEED", "1")
LONG = "HOSTIL_EJEMPLOS" in os.environ
KINDS = ["sqlite", "postgresql"] if LONG else ["sqlite"]
CONFIG = Path(__file__).with_name("schemathesis.toml").read_text(encoding="utf-8")
SUCCEEDED = re.compile(
    r'^http_request_duration_seconds_count\{method="(\w+)",route="([^"]+)",status="2xx"\} [1-9]', re.MULTILINE
)


FEWER = () if LONG else ("--phases", "examples,fuzzing,stateful")
"""Without the boundaries of every field, which are most requests."""

by_service = pytest.mark.parametrize("name", list(TABLE))


@pytest.fixture(params=KINDS)
def own(made_once, request, tmp_path):
    """A deployment of this test's own: what schemathesis makes up is thrown away with it."""
    with running(made_once(request.param), tmp_path) as made:
        yield made


def tried(service, folder, credentials, *more):
    """What schemathesis says of a service, given the lines of its settings that tell who asks."""
    settings = folder / "schemathesis.toml"
    settings.write_text(f"{CONFIG}\n{'' if LONG else TRIED_ALREADY}\n{credentials}", encoding="utf-8")
    program = Path(sys.executable).with_name("schemathesis")
    options = ["--seed", SEED, "--max-examples", EXAMPLES, "--generation-database", "none", "--no-color"]
    command = [program, "--config-file", settings, "run", f"{service.url}/openapi.json", *options, *more]
    return run(command, cwd=folder, env=environment(), timeout=PATIENCE)


def succeeded(service):
    """The operations that, by the service's own figures, did at least once what they were asked."""
    return {f"{method} {route}" for method, route in SUCCEEDED.findall(service.metrics())}


TRIED_ALREADY = """
# Exports take the filters of lists, and many at once what one is taken as, by the same functions.
[[operations]]
include-path-regex = "^/api/crm/exportaciones/(?!historial$|estadisticas-etapas$)"
enabled = false

[[operations]]
include-path-regex = "^/api/(facturas|crm/(clientes|actividades|oportunidades))/lote$"
enabled = false
"""

ALL_MAY = """
[auth.openapi.HTTPBearer]
bearer = "{token}"

# Whoever asks would soon take their own access away: they may, once they have made another administrator.
[[operations]]
include-name = ["PATCH /api/usuarios/{{usuario_id}}", "DELETE /api/usuarios/{{usuario_id}}"]
parameters = {{ usuario_id = "{other}" }}
"""


def platform_s_token(deployment):
    """What opens every route of both services."""
    user = {name: deployment.databases.first[name] for name in ("usuario", "clave")}
    with deployment.client(deployment.billing, {}) as anybody:
        return said(200, anybody.post("/api/auth/login", json=user))["access_token"]


@by_service
def test_what_is_documented_is_what_is_answered_to_who_may_everything(own, name, tmp_path):
    service, token = getattr(own, name), platform_s_token(own)
    with own.client(own.billing, {"Authorization": f"Bearer {token}"}) as client:
        other = said(
            201, client.post("/api/usuarios", json={"usuario": "otra@e2e.example", "rol": "lectura"})
        )
        # the CRM has more fields than a run of everything has time for; its own tests try each with nonsense
        fewer = FEWER if name == "crm" else ()
        result = tried(service, tmp_path, ALL_MAY.format(token=token, other=other["id"]), *fewer)
        assert result.returncode == 0, result.stdout
        assert len(succeeded(service) & set(TABLE[name])) > 30
        assert said(200, client.get("/api/verifactu/verificacion"))["correcta"] is True


@by_service
def test_what_is_documented_is_what_is_answered_to_nobody_and_nothing_opens(own, name, tmp_path):
    service = getattr(own, name)
    result = tried(service, tmp_path, "", *FEWER)  # a request is refused before it is read
    assert result.returncode == 0, result.stdout
    done = succeeded(service) & set(TABLE[name])
    assert done
    assert {TABLE[name][route] for route in done} == {OPEN}
