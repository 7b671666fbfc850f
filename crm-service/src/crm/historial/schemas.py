"""The timeline room's shapes on the wire."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict

from contratos import Salida
from contratos.types import Instante
from http_rules import Paging

from .models import Suceso


class FiltrosHistorial(Paging):
    """The query of a client's timeline."""

    orden: Annotated[Literal["-fecha", "fecha"], Query(description="Por fecha, lo último primero.")] = (
        "-fecha"
    )


class Recurso(BaseModel):
    """What an entry tells of."""

    tipo: str
    id: str


class SucesoPublico(Salida):
    """One entry of a client's timeline."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "his_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "tipo": "venta",
                "fecha": "2026-11-24T08:30:00+00:00",
                "titulo": "Factura #F-2026-000001",
                "descripcion": "Factura por €121.00",
                "recurso": {"tipo": "actividad", "id": "act_0193e2b0c1d27f3a8b4c5d6e7f809102"},
            }
        }
    )

    id: str
    tipo: str
    fecha: Instante
    titulo: str
    descripcion: str | None
    recurso: Recurso


def publico(suceso: Suceso) -> SucesoPublico:
    """An entry as the API shows it."""
    recurso = Recurso(tipo=suceso.recurso_tipo, id=suceso.recurso_id)
    return SucesoPublico.model_validate(suceso.model_dump() | {"recurso": recurso})
