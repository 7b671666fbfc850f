"""The shapes of evidence."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from contratos import Salida
from contratos.types import Fecha
from http_rules import Paging


class ClavePublica(Salida):
    """A key that signs evidence; compare `huella` with the one that you wrote down."""

    kid: str
    clave: Annotated[str, Field(description="Ed25519, 32 bytes en base64.")]
    huella: Annotated[str, Field(description="SHA-256 de los 32 bytes, en hexadecimal.")]
    creada: datetime
    activa: bool


class ClaveDeEvidencia(ClavePublica):
    """`GET /api/verifactu/clave-evidencia`: the key that signs now, and those that signed before."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "kid": "evi_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "clave": "2FEkkHrNpQ1l7dPRMwKGv0fnl4zB0ZzvEKbHKGSpWSI=",
                "huella": "5d0ac4be1ed2f7c5d2dbd3eb1d2b7d8b0a4f1f4f0a8bdb7b1dd9a2a0c4a9a8e3",
                "creada": "2026-11-24T10:30:00+01:00",
                "activa": True,
                "anteriores": [],
            }
        }
    )

    anteriores: list[ClavePublica]


class PuntoPublico(Salida):
    """A checkpoint: what a chain was at an instant, signed then."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "instalacion": "ins_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "n": 12,
                "dia": "2026-11-24",
                "instante": "2026-11-24T10:30:00+00:00",
                "desde": 101,
                "secuencia": 128,
                "huella": "3C464DAF61ACB827C65FDA19F352A4E3BDC2C640E9E9FC4CC058073F38F12F60",
                "anterior": "9f2c4f0e0c7d",
                "kid": "evi_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "texto": '{"punto_de_control":1}',
                "firma": "bm8gZXMgdW5hIGZpcm1hIGRlIHZlcmRhZA==",
            }
        }
    )

    instalacion: str
    n: int
    dia: date
    instante: datetime
    desde: int
    secuencia: int
    huella: str
    anterior: str
    kid: str
    texto: Annotated[str, Field(description="Lo que se firmó, byte a byte.")]
    firma: Annotated[str, Field(description="Firma Ed25519 de `texto`, en base64.")]


class FiltroPuntos(Paging):
    """The query of the list of checkpoints."""

    instalacion: Annotated[str | None, Query(max_length=64)] = None
    desde: Annotated[Fecha | None, Query(description="Día del punto, inclusive.")] = None
    hasta: Annotated[Fecha | None, Query(description="Día del punto, inclusive.")] = None


class PeriodoExportado(BaseModel):
    """The days whose records are exported; without one, from the first record or to the last."""

    desde: Annotated[
        Fecha | None,
        Query(description="Día en que se hizo el primer registro, en la hora de la empresa."),
    ] = None
    hasta: Annotated[Fecha | None, Query(description="Último día, inclusive.")] = None
