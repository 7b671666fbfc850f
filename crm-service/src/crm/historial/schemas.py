"""The timeline room's shapes on the wire."""

import re
from typing import Annotated, Literal

from fastapi import Query
from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from contratos import Salida
from contratos.crm import TipoActividad
from contratos.types import Fecha, Instante
from http_rules import Paging

from .models import Suceso

FAMILIAS = frozenset({"adjunto", "cliente", "consentimiento", "contacto", "estado", "oportunidad"})
"""Kinds of entry that are several: `oportunidad` is `oportunidad_creada`, `oportunidad_ganada`…"""

_KINDS = [*TipoActividad, *sorted(FAMILIAS)]
_ONE = f"({'|'.join(TipoActividad)}|({'|'.join(sorted(FAMILIAS))})(_[a-z]+)*)"
_LIST = re.compile(f"{_ONE}(,{_ONE})*")


def _kinds(value: str) -> str:
    if not _LIST.fullmatch(value):
        raise PydanticCustomError(
            "formato_incorrecto", f"Escribe una o varias clases separadas por comas: {', '.join(_KINDS)}."
        )
    return value


class FiltrosHistorial(Paging):
    """The query of a client's timeline."""

    orden: Annotated[Literal["-fecha", "fecha"], Query(description="Por fecha, lo último primero.")] = (
        "-fecha"
    )
    tipo: Annotated[
        Annotated[str, AfterValidator(_kinds)] | None,
        Query(
            max_length=200,
            json_schema_extra={"pattern": f"^{_LIST.pattern}$"},
            description=f"Solo estas clases, separadas por comas: {', '.join(_KINDS)}; o una de dentro, como "
            "`oportunidad_ganada`.",
            examples=["venta,pago"],
        ),
    ] = None
    desde: Annotated[Fecha | None, Query(description="Desde este día, incluido.")] = None
    hasta: Annotated[Fecha | None, Query(description="Hasta este día, incluido.")] = None

    def tipos(self) -> frozenset[str]:
        """The kinds that are asked for; none is all."""
        return frozenset(self.tipo.split(",")) if self.tipo else frozenset()


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
