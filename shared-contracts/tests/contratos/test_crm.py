"""What billing says to the CRM and what it hears back."""

import re
import subprocess
import sys

import pytest
from pydantic import ValidationError

from contratos import CONTRATO, SCOPES_DE_ROL, Rol, Scope
from contratos.crm import ActividadNueva, ClienteNuevo, ClientePublico, Listo

CLIENTE = {
    "id": "cli_1",
    "nombre_completo": "Ruiz",
    "email": None,
    "cif_nif": None,
    "tipo_cliente": "empresa",
    "estado": "activo",
    "telefono": None,
    "direccion": None,
    "etiquetas": [],
    "limite_credito": "0.00",
    "archivado": False,
    "creado": "2026-11-24T09:30:00+00:00",
    "actualizado": "2026-11-24T09:30:00+00:00",
}


def test_a_client_needs_no_more_than_a_name():
    assert ClienteNuevo(nombre_completo="  Talleres Ruiz ").nombre_completo == "Talleres Ruiz"
    for blank in ("", "   ", "a" * 201):
        with pytest.raises(ValidationError):
            ClienteNuevo(nombre_completo=blank)


def test_a_clients_blanks_are_no_values():
    cliente = ClienteNuevo(
        nombre_completo="Ruiz", email=" ", cif_nif="", telefono="", direccion="\t", etiquetas=None
    )
    assert cliente.model_dump(exclude_none=True) == {"nombre_completo": "Ruiz"}


@pytest.mark.parametrize(
    "change",
    [{"email": "x"}, {"cif_nif": "B12345678"}, {"tipo_cliente": "otro"}, {"estado": "x"},
     {"etiquetas": ["", "a"]},
     {"etiquetas": ["a"] * 51}, {"limite_credito": "-1"}, {"limite_credito": "1.001"}, {"id": "cli_1"}],
)  # fmt: skip
def test_a_client_that_is_none_is_refused(change):
    with pytest.raises(ValidationError):
        ClienteNuevo.model_validate({"nombre_completo": "Ruiz"} | change)


def test_done_is_true_or_false_and_nothing_that_resembles_it():
    activity = {"tipo": "tarea", "titulo": "a", "fecha": "2026-11-24T09:30:00Z"}
    assert ActividadNueva.model_validate(activity | {"completada": None}).completada is False
    for resembling in ("true", 1, "on", "yes"):
        with pytest.raises(ValidationError):
            ActividadNueva.model_validate(activity | {"completada": resembling})


def test_a_newer_crms_answer_is_read_leniently():
    assert ClientePublico.model_validate(CLIENTE | {"novedad": 1}).id == "cli_1"


def test_the_contract_has_a_version_and_readiness_tells_it():
    assert re.fullmatch(r"\d+\.\d+", CONTRATO)
    assert Listo(listo=True, version="1", contrato=CONTRATO).contrato == CONTRATO


def test_roles_may_what_the_contract_says():
    crm = {Scope.CRM_LEER, Scope.CRM_ESCRIBIR}
    facturas = {Scope.FACTURAS_LEER, Scope.FACTURAS_ESCRIBIR}
    assert {
        Rol.ADMIN: set(Scope) - {Scope.PLATAFORMA},
        Rol.FACTURACION: facturas | crm,
        Rol.COMERCIAL: crm | {Scope.FACTURAS_LEER},
        Rol.LECTURA: {Scope.FACTURAS_LEER, Scope.CRM_LEER},
    } == SCOPES_DE_ROL


def test_what_crosses_the_wire_needs_pydantic_and_no_framework():
    program = (
        "import sys, contratos, contratos.crm, contratos.textos;"
        "heavy = {'fastapi', 'starlette', 'sqlalchemy', 'httpx', 'http_rules', 'storage'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == "[]"
