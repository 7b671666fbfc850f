"""The opportunities room's shapes on the wire."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import ConfigDict, Field, Strict

from contratos import Entrada, Parche, Salida
from contratos.types import Euros, Fecha, Importe, Instante, Opcional, Texto, TextoLargo
from crm.parche import NOT_GIVEN
from http_rules import Paging

from .models import Oportunidad
from .states import EstadoOportunidad

Booleano = Annotated[bool, Strict()]
EtapaId = Annotated[str, Field(max_length=64, examples=["eta_0193e2b0c1d27f3a8b4c5d6e7f809102"])]
Orden = Literal["-creado", "creado", "-valor", "valor"]

_EXAMPLE: dict[str, Any] = {
    "titulo": "Renovación del mantenimiento",
    "valor": "4800.00",
    "cierre_previsto": "2026-12-18",
    "descripcion": "Dos años, con revisión trimestral.",
}
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
    "archivado": False,
    "creado": "2026-11-24T08:30:00+00:00",
    "actualizado": "2026-11-24T08:30:00+00:00",
}


class FiltrosDelCliente(Paging):
    """The query of a client's opportunities."""

    orden: Annotated[Orden, Query(description="Las últimas creadas primero, o por valor.")] = "-creado"
    estado: Annotated[EstadoOportunidad | None, Query()] = None
    etapa_id: Annotated[str | None, Query(max_length=64)] = None
    archivados: Annotated[bool, Query(description="Con las archivadas.")] = False


class FiltrosOportunidades(FiltrosDelCliente):
    """The query of the opportunities of all clients."""

    cliente_id: Annotated[str | None, Query(max_length=64)] = None


class OportunidadNueva(Entrada):
    """What a caller sends to add an opportunity; without `etapa_id` it begins in the first stage."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    titulo: Texto
    valor: Importe
    etapa_id: EtapaId | None = None
    cierre_previsto: Fecha | None = None
    descripcion: TextoLargo | None = None


class OportunidadParche(Parche):
    """What a caller sends to change an opportunity: the fields given. `null` empties one."""

    model_config = ConfigDict(json_schema_extra={"example": {"valor": "5200.00", "cierre_previsto": None}})

    titulo: Texto = Field(default=NOT_GIVEN)
    valor: Importe = Field(default=NOT_GIVEN)
    etapa_id: EtapaId = Field(default=NOT_GIVEN)
    cierre_previsto: Fecha | None = None
    descripcion: TextoLargo | None = None
    archivado: Booleano = Field(default=NOT_GIVEN, description="`false` la recupera.")

    def values(self) -> dict[str, Any]:
        """What was given."""
        return {name: getattr(self, name) for name in self.model_fields_set}


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
    archivado: bool
    creado: Instante
    actualizado: Instante


class Tarjeta(Salida):
    """An opportunity on the board."""

    id: str
    cliente_id: str
    cliente_nombre: str
    titulo: str
    valor: Euros
    cierre_previsto: Fecha | None


class Suma(Salida):
    """How many open opportunities, what they are worth, and how much of it is to be expected."""

    oportunidades: int
    valor: Euros
    valor_ponderado: Euros


class Columna(Suma):
    """A stage of the board with its first cards, the last created first."""

    etapa: EtapaBreve
    tarjetas: list[Tarjeta]


class Mes(Suma):
    """What is expected to close in a month, `YYYY-MM`; null when nobody said when."""

    mes: str | None


class Tablero(Salida):
    """The board of open opportunities and the forecast that follows from it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "etapas": [
                    {
                        "etapa": _ETAPA,
                        "oportunidades": 1,
                        "valor": "4800.00",
                        "valor_ponderado": "2400.00",
                        "tarjetas": [
                            {
                                "id": _SHOWN["id"],
                                "cliente_id": _SHOWN["cliente_id"],
                                "cliente_nombre": "Talleres Ruiz, S.L.",
                                "titulo": "Renovación del mantenimiento",
                                "valor": "4800.00",
                                "cierre_previsto": "2026-12-18",
                            }
                        ],
                    }
                ],
                "totales": {"oportunidades": 1, "valor": "4800.00", "valor_ponderado": "2400.00"},
                "prevision": [
                    {
                        "mes": "2026-12",
                        "oportunidades": 1,
                        "valor": "4800.00",
                        "valor_ponderado": "2400.00",
                    }
                ],
            }
        }
    )

    etapas: list[Columna]
    totales: Suma
    prevision: list[Mes]


def publica(oportunidad: Oportunidad, etapa: object) -> OportunidadPublica:
    """An opportunity and its stage, as the API shows them."""
    shown = oportunidad.model_dump() | {"etapa": EtapaBreve.model_validate(etapa)}
    return OportunidadPublica.model_validate(shown)
