"""The figures as the API shows them."""

from pydantic import ConfigDict

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

    clientes_prospectos: int
    clientes_inactivos: int
    actividades_vencidas: int
    oportunidades_ganadas: int
    oportunidades_perdidas: int
    valor_oportunidades_ganadas: Euros
