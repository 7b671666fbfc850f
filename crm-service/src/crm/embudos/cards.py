"""The board's shapes on the wire."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import ConfigDict, Field

from contratos import Salida
from contratos.types import Euros, Fecha, Instante
from crm.oportunidades import EtapaBreve
from http_rules import Paging

_ETAPA: dict[str, Any] = {
    "id": "eta_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "nombre": "Propuesta",
    "probabilidad": 50,
}
_TARJETA: dict[str, Any] = {
    "id": "opo_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "cliente_id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "cliente_nombre": "Talleres Ruiz, S.L.",
    "titulo": "Renovación del mantenimiento",
    "valor": "4800.00",
    "cierre_previsto": "2026-12-18",
    "responsable": "usr_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "etapa_desde": "2026-11-04T08:30:00+00:00",
    "dias_en_etapa": 20,
    "atascada": True,
    "proxima_actividad": {
        "id": "act_0193e2b0c1d27f3a8b4c5d6e7f809102",
        "tipo": "llamada",
        "titulo": "Preguntar por el presupuesto",
        "cuando": "2026-11-26T09:00:00+00:00",
    },
}
_COLUMNA: dict[str, Any] = {
    "etapa": _ETAPA,
    "dias_maximos": 15,
    "tarjetas": [_TARJETA],
    "siguiente": None,
}
_SUMA: dict[str, Any] = {"oportunidades": 1, "valor": "4800.00", "valor_ponderado": "2400.00"}


class FiltrosColumna(Paging):
    """The query of the cards of a stage."""

    orden: Annotated[Literal["-creado", "creado"], Query(description="Las últimas creadas primero.")] = (
        "-creado"
    )


class ProximaActividad(Salida):
    """What is to be done next for an opportunity, and when."""

    id: str
    tipo: str
    titulo: str
    cuando: Instante = Field(description="Cuándo vence o, si no vence, su fecha.")


class Tarjeta(Salida):
    """An opportunity on the board."""

    model_config = ConfigDict(json_schema_extra={"example": _TARJETA})

    id: str
    cliente_id: str
    cliente_nombre: str
    titulo: str
    valor: Euros
    cierre_previsto: Fecha | None
    responsable: str | None
    etapa_desde: Instante | None
    dias_en_etapa: int = Field(description="Días completos en la etapa.")
    atascada: bool = Field(description="Lleva en la etapa más que sus `dias_maximos`.")
    proxima_actividad: ProximaActividad | None


class Suma(Salida):
    """How many open opportunities, what they are worth, and how much of it is to be expected."""

    oportunidades: int
    valor: Euros
    valor_ponderado: Euros


class Columna(Suma):
    """A stage of the board with its first cards, the last created first."""

    etapa: EtapaBreve
    dias_maximos: int | None
    tarjetas: list[Tarjeta]
    siguiente: str | None = Field(description="Cursor de más tarjetas, en `/api/crm/pipeline/{etapa_id}`.")


class Mes(Suma):
    """What is expected to close in a month, `YYYY-MM`; null when nobody said when."""

    mes: str | None


class EmbudoBreve(Salida):
    """The pipeline whose board it is."""

    id: str
    nombre: str


class Tablero(Salida):
    """The board of a pipeline's open opportunities and the forecast that follows from it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "embudo": {"id": "emb_0193e2b0c1d27f3a8b4c5d6e7f809102", "nombre": "Ventas"},
                "etapas": [_COLUMNA | _SUMA],
                "totales": _SUMA,
                "prevision": [{"mes": "2026-12"} | _SUMA],
            }
        }
    )

    embudo: EmbudoBreve
    etapas: list[Columna]
    totales: Suma
    prevision: list[Mes]
