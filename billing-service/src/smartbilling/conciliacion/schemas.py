"""The shapes of the reconciliation on the wire."""

from datetime import date
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from contratos import Salida
from contratos.conciliacion import DiaConciliado
from contratos.types import Fecha
from smartbilling.integracion_crm import ReintentosHechos

from .codigos import MENSAJES, Codigo
from .comparacion import Comparacion, DiaComparado
from .contraste_del_dia import Hallazgo

_LADO: dict[str, Any] = {
    "dia": "2026-11-24",
    "referencias": 2,
    "huella": "1f0f4f5f1a3d0b3a8e1f7b0a6a5b3c9d2e4f6a8b0c1d3e5f7a9b1c3d5e7f9a0b",
    "huella_contenido": "9a0b1f0f4f5f1a3d0b3a8e1f7b0a6a5b3c9d2e4f6a8b0c1d3e5f7a9b1c3d5e7f",
}
_EXAMPLE: dict[str, Any] = {
    "coinciden": False,
    "completa": True,
    "dias_comparados": 365,
    "hechos": 1204,
    "en_crm": 1203,
    "pendientes": 0,
    "diferencias": 1,
    "dias": [
        {
            "dia": "2026-11-24",
            "facturacion": _LADO,
            "crm": _LADO | {"referencias": 1},
            "diferencias": [
                {
                    "codigo": "falta_en_crm",
                    "mensaje": MENSAJES[Codigo.FALTA_EN_CRM],
                    "referencia_externa": "pag_0193e2b0c1d27f3a8b4c5d6e7f809102",
                    "factura_id": "fac_0193e2b0c1d27f3a8b4c5d6e7f809102",
                    "campos": [],
                }
            ],
        }
    ],
}


class PeriodoPedido(BaseModel):
    """Which days are compared: all that either side knows, unless said."""

    desde: Annotated[Fecha | None, Query(description="Desde este día (UTC), incluido.")] = None
    hasta: Annotated[Fecha | None, Query(description="Hasta este día (UTC), incluido.")] = None


class ReintentosPedidos(PeriodoPedido):
    """The query of the replay."""

    conciliar: Annotated[
        bool, Query(description="Compara además los dos lados y corrige lo que no coincida.")
    ] = False


class Diferencia(Salida):
    """What one side says otherwise than the facts."""

    codigo: Codigo
    mensaje: str
    referencia_externa: str
    factura_id: str | None = Field(description="La factura del hecho; nula si no hay tal hecho.")
    campos: list[str] = Field(description="Qué campos de la actividad dicen otra cosa.")

    @classmethod
    def de(cls, hallazgo: Hallazgo) -> "Diferencia":
        """What is shown of a difference."""
        return cls(
            codigo=hallazgo.codigo,
            mensaje=MENSAJES[hallazgo.codigo],
            referencia_externa=hallazgo.referencia,
            factura_id=hallazgo.asiento.hecho.factura_id if hallazgo.asiento else None,
            campos=list(hallazgo.campos),
        )


class DiaDistinto(Salida):
    """A day with differences: both sides' counts and digests, and each difference by its name."""

    dia: date
    facturacion: DiaConciliado | None
    crm: DiaConciliado | None
    diferencias: list[Diferencia]


class ConciliacionPublica(Salida):
    """Both sides compared."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    coinciden: bool = Field(description="Si no hay ninguna diferencia; lo que espera su entrega no lo es.")
    completa: bool = Field(description="Falso si puede haber más diferencias que las que se nombran.")
    dias_comparados: int
    hechos: int = Field(description="Hechos de los que el CRM tiene que saber.")
    en_crm: int = Field(description="Actividades que el CRM muestra de ellos.")
    pendientes: int = Field(description="Hechos que todavía esperan su entrega.")
    diferencias: int
    dias: list[DiaDistinto] = Field(description="Solo los días en los que algo no coincide.")


class Corregido(Salida):
    """What a reconciliation sets right."""

    diferencias: int = Field(description="Diferencias halladas.")
    avisos: int = Field(description="Avisos escritos de nuevo o borrados.")
    reenviadas: int = Field(description="Actividades que se le vuelven a decir al CRM.")
    retiradas: int = Field(description="Actividades sin hecho que el CRM archivará.")
    completa: bool = Field(description="Falso si quedan diferencias: repite la petición.")


class ReintentosConciliados(ReintentosHechos):
    """How many messages go back to be delivered and, if asked, what a reconciliation sets right."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "reintentados": 0,
                "adelantados": 0,
                "conciliacion": {
                    "diferencias": 1,
                    "avisos": 1,
                    "reenviadas": 1,
                    "retiradas": 0,
                    "completa": True,
                },
            }
        }
    )

    conciliacion: Corregido = Field(description="Solo con `conciliar`.")


def publica(hallado: Comparacion) -> ConciliacionPublica:
    """A comparison as the API shows it."""
    by_day: dict[date, list[Hallazgo]] = {}
    for hallazgo in hallado.hallazgos:
        by_day.setdefault(hallazgo.dia, []).append(hallazgo)
    return ConciliacionPublica(
        coinciden=not hallado.hallazgos,
        completa=hallado.completa,
        dias_comparados=hallado.dias,
        hechos=hallado.hechos,
        en_crm=hallado.en_crm,
        pendientes=hallado.pendientes,
        diferencias=len(hallado.hallazgos),
        dias=[_day(each, by_day[each.dia]) for each in hallado.dudosos if each.dia in by_day],
    )


def _day(dia: DiaComparado, found: list[Hallazgo]) -> DiaDistinto:
    named = [Diferencia.de(hallazgo) for hallazgo in found]
    return DiaDistinto(dia=dia.dia, facturacion=dia.facturacion, crm=dia.crm, diferencias=named)
