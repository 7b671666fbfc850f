"""The analysis of opportunities as the API shows it."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from contratos import Salida
from contratos.types import Euros, Fecha, Numero
from crm.oportunidades import EstadoOportunidad

Tasa = Annotated[Numero | None, Field(description="En tanto por ciento, con un decimal; null sin datos.")]
Dias = Annotated[Numero | None, Field(description="Con un decimal; null sin datos.")]


class FiltrosAnalisis(BaseModel):
    """The query of the analysis."""

    desde: Annotated[Fecha | None, Query(description="Lo cerrado ese día o después.")] = None
    hasta: Annotated[Fecha | None, Query(description="Lo cerrado ese día o antes.")] = None
    embudo_id: Annotated[str | None, Query(max_length=64, description="Sin él, todos.")] = None


class PorMotivo(Salida):
    """What was won, or lost, for a reason."""

    motivo: str = Field(description="El motivo, como se escribió.")
    estado: EstadoOportunidad = Field(description="Si con él se ganó o se perdió.")
    oportunidades: int = Field(description="Cuántas.")
    valor: Euros = Field(description="Lo que valían, en euros.")


class PorResponsable(Salida):
    """What somebody won and lost; null for what is nobody's."""

    responsable: str | None = Field(description="Quién; null, de nadie.")
    ganadas: int = Field(description="Cuántas ganó.")
    perdidas: int = Field(description="Cuántas perdió.")
    valor_ganado: Euros = Field(description="Lo que valían las ganadas.")
    valor_perdido: Euros = Field(description="Lo que valían las perdidas.")
    tasa_exito: Tasa
    dias_medios_hasta_ganar: Dias


class PorEtapa(Salida):
    """What was lost while it stood in a stage."""

    etapa_id: str = Field(description="La etapa en que estaban.")
    etapa: str = Field(description="Su nombre.")
    oportunidades: int = Field(description="Cuántas se perdieron en ella.")
    valor: Euros = Field(description="Lo que valían, en euros.")


class Conversion(Salida):
    """How opportunities left a stage. `tasa`: of all that left it, those that went on or were won."""

    etapa_id: str = Field(description="La etapa.")
    etapa: str = Field(description="Su nombre.")
    salidas: int = Field(description="Cuántas veces se salió de ella.")
    avanzan: int = Field(description="A una etapa posterior.")
    retroceden: int = Field(description="A una etapa anterior.")
    a_otro_embudo: int = Field(description="A la de otro embudo.")
    ganadas: int = Field(description="Porque se ganó.")
    perdidas: int = Field(description="Porque se perdió.")
    tasa: Tasa
    dias_medios: Dias


class Analisis(Salida):
    """What was won and lost in a period. Nothing archived counts."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "desde": "2026-10-01",
                "hasta": "2026-12-31",
                "embudo_id": None,
                "ganadas": 3,
                "perdidas": 1,
                "valor_ganado": "9300.00",
                "valor_perdido": "1200.00",
                "tasa_exito": "75",
                "dias_medios_hasta_ganar": "31",
                "velocidad": "300.00",
                "por_motivo": [
                    {"motivo": "Mejor plazo", "estado": "ganada", "oportunidades": 3, "valor": "9300.00"},
                    {"motivo": "Precio", "estado": "perdida", "oportunidades": 1, "valor": "1200.00"},
                ],
                "por_responsable": [
                    {
                        "responsable": "usr_0193e2b0c1d27f3a8b4c5d6e7f809102",
                        "ganadas": 3,
                        "perdidas": 1,
                        "valor_ganado": "9300.00",
                        "valor_perdido": "1200.00",
                        "tasa_exito": "75",
                        "dias_medios_hasta_ganar": "31",
                    }
                ],
                "perdidas_por_etapa": [
                    {
                        "etapa_id": "eta_0193e2b0c1d27f3a8b4c5d6e7f809102",
                        "etapa": "Propuesta",
                        "oportunidades": 1,
                        "valor": "1200.00",
                    }
                ],
                "conversion": [
                    {
                        "etapa_id": "eta_0193e2b0c1d27f3a8b4c5d6e7f809102",
                        "etapa": "Propuesta",
                        "salidas": 4,
                        "avanzan": 2,
                        "retroceden": 0,
                        "a_otro_embudo": 0,
                        "ganadas": 1,
                        "perdidas": 1,
                        "tasa": "75",
                        "dias_medios": "6.5",
                    }
                ],
            }
        }
    )

    desde: Fecha | None = Field(description="El primer día que cuenta; null, desde siempre.")
    hasta: Fecha | None = Field(description="El último día que cuenta; null, hasta hoy.")
    embudo_id: str | None = Field(description="El embudo; null, todos.")
    ganadas: int = Field(description="Cuántas se ganaron.")
    perdidas: int = Field(description="Cuántas se perdieron.")
    valor_ganado: Euros = Field(description="Lo que valían las ganadas.")
    valor_perdido: Euros = Field(description="Lo que valían las perdidas.")
    tasa_exito: Tasa
    dias_medios_hasta_ganar: Dias
    velocidad: Annotated[
        Euros | None,
        Field(description="Euros al día: valor ganado ÷ días medios hasta ganar; null sin datos."),
    ]
    por_motivo: list[PorMotivo] = Field(description="Los 100 más frecuentes.")
    por_responsable: list[PorResponsable] = Field(description="Los 100 que más han ganado.")
    perdidas_por_etapa: list[PorEtapa] = Field(description="En qué etapa estaban las perdidas.")
    conversion: list[Conversion] = Field(description="Salidas de cada etapa en esos días.")
