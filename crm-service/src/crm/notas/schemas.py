"""The notes room's shapes on the wire."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import ConfigDict, Field, StringConstraints

from contratos import Entrada, Salida
from contratos.types import Instante, Texto
from http_rules import Paging

_EXAMPLE: dict[str, Any] = {"texto": "Cierra en agosto.\nNo programar entregas entre el 1 y el 25."}

TextoDeNota = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]


class FiltrosNotas(Paging):
    """The query of a client's notes."""

    orden: Annotated[Literal["-fecha", "fecha"], Query(description="Las últimas primero.")] = "-fecha"
    archivados: Annotated[bool, Query(description="Con las archivadas.")] = False


class NotaNueva(Entrada):
    """What a caller sends to leave a note."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    texto: TextoDeNota
    titulo: Annotated[Texto | None, Field(description="Si falta, la primera línea del texto.")] = None


class NotaVista(Salida):
    """What the API shows of a note; its `id` is that of the activity that it is."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "act_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "cliente_id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "titulo": "Cierra en agosto.",
            }
            | _EXAMPLE
            | {
                "fecha": "2026-11-24T08:30:00+00:00",
                "responsable": None,
                "archivado": False,
                "creado": "2026-11-24T08:30:00+00:00",
                "actualizado": "2026-11-24T08:30:00+00:00",
            }
        }
    )

    id: str
    cliente_id: str
    titulo: str
    texto: str
    fecha: Instante
    responsable: str | None
    archivado: bool
    creado: Instante
    actualizado: Instante
