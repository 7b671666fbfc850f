"""The attachments room's shapes on the wire."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import ConfigDict, Field, Strict

from contratos import Parche, Salida
from contratos.types import Instante, Texto
from crm.parche import NOT_GIVEN
from http_rules import Paging


class FiltrosAdjuntos(Paging):
    """The query of a client's attachments."""

    orden: Annotated[Literal["-creado", "creado"], Query(description="Los últimos primero.")] = "-creado"
    actividad_id: Annotated[str | None, Query(max_length=64, description="Solo los de esta actividad.")] = (
        None
    )
    archivados: Annotated[bool, Query(description="Con los archivados.")] = False


class AdjuntoParche(Parche):
    """What a caller sends to change an attachment: the fields given. Its content is never changed."""

    model_config = ConfigDict(json_schema_extra={"example": {"nombre": "Contrato firmado.pdf"}})

    nombre: Texto = Field(default=NOT_GIVEN)
    archivado: Annotated[bool, Strict()] = Field(default=NOT_GIVEN, description="`false` lo recupera.")


class AdjuntoVisto(Salida):
    """What the API shows of an attachment."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "adj_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "cliente_id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "actividad_id": None,
                "nombre": "Contrato.pdf",
                "tipo": "application/pdf",
                "tamano": 48213,
                "sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
                "archivado": False,
                "creado": "2026-11-24T08:30:00+00:00",
                "actualizado": "2026-11-24T08:30:00+00:00",
            }
        }
    )

    id: str
    cliente_id: str
    actividad_id: str | None
    nombre: str
    tipo: Annotated[str, Field(description="Lo que parece su contenido, diga lo que diga quien lo envía.")]
    tamano: Annotated[int, Field(description="Bytes.")]
    sha256: str
    archivado: bool
    creado: Instante
    actualizado: Instante
