"""The companies room's shapes on the wire."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, JsonValue
from pydantic_core import PydanticCustomError

from contratos import Entrada, Parche, Salida
from contratos.types import Email, Euros, Importe, Instante, Nif, Nombre, Opcional, Telefono, Texto
from http_rules import shown_once

ZonaHoraria = Literal["Europe/Madrid", "Atlantic/Canary"]
"""Where a company's day begins."""

_LIMITES = (Decimal(400), Decimal(3000))


def _limite_legal(value: Decimal) -> Decimal:
    if value not in _LIMITES:
        raise PydanticCustomError("limite_no_admitido", "El límite de una simplificada es 400.00 o 3000.00.")
    return value


LimiteSimplificada = Annotated[Importe, AfterValidator(_limite_legal)]
"""The highest total of a simplified invoice: 400 €, or 3,000 € in the trades of RD 1619/2012 art. 4.2."""

DiasDePago = Annotated[int, Field(strict=True, ge=0, le=365)]
"""Days from issue to due date when an invoice names none."""

Correo = Annotated[Email | None, Opcional]
TelefonoDado = Annotated[Telefono | None, Opcional]

_EJEMPLO: dict[str, JsonValue] = {
    "nombre": "Talleres Ruiz, S.L.",
    "nif": "B12345674",
    "direccion": "Calle Mayor 1, 28013 Madrid",
    "zona_horaria": "Europe/Madrid",
    "dias_pago": 30,
    "limite_simplificada": "400.00",
    "email": "facturas@talleres-ruiz.example",
    "telefono": "+34 910 000 000",
}
_EJEMPLO_PUBLICO: dict[str, JsonValue] = {
    "id": "emp_0193e2b0c1d27f3a8b4c5d6e7f809102",
    **_EJEMPLO,
    "creada": "2026-11-24T09:30:00+00:00",
    "instalaciones": [
        {
            "id": "ins_0193e2b0c1d27f3a8b4c5d6e7f809102",
            "numero": "0193E2B0C1D27F3A8B4C5D6E7F809102",
            "modo": "verifactu",
            "entorno": "pruebas",
        }
    ],
}


def _without_default(schema: dict[str, JsonValue]) -> None:
    schema.pop("default", None)


def _sin_dar() -> Any:
    """The default of a field that may be left out of a change, but not cleared: `null` is refused."""
    return Field(default=None, json_schema_extra=_without_default)


class EmpresaNueva(Entrada):
    """What is sent to make a company."""

    model_config = ConfigDict(json_schema_extra={"example": _EJEMPLO})

    nombre: Nombre
    nif: Nif
    direccion: Texto
    zona_horaria: ZonaHoraria = "Europe/Madrid"
    dias_pago: DiasDePago = 30
    limite_simplificada: LimiteSimplificada = Decimal("400.00")
    email: Correo = None
    telefono: TelefonoDado = None


class EmpresaCambios(Parche):
    """What is sent to change a company: only the fields given; `null` clears e-mail and phone alone."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"direccion": "Calle Nueva 2, 28014 Madrid", "dias_pago": 60}}
    )

    nombre: Nombre = _sin_dar()
    nif: Nif = _sin_dar()
    direccion: Texto = _sin_dar()
    zona_horaria: ZonaHoraria = _sin_dar()
    dias_pago: DiasDePago = _sin_dar()
    limite_simplificada: LimiteSimplificada = _sin_dar()
    email: Correo = None
    telefono: TelefonoDado = None


class InstalacionPublica(Salida):
    """An installation of this software for a company: one chain of records."""

    id: str
    numero: str
    modo: str
    entorno: str


class EmpresaPublica(Salida):
    """What the API shows of a company."""

    model_config = ConfigDict(json_schema_extra={"example": _EJEMPLO_PUBLICO})

    id: str
    nombre: str
    nif: str
    direccion: str
    zona_horaria: str
    dias_pago: int
    limite_simplificada: Euros
    email: str | None
    telefono: str | None
    creada: Instante
    instalaciones: list[InstalacionPublica]


class EmpresaCreada(EmpresaPublica):
    """A company just made. `clave_api`, its first key, is shown this once."""

    model_config = ConfigDict(
        json_schema_extra=shown_once("clave_api", _EJEMPLO_PUBLICO | {"clave_api": "sbk_3l5kq…"})
    )

    clave_api: str
