"""The activities room's shapes on the wire."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BeforeValidator, ConfigDict, Field, Strict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from contratos import Entrada, Parche, Salida
from contratos.crm import ActividadNueva, ActividadPublica, TipoActividad
from contratos.types import (
    Email,
    Euros,
    Fecha,
    ImporteConSigno,
    Instante,
    Nombre,
    Opcional,
    Texto,
    TextoLargo,
)
from crm.busqueda import Buscar
from crm.parche import NOT_GIVEN
from http_rules import Paging

from .repeticion import Repeticion

MAX_PARTICIPANTES = 200

Booleano = Annotated[bool, Strict()]
Ordenes = Literal["-fecha", "fecha", "vence", "-vence"]
NombreSubtipo = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=50),
    Field(description="Un tipo propio de la empresa; la primera vez que se nombra, se crea."),
]
Responsable = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120),
    Field(description="El `usr_…` de un usuario de facturación o, en un CRM solo, un nombre."),
]
Minutos = Annotated[int, Strict(), Field(ge=0, le=10_080, description="Minutos.")]
ImporteDicho = Annotated[
    ImporteConSigno,
    Field(description="De una venta o un pago. En lo que cuenta facturación es el que dicen sus palabras."),
]
UnId = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Prioridad(StrEnum):
    """What is to be done before what."""

    ALTA = "alta"
    NORMAL = "normal"
    BAJA = "baja"


class ParticipanteDado(Entrada):
    """Who takes part: a contact of the company, or an e-mail address and, if known, its name."""

    contacto_id: UnId | None = None
    email: Annotated[Email | None, Opcional] = None
    nombre: Annotated[Nombre | None, Opcional] = None

    @model_validator(mode="after")
    def _one_or_the_other(self) -> "ParticipanteDado":
        if (self.contacto_id is None) == (self.email is None):
            raise PydanticCustomError(
                "participante_incompleto", "Da el `contacto_id` o el `email`, uno de los dos."
            )
        return self


Participantes = Annotated[list[ParticipanteDado], Field(max_length=MAX_PARTICIPANTES)]

_EXAMPLE: dict[str, Any] = {
    "tipo": "tarea",
    "titulo": "Enviar presupuesto",
    "descripcion": "Con las dos opciones de las que hablamos.",
    "fecha": "2026-11-24T09:30:00+01:00",
    "vence": "2026-11-27T18:00:00+01:00",
    "completada": False,
    "subtipo": "Presupuesto",
    "prioridad": "alta",
    "recordatorio": "2026-11-27T09:00:00+01:00",
    "responsable": "Lucía",
    "duracion": 30,
    "resultado": None,
    "participantes": [{"email": "compras@talleresruiz.example", "nombre": "Compras"}],
    "repeticion": {"cada": "mes", "intervalo": 3, "veces": 4},
    "importe": "0.00",
}
_SHOWN: dict[str, Any] = _EXAMPLE | {
    "id": "act_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "cliente_id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "fecha": "2026-11-24T08:30:00+00:00",
    "vence": "2026-11-27T17:00:00+00:00",
    "completada_en": None,
    "recordatorio": "2026-11-27T08:00:00+00:00",
    "contacto_id": None,
    "oportunidad_id": None,
    "participantes": [
        {"contacto_id": None, "email": "compras@talleresruiz.example", "nombre": "Compras"},
    ],
    "repeticion": {"cada": "mes", "intervalo": 3, "desde": "plan", "hasta": None, "veces": 4},
    "serie_id": "act_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "ordinal": 1,
    "siguiente_id": None,
    "origen": None,
    "referencia_externa": None,
    "archivado": False,
    "creado": "2026-11-24T08:30:00+00:00",
    "actualizado": "2026-11-24T08:30:00+00:00",
}


class _Filtros(Paging):
    """What every list of activities is filtered by."""

    tipo: Annotated[TipoActividad | None, Query(description="Las de este tipo.")] = None
    subtipo: Annotated[
        str | None, Query(max_length=50, description="Sin distinguir acentos ni mayúsculas.")
    ] = None
    completada: Annotated[bool | None, Query(description="Solo las hechas, o solo las pendientes.")] = None
    prioridad: Annotated[Prioridad | None, Query(description="Las de esta prioridad.")] = None
    responsable: Annotated[str | None, Query(max_length=120, description="Tal como se escribió.")] = None
    contacto_id: Annotated[
        str | None, Query(max_length=64, description="Con este contacto, o en la que participa.")
    ] = None
    oportunidad_id: Annotated[str | None, Query(max_length=64, description="Las de esta oportunidad.")] = None
    buscar: Buscar = None
    archivados: Annotated[bool, Query(description="Con las archivadas.")] = False


class FiltrosDelCliente(_Filtros):
    """The query of a client's activities."""

    orden: Annotated[Literal["-fecha", "fecha"], Query(description="Por fecha, lo último primero.")] = (
        "-fecha"
    )


class FiltrosActividades(_Filtros):
    """The query of the activities of all clients."""

    orden: Annotated[
        Ordenes, Query(description="Por fecha, lo último primero; `vence` es el orden de una agenda.")
    ] = "-fecha"
    vencidas: Annotated[
        bool | None, Query(description="Solo las pendientes cuyo plazo pasó, o las demás.")
    ] = None
    cliente_id: Annotated[str | None, Query(max_length=64, description="Las de este cliente.")] = None
    origen: Annotated[str | None, Query(max_length=64, description="Qué programa las contó.")] = None
    referencia_externa: Annotated[str | None, Query(max_length=200, description="Con `origen`.")] = None
    desde: Annotated[Fecha | None, Query(description="Fecha desde este día, incluido.")] = None
    hasta: Annotated[Fecha | None, Query(description="Fecha hasta este día, incluido.")] = None


class FiltrosAgenda(Paging):
    """The query of the agenda: what is to be done, by whom, on which days of the company."""

    orden: Annotated[
        Literal["vence", "-vence"], Query(description="Por su plazo o, si no lo tiene, por su fecha.")
    ] = "vence"
    responsable: Annotated[str | None, Query(max_length=120, description="Tal como se escribió.")] = None
    desde: Annotated[Fecha | None, Query(description="Desde este día, incluido; hoy si no se dice.")] = None
    hasta: Annotated[Fecha | None, Query(description="Hasta este día, incluido; el primero si falta.")] = None
    atrasadas: Annotated[
        bool, Query(description="También lo que quedó sin hacer, de cualquier día anterior: va delante.")
    ] = True


class FiltrosRecordatorios(Paging):
    """The query of the reminders that are due."""

    orden: Annotated[
        Literal["recordatorio", "-recordatorio"], Query(description="El primero, el más antiguo.")
    ] = "recordatorio"
    responsable: Annotated[str | None, Query(max_length=120, description="Tal como se escribió.")] = None


class FiltrosSubtipos(Paging):
    """The query of a company's own types of activity."""

    orden: Annotated[Literal["nombre", "-nombre"], Query(description="Por tipo y nombre.")] = "nombre"
    tipo: Annotated[TipoActividad | None, Query(description="Las de este tipo.")] = None


class ActividadDada(ActividadNueva):
    """What a caller sends to add an activity."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    subtipo: Annotated[NombreSubtipo | None, Opcional] = None
    prioridad: Prioridad = Prioridad.NORMAL
    recordatorio: Instante | None = None
    responsable: Annotated[Responsable | None, Opcional] = None
    duracion: Minutos | None = None
    resultado: Annotated[Texto | None, Opcional] = None
    contacto_id: UnId | None = None
    oportunidad_id: UnId | None = None
    participantes: Participantes = Field(default_factory=list)
    repeticion: Repeticion | None = None
    importe: ImporteDicho | None = None


class ActividadParche(Parche):
    """What a caller sends to change an activity: the fields given. `null` empties one."""

    model_config = ConfigDict(json_schema_extra={"example": {"completada": True, "resultado": "Le interesa"}})

    tipo: TipoActividad = Field(default=NOT_GIVEN)
    subtipo: Annotated[NombreSubtipo | None, Opcional] = None
    titulo: Texto = Field(default=NOT_GIVEN)
    descripcion: TextoLargo | None = None
    fecha: Instante = Field(default=NOT_GIVEN)
    vence: Instante | None = None
    completada: Booleano | None = None
    prioridad: Prioridad | None = None
    recordatorio: Instante | None = None
    responsable: Annotated[Responsable | None, Opcional] = None
    duracion: Minutos | None = None
    resultado: Annotated[Texto | None, Opcional] = None
    contacto_id: UnId | None = None
    oportunidad_id: UnId | None = None
    participantes: Participantes | None = None
    repeticion: Repeticion | None = None
    importe: ImporteDicho | None = None
    archivado: Booleano = Field(default=NOT_GIVEN, description="`false` la recupera.")

    def values(self) -> dict[str, Any]:
        """What was given, defaults where it was cleared."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        if "completada" in given:
            given["completada"] = bool(given["completada"])
        if "participantes" in given:
            given["participantes"] = [each.model_dump() for each in given["participantes"] or ()]
        return given


class ParticipanteVisto(Salida):
    """Who takes part, as the API shows it: of a contact, the name and e-mail that it has now."""

    contacto_id: str | None
    email: str | None
    nombre: str | None


class ActividadVista(ActividadPublica):
    """What the API shows of an activity."""

    model_config = ConfigDict(json_schema_extra={"example": _SHOWN})

    subtipo: str | None
    prioridad: Annotated[Prioridad, BeforeValidator(lambda given: given or Prioridad.NORMAL)]
    completada_en: Instante | None
    recordatorio: Instante | None
    responsable: str | None
    duracion: int | None
    resultado: str | None
    contacto_id: str | None
    oportunidad_id: str | None
    participantes: list[ParticipanteVisto]
    repeticion: Repeticion | None
    importe: Annotated[Euros, BeforeValidator(lambda given: given or Decimal("0.00"))]
    serie_id: str | None
    ordinal: int | None
    siguiente_id: Annotated[str | None, Field(description="La que se creó al hacer esta, si se repite.")]


class ActividadEnAgenda(ActividadVista):
    """An activity of the agenda."""

    model_config = ConfigDict(json_schema_extra={"example": _SHOWN | {"atrasada": False}})

    atrasada: Annotated[bool, Field(description="Su plazo, o su fecha si no lo tiene, ya pasó.")]


class SubtipoVisto(Salida):
    """A company's own type of activity."""

    model_config = ConfigDict(json_schema_extra={"example": {"tipo": "tarea", "nombre": "Presupuesto"}})

    tipo: TipoActividad
    nombre: str
