"""The first company of an empty deployment, and what the CRM is told of it."""

import random
from datetime import datetime
from typing import Any

from sqlmodel import Session, select
from stdnum.es import cif

from contratos import DomainError
from smartbilling import empresas
from smartbilling.empresas import Empresa, EmpresaNueva, Entorno

from .service import AltaConUsuario, crear_empresa_con_usuario

NOMBRE = "Mi Empresa"
USUARIO = "admin"
_DIRECCION = "Dirección por completar"


class YaHayEmpresas(DomainError):
    """The deployment is no longer empty."""

    code = "ya_hay_empresas"
    status = 409


def crear_inicial(
    session: Session, nombre: str, nif: str | None, clave_hash: str, entorno: Entorno, ahora: datetime
) -> AltaConUsuario:
    """The first company, its NIF made up if not given, and its first administrator. Raises YaHayEmpresas."""
    if session.exec(select(Empresa.id).limit(1)).first() is not None:
        raise YaHayEmpresas("Ya hay una empresa en esta base de datos: usa «smartbilling empresa crear».")
    nueva = EmpresaNueva(nombre=nombre, nif=nif or nif_inventado(), direccion=_DIRECCION)
    return crear_empresa_con_usuario(session, nueva, USUARIO, clave_hash, entorno, ahora)


def nif_inventado() -> str:
    """A valid NIF of a company that nobody is said to be."""
    number = f"B{random.SystemRandom().randrange(10**7):07}"
    return number + cif.calc_check_digits(number)[0]


def semilla_de(empresa: Empresa, ahora: datetime) -> dict[str, Any]:
    """What the CRM needs to make the same company: no clients yet, and a history of one day."""
    hoy = empresas.hoy(empresa, ahora).isoformat()
    return {
        "empresa": empresa.model_dump(include={"id", "nombre", "nif", "zona_horaria"}),
        "clientes": [],
        "desde": hoy,
        "hasta": hoy,
    }
