"""The opportunities room's shapes on the wire."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import AfterValidator, ConfigDict, Field, Strict, StringConstraints
from pydantic_core import PydanticCustomError

from contratos import Entrada, Parche, Salida
from contratos.types import (
    Cantidad,
    Euros,
    Fecha,
    Importe,
    Instante,
    Numero,
    Opcional,
    Porcentaje,
    Precio,
    Texto,
    TextoLargo,
    Unitario,
)
from crm.busqueda import Buscar
from crm.parche import NOT_GIVEN
from http_rules import Paging

from .figures import DAY, seconds
from .lines import amount
from .models import Oportunidad, Paso
from .states import EstadoOportunidad

Booleano = Annotated[bool, Strict()]
EtapaId = Annotated[str, Field(max_length=64, examples=["eta_0193e2b0c1d27f3a8b4c5d6e7f809102"])]
EmbudoId = Annotated[str, Field(max_length=64, examples=["emb_0193e2b0c1d27f3a8b4c5d6e7f809102"])]
Orden = Literal["-creado", "creado", "-valor", "valor"]
Responsable = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=64),
    Field(description="Quién la lleva; si no se dice, el usuario que la crea."),
]
Origen = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=64),
    Field(description="De dónde viene: la web, una feria, una recomendación."),
]

Referencia = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    Field(description="Cómo la llama el programa que dice `origen`: con él, única en la empresa."),
]

_EXAMPLE: dict[str, Any] = {
    "titulo": "Renovación del mantenimiento",
    "valor": "4800.00",
    "cierre_previsto": "2026-12-18",
    "descripcion": "Dos años, con revisión trimestral.",
    "responsable": "usr_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "origen": "Feria de muestras",
}
_LINEA: dict[str, Any] = {"descripcion": "Revisión", "cantidad": "8", "precio_unitario": "600.00"}
_ETAPA: dict[str, Any] = {
    "id": "eta_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "nombre": "Propuesta",
    "probabilidad": 50,
}
_SHOWN: dict[str, Any] = _EXAMPLE | {
    "id": "opo_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "cliente_id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "etapa": _ETAPA,
    "estado": "abierta",
    "motivo": None,
    "embudo_id": "emb_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "etapa_desde": "2026-11-24T08:30:00+00:00",
    "cerrada": None,
    "lineas": [_LINEA | {"descuento": None, "importe": "4800.00"}],
    "factura_id": None,
    "referencia_externa": None,
    "archivado": False,
    "creado": "2026-11-24T08:30:00+00:00",
    "actualizado": "2026-11-24T08:30:00+00:00",
}


class FiltrosDelCliente(Paging):
    """The query of a client's opportunities."""

    orden: Annotated[Orden, Query(description="Las últimas creadas primero, o por valor.")] = "-creado"
    estado: Annotated[EstadoOportunidad | None, Query(description="Las que están así.")] = None
    etapa_id: Annotated[str | None, Query(max_length=64, description="Las de esta etapa.")] = None
    embudo_id: Annotated[str | None, Query(max_length=64, description="Las de este embudo.")] = None
    responsable: Annotated[str | None, Query(max_length=64, description="Quién la lleva.")] = None
    origen: Annotated[str | None, Query(max_length=64, description="De dónde viene.")] = None
    referencia_externa: Annotated[str | None, Query(max_length=200, description="Con `origen`.")] = None
    buscar: Buscar = None
    cierre_desde: Annotated[Fecha | None, Query(description="Cierre previsto ese día o después.")] = None
    cierre_hasta: Annotated[Fecha | None, Query(description="Cierre previsto ese día o antes.")] = None
    archivados: Annotated[bool, Query(description="Con las archivadas.")] = False


class FiltrosOportunidades(FiltrosDelCliente):
    """The query of the opportunities of all clients."""

    cliente_id: Annotated[str | None, Query(max_length=64, description="Las de este cliente.")] = None


def _not_zero(value: Decimal) -> Decimal:
    if not value:
        raise PydanticCustomError("cantidad_cero", "La cantidad no puede ser cero.")
    return value


class LineaNueva(Entrada):
    """Something that an opportunity would sell, before taxes."""

    model_config = ConfigDict(json_schema_extra={"example": _LINEA})

    descripcion: Texto
    cantidad: Annotated[Cantidad, AfterValidator(_not_zero)]
    precio_unitario: Precio
    descuento: Porcentaje | None = None

    def kept(self) -> dict[str, Any]:
        """As it stands in the row: numbers as text, exact, with what the line comes to."""
        importe = amount(self.cantidad, self.precio_unitario, self.descuento)
        return self.model_dump(mode="json") | {"importe": f"{importe:.2f}"}


Lineas = Annotated[
    list[LineaNueva], Field(max_length=200, description="Con líneas, el valor es su suma, sin impuestos.")
]


class OportunidadNueva(Entrada):
    """What a caller sends to add an opportunity; without `etapa_id` it begins in the first stage.

    `valor` is needed unless there are `lineas`, whose sum it is.
    """

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    titulo: Texto
    valor: Importe | None = None
    etapa_id: EtapaId | None = None
    embudo_id: EmbudoId | None = Field(default=None, description="Para empezar en la primera etapa de otro.")
    cierre_previsto: Fecha | None = None
    descripcion: TextoLargo | None = None
    lineas: Lineas | None = None
    responsable: Annotated[Responsable | None, Opcional] = None
    origen: Annotated[Origen | None, Opcional] = None
    referencia_externa: Annotated[Referencia | None, Opcional] = None

    def values(self) -> dict[str, Any]:
        """What was given of the row itself."""
        placed = {"etapa_id", "embudo_id"}
        return _given(self, {n for n in self.model_fields_set - placed if getattr(self, n) is not None})


class OportunidadParche(Parche):
    """What a caller sends to change an opportunity: the fields given. `null` empties one."""

    model_config = ConfigDict(json_schema_extra={"example": {"valor": "5200.00", "cierre_previsto": None}})

    titulo: Texto = Field(default=NOT_GIVEN)
    valor: Importe = Field(default=NOT_GIVEN)
    etapa_id: EtapaId = Field(default=NOT_GIVEN)
    cierre_previsto: Fecha | None = None
    descripcion: TextoLargo | None = None
    lineas: Lineas | None = None
    responsable: Annotated[Responsable | None, Opcional] = None
    origen: Annotated[Origen | None, Opcional] = None
    referencia_externa: Annotated[Referencia | None, Opcional] = None
    motivo: Texto = Field(default=NOT_GIVEN, description="Corrige por qué se ganó o se perdió.")
    archivado: Booleano = Field(default=NOT_GIVEN, description="`false` la recupera.")

    def values(self) -> dict[str, Any]:
        """What was given."""
        return _given(self, self.model_fields_set)


class CambioEtapa(Entrada):
    """What a caller sends to move an opportunity on the board."""

    model_config = ConfigDict(json_schema_extra={"example": {"etapa_id": _ETAPA["id"]}})

    etapa_id: EtapaId


class CambioEstado(Entrada):
    """What a caller sends to win, lose or reopen an opportunity; `motivo` is needed for the first two."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"estado": "ganada", "motivo": "Mejor plazo que la competencia"}}
    )

    estado: EstadoOportunidad
    motivo: Annotated[Texto | None, Opcional] = None


class EtapaBreve(Salida):
    """The stage in which an opportunity stands."""

    id: str
    nombre: str
    probabilidad: int


class Linea(Salida):
    """A line of an opportunity, and what it comes to."""

    descripcion: str
    cantidad: Numero
    precio_unitario: Unitario
    descuento: Numero | None
    importe: Euros


class OportunidadPublica(Salida):
    """What the API shows of an opportunity."""

    model_config = ConfigDict(json_schema_extra={"example": _SHOWN})

    id: str
    cliente_id: str
    titulo: str
    descripcion: str | None
    valor: Euros
    etapa: EtapaBreve
    cierre_previsto: Fecha | None
    estado: EstadoOportunidad
    motivo: str | None
    embudo_id: str
    etapa_desde: Instante | None = Field(description="Desde cuándo está en su etapa.")
    cerrada: Instante | None = Field(description="Cuándo se ganó o se perdió.")
    lineas: list[Linea]
    responsable: str | None
    origen: str | None
    factura_id: str | None = Field(description="El borrador de factura que salió de ella.")
    referencia_externa: str | None = Field(description="Cómo la llama el programa que dice `origen`.")
    archivado: bool
    creado: Instante
    actualizado: Instante


class FiltrosPasos(Paging):
    """The query of an opportunity's stays in stages."""

    orden: Annotated[Literal["-desde", "desde"], Query(description="Lo último primero.")] = "-desde"


class PasoPublico(Salida):
    """A stay of an opportunity in a stage, named as it was then."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "etapa": _ETAPA,
                "embudo_id": "emb_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "desde": "2026-11-20T08:30:00+00:00",
                "hasta": "2026-11-24T08:30:00+00:00",
                "salida": "avanza",
                "segundos": 345600,
                "dias": 4,
            }
        }
    )

    etapa: EtapaBreve
    embudo_id: str
    desde: Instante
    hasta: Instante | None = Field(description="Null mientras sigue en ella.")
    salida: Literal["avanza", "retrocede", "otro_embudo", "ganada", "perdida"] | None
    segundos: int = Field(description="Tiempo en la etapa, hasta ahora si sigue en ella.")
    dias: int = Field(description="Días completos en la etapa.")


def publica(oportunidad: Oportunidad, etapa: object) -> OportunidadPublica:
    """An opportunity and its stage, as the API shows them."""
    shown = oportunidad.model_dump() | {"etapa": EtapaBreve.model_validate(etapa)}
    return OportunidadPublica.model_validate(shown)


def paso(row: Paso, ahora: datetime) -> PasoPublico:
    """A stay as the API shows it at the instant `ahora`, if it lasts."""
    etapa = EtapaBreve(id=row.etapa_id, nombre=row.etapa_nombre, probabilidad=row.etapa_probabilidad)
    lasted = seconds(row.desde, row.hasta or ahora)
    return PasoPublico.model_validate(
        row.model_dump() | {"etapa": etapa, "segundos": lasted, "dias": lasted // DAY}
    )


def _given(model: OportunidadNueva | OportunidadParche, names: Collection[str]) -> dict[str, Any]:
    given = {name: getattr(model, name) for name in names}
    if given.get("lineas"):
        given["lineas"] = [linea.kept() for linea in given["lineas"]]
    return given
