"""The feed's shapes on the wire."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import ConfigDict, Field

from contratos import Salida
from contratos.types import Instante
from http_rules import Page, Paging

_EXAMPLE: dict[str, Any] = {
    "numero": 4127,
    "id": "evt_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "tipo": "motivo.modificado",
    "recurso": {"tipo": "motivo", "id": "mot_0193e2b0c1d27f3a8b4c5d6e7f809102"},
    "fecha": "2026-11-24T08:30:00+00:00",
    "actor": "usr_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "campos": ["nombre"],
    "version": 3,
    "datos": {
        "id": "mot_0193e2b0c1d27f3a8b4c5d6e7f809102",
        "nombre": "Precio alto",
        "estado": "perdida",
        "archivado": False,
        "creado": "2026-11-23T08:30:00+00:00",
        "actualizado": "2026-11-24T08:30:00+00:00",
    },
}


class FiltrosCambios(Paging):
    """The query of the feed."""

    desde: Annotated[
        str | None,
        Query(max_length=40, description="`cursor` de la última lectura; sin él, desde el principio."),
    ] = None
    tipo: Annotated[
        str | None,
        Query(max_length=60, description="Solo estos: `cliente`, `cliente.*` o `cliente.creado`."),
    ] = None
    orden: Annotated[Literal["numero"], Query(description="Siempre del más antiguo al último.")] = "numero"


class Recurso(Salida):
    """What changed."""

    tipo: str
    id: str


class CambioVisto(Salida):
    """A change, and what it happened to as it stands now."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    numero: int = Field(description="1, 2, 3… en cada empresa, sin huecos.")
    id: str
    tipo: str
    recurso: Recurso
    fecha: Instante
    actor: str
    campos: list[str] = Field(description="Los que cambiaron; ninguno si es nuevo.")
    version: int | None = Field(description="La de `datos`, como en su `ETag`; null si ya no está.")
    datos: dict[str, Any] | None = Field(description="Como lo muestra ahora su GET; null si ya no está.")


class PaginaDeCambios(Page[CambioVisto]):
    """A stretch of the feed; with a filter it may be short, or empty, before the end."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "datos": [_EXAMPLE],
                "siguiente": None,
                "total": 1,
                "total_exacto": True,
                "cursor": "4127",
            }
        }
    )

    siguiente: str | None = Field(description="Cursor para seguir leyendo; null si de momento no hay más.")
    total: int = Field(description="Cambios que quedaban por leer en `desde`.")
    cursor: str = Field(description="Por dónde seguir la próxima vez, en `desde`; lo hay siempre.")
