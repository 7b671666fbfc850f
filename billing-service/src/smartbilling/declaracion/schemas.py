"""The declaration room's shapes on the wire."""

from typing import Annotated

from fastapi import Query
from pydantic import ConfigDict, Field, JsonValue

from contratos import Salida
from contratos.types import Instante

_EJEMPLO: dict[str, JsonValue] = {
    "version": "1.0.0",
    "edicion": 1,
    "sellada": "2026-11-24T09:30:00+00:00",
    "por_completar": [],
}

Version = Annotated[
    str | None,
    Query(max_length=50, description="De qué versión; sin ella, la que está en marcha."),
]


class ParteDeDeclaracion(Salida):
    """One letter: the text that introduces it, and what is declared."""

    letra: str
    enunciado: str
    texto: str


class DeclaracionEnLista(Salida):
    """Which declaration, and since when it is kept."""

    model_config = ConfigDict(json_schema_extra={"example": _EJEMPLO})

    version: str
    edicion: int
    sellada: Instante
    por_completar: list[str] = Field(
        description="Lo que le falta: datos del productor que nadie ha puesto, y lo que la ley pide y esta "
        "versión no hace. Mientras falte algo, nadie debe suscribirla."
    )


class DeclaracionPublica(DeclaracionEnLista):
    """The declaration of one version: whole, and letter by letter."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": _EJEMPLO
            | {
                "titulo": "DECLARACIÓN RESPONSABLE DEL SISTEMA INFORMÁTICO DE FACTURACIÓN",
                "partes": [
                    {
                        "letra": "a",
                        "enunciado": "Nombre del sistema informático",
                        "texto": "SmartBilling",
                    }
                ],
                "texto": "DECLARACIÓN RESPONSABLE DEL SISTEMA INFORMÁTICO DE FACTURACIÓN\n\na) Nombre del…",
            }
        }
    )

    titulo: str
    partes: list[ParteDeDeclaracion]
    texto: str
