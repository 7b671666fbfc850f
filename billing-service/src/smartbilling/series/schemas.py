"""The series room's shapes on the wire."""

from typing import Annotated

from fastapi import Path
from pydantic import ConfigDict, Field, JsonValue

from contratos import Entrada, Salida
from contratos.types import Instante
from smartbilling.fiscal import FORMATO, Reinicio

CODIGO = r"^[A-Z0-9][A-Z0-9_-]{0,19}$"

Codigo = Annotated[str, Field(pattern=CODIGO, examples=["F"])]
CodigoEnRuta = Annotated[str, Path(pattern=CODIGO, examples=["F"])]
PrimerNumero = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=999_999_999,
        description="Con el que empieza, si antes se facturaba fuera; cada año nuevo, desde 1.",
    ),
]

_EJEMPLO: dict[str, JsonValue] = {
    "codigo": "R",
    "formato": FORMATO,
    "rectificativas": True,
    "reinicio": "anual",
    "primer_numero": 1,
}


class SerieNueva(Entrada):
    """What is sent to make a series."""

    model_config = ConfigDict(json_schema_extra={"example": _EJEMPLO})

    codigo: Codigo
    formato: Annotated[str, Field(min_length=1, max_length=100)] = FORMATO
    instalacion: Annotated[str | None, Field(max_length=40, description="La primera de la empresa.")] = None
    rectificativas: Annotated[bool, Field(strict=True)] = False
    reinicio: Reinicio = "anual"
    primer_numero: PrimerNumero = 1


class FueraDeCadena(Salida):
    """The numbers of a series that were issued before it came here: they have no record in the chain."""

    desde: int
    hasta: int
    aviso: str


class SeriePublica(Salida):
    """What the API shows of a series."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": _EJEMPLO
            | {
                "instalacion": "ins_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "fuera_de_cadena": None,
                "creada": "2026-11-24T09:30:00+00:00",
            }
        }
    )

    codigo: str
    formato: str
    instalacion: str
    rectificativas: bool
    reinicio: str
    primer_numero: int
    fuera_de_cadena: FueraDeCadena | None
    creada: Instante
