"""Owners, stages, conversion and velocity as the API shows them."""

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from contratos import Salida
from contratos.types import Euros, Fecha

from .analysis import Conversion, Dias, FiltrosAnalisis, Tasa

_PERIOD: dict[str, Any] = {"desde": "2026-10-01", "hasta": "2026-12-31"}
_ETAPA = "eta_0193e2b0c1d27f3a8b4c5d6e7f809102"


class FiltrosResponsables(BaseModel):
    """The query of the figures by owner."""

    desde: Annotated[Fecha | None, Query(description="Si falta, los últimos 30 días.")] = None
    hasta: Annotated[Fecha | None, Query(description="Si falta, hoy; como mucho, cinco años.")] = None
    embudo_id: Annotated[str | None, Query(max_length=64, description="Solo las oportunidades de este.")] = (
        None
    )
    responsable: Annotated[str | None, Query(max_length=120, description="Tal como se escribió.")] = None


class ActividadesDeResponsable(Salida):
    """Somebody's activities dated in the period."""

    hechas: int = Field(description="Las hechas.")
    pendientes: int = Field(description="Las que quedan por hacer.")
    vencidas: Annotated[int, Field(description="Las pendientes cuyo plazo ya pasó.")]


class OportunidadesDeResponsable(Salida):
    """Somebody's opportunities: open now, and won and lost in the period."""

    abiertas: int = Field(description="Las que tiene ahora.")
    valor_abiertas: Euros = Field(description="Lo que valen las abiertas.")
    ganadas: int = Field(description="Cuántas ganó.")
    valor_ganado: Euros = Field(description="Lo que valían las ganadas.")
    perdidas: int = Field(description="Cuántas perdió.")
    valor_perdido: Euros = Field(description="Lo que valían las perdidas.")
    tasa_exito: Tasa
    dias_medios_hasta_ganar: Dias


class Responsable(Salida):
    """What somebody does; null for what is nobody's."""

    responsable: str | None = Field(description="Quién; null, de nadie.")
    actividades: ActividadesDeResponsable = Field(description="Las de esos días.")
    oportunidades: OportunidadesDeResponsable = Field(
        description="Las abiertas ahora, y las cerradas en esos días."
    )


class Responsables(Salida):
    """What each does. Nothing archived counts."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": _PERIOD
            | {
                "embudo_id": None,
                "responsables": [
                    {
                        "responsable": "Lucía",
                        "actividades": {"hechas": 40, "pendientes": 5, "vencidas": 1},
                        "oportunidades": {
                            "abiertas": 2,
                            "valor_abiertas": "8000.00",
                            "ganadas": 3,
                            "valor_ganado": "9300.00",
                            "perdidas": 1,
                            "valor_perdido": "1200.00",
                            "tasa_exito": "75",
                            "dias_medios_hasta_ganar": "31",
                        },
                    }
                ],
            }
        }
    )

    desde: Fecha = Field(description="El primer día.")
    hasta: Fecha = Field(description="El último día.")
    embudo_id: str | None = Field(description="De qué embudo son las oportunidades; null, de todos.")
    responsables: Annotated[list[Responsable], Field(description="Los 100 que más han ganado y hecho.")]


class CifrasDeEtapa(Salida):
    """What stands in a stage now, and how it was left in the period."""

    etapa_id: str = Field(description="La etapa.")
    etapa: str = Field(description="Su nombre.")
    embudo_id: str = Field(description="Su embudo.")
    dias_maximos: int | None = Field(
        description="Los días tras los que algo está atascado; null, sin máximo."
    )
    abiertas: int = Field(description="Cuántas hay en ella.")
    valor_abiertas: Euros = Field(description="Lo que valen.")
    atascadas: Annotated[int, Field(description="Llevan en ella más de sus días; sin máximo, ninguna.")]
    valor_atascadas: Euros = Field(description="Lo que valen las atascadas.")
    salidas: Annotated[Conversion | None, Field(description="null si nada salió de ella en esos días.")]


class Etapas(Salida):
    """The stages, in the order of their pipelines. Nothing archived counts."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": _PERIOD
            | {
                "embudo_id": None,
                "etapas": [
                    {
                        "etapa_id": _ETAPA,
                        "etapa": "Propuesta",
                        "embudo_id": "emb_0193e2b0c1d27f3a8b4c5d6e7f809102",
                        "dias_maximos": 14,
                        "abiertas": 4,
                        "valor_abiertas": "12000.00",
                        "atascadas": 1,
                        "valor_atascadas": "2500.00",
                        "salidas": None,
                    }
                ],
            }
        }
    )

    desde: Fecha | None = Field(description="El primer día de las salidas; null, desde siempre.")
    hasta: Fecha | None = Field(description="El último; null, hasta hoy.")
    embudo_id: str | None = Field(description="El embudo; null, todos.")
    etapas: list[CifrasDeEtapa] = Field(description="Cada etapa, en el orden del tablero.")


class FiltrosConversion(BaseModel):
    """The query of how prospects become clients."""

    desde: Annotated[Fecha | None, Query(description="Si falta, los últimos 365 días.")] = None
    hasta: Annotated[Fecha | None, Query(description="Si falta, hoy; como mucho, cinco años.")] = None
    responsable: Annotated[str | None, Query(max_length=120, description="El que tiene ahora.")] = None


class _Convertidos(Salida):
    """How many came to be prospects, and how many of these became clients, in how long."""

    prospectos: int = Field(description="Los que empezaron a serlo.")
    convertidos: int = Field(description="Los que ya son clientes.")
    perdidos: Annotated[int, Field(description="Los que dejaron de ser prospectos de otro modo.")]
    tasa: Tasa
    dias_medios: Dias


class ConvertidosDeMes(_Convertidos):
    """Those who came to be prospects in a month."""

    mes: Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")] = Field(
        description="El mes en que empezaron: `2026-11`."
    )


class ConvertidosDeFuente(_Convertidos):
    """Those who came from a source; null when it is not known."""

    fuente: str | None = Field(description="De dónde vinieron; null si no se sabe.")


class ConversionDeClientes(_Convertidos):
    """What became of those who came to be prospects in a period, up to now. Nothing archived counts."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": _PERIOD
            | {
                "prospectos": 40,
                "convertidos": 10,
                "perdidos": 4,
                "tasa": "25",
                "dias_medios": "21.5",
                "por_mes": [
                    {
                        "mes": "2026-10",
                        "prospectos": 40,
                        "convertidos": 10,
                        "perdidos": 4,
                        "tasa": "25",
                        "dias_medios": "21.5",
                    }
                ],
                "por_fuente": [
                    {
                        "fuente": "Feria",
                        "prospectos": 40,
                        "convertidos": 10,
                        "perdidos": 4,
                        "tasa": "25",
                        "dias_medios": "21.5",
                    }
                ],
            }
        }
    )

    desde: Fecha = Field(description="El primer día.")
    hasta: Fecha = Field(description="El último día.")
    por_mes: list[ConvertidosDeMes] = Field(description="Los de cada mes en que empezó alguno.")
    por_fuente: Annotated[list[ConvertidosDeFuente], Field(description="Las 100 con más prospectos.")]


class FiltrosVelocidad(FiltrosAnalisis):
    """The query of the velocity."""

    responsable: Annotated[str | None, Query(max_length=120, description="Tal como se escribió.")] = None


class Velocidad(Salida):
    """How fast what is open turns into sales, as what was closed in the period did."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": _PERIOD
            | {
                "embudo_id": None,
                "responsable": None,
                "abiertas": 9,
                "tasa_exito": "75",
                "valor_medio": "3100.00",
                "dias_medios_hasta_ganar": "31",
                "velocidad": "675.00",
            }
        }
    )

    desde: Fecha | None = Field(description="El primer día de lo cerrado; null, desde siempre.")
    hasta: Fecha | None = Field(description="El último; null, hasta hoy.")
    embudo_id: str | None = Field(description="El embudo; null, todos.")
    responsable: str | None = Field(description="De quién; null, de todos.")
    abiertas: Annotated[int, Field(description="Las que hay ahora.")]
    tasa_exito: Tasa
    valor_medio: Annotated[Euros | None, Field(description="De las ganadas; null sin datos.")]
    dias_medios_hasta_ganar: Dias
    velocidad: Annotated[
        Euros | None,
        Field(
            description="Euros al día: abiertas × tasa de éxito × valor medio ÷ días medios; null sin datos."
        ),
    ]
