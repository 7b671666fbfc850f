"""The figures as the API shows them."""

from pydantic import ConfigDict, Field

from contratos.crm import ResumenCrm
from contratos.types import Euros


class Resumen(ResumenCrm):
    """A company's figures; nothing archived counts."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "total_clientes": 120,
                "clientes_activos": 90,
                "actividades_pendientes": 14,
                "oportunidades_abiertas": 9,
                "valor_oportunidades_abiertas": "43200.00",
                "clientes_prospectos": 25,
                "clientes_inactivos": 5,
                "actividades_vencidas": 3,
                "oportunidades_ganadas": 31,
                "oportunidades_perdidas": 12,
                "valor_oportunidades_ganadas": "187400.00",
            }
        }
    )

    clientes_prospectos: int = Field(description="Los que aún no han comprado.")
    clientes_inactivos: int = Field(description="Los que ya no compran.")
    actividades_vencidas: int = Field(description="Las pendientes cuyo plazo pasó.")
    oportunidades_ganadas: int = Field(description="Cuántas se han ganado.")
    oportunidades_perdidas: int = Field(description="Cuántas se han perdido.")
    valor_oportunidades_ganadas: Euros = Field(description="Lo que valían las ganadas.")
