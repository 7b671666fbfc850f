"""Opportunities: what may be sold, and how probable that is."""

from .figures import DAY, seconds
from .keyed import cambiada, hecha, por_clave
from .keyed_schemas import OportunidadConCliente, OportunidadParcheConCliente
from .models import Oportunidad, Paso, SumaAbierta, SumaDelDia
from .queries import (
    ORDENES,
    ORDENES_DE_PASOS,
    abiertas,
    con_etapa,
    con_titulo,
    existente,
    hay_abiertas,
    lista,
    pasos,
)
from .references import con_referencia
from .removing import borrar
from .schemas import (
    CambioEstado,
    EtapaBreve,
    FiltrosOportunidades,
    FiltrosPasos,
    OportunidadNueva,
    OportunidadParche,
    OportunidadPublica,
    PasoPublico,
    paso,
    publica,
)
from .service import cambiar_estado, crear, enlazar_factura, mover
from .states import EstadoOportunidad

__all__ = [
    "DAY",
    "ORDENES",
    "ORDENES_DE_PASOS",
    "CambioEstado",
    "EstadoOportunidad",
    "EtapaBreve",
    "FiltrosOportunidades",
    "FiltrosPasos",
    "Oportunidad",
    "OportunidadConCliente",
    "OportunidadNueva",
    "OportunidadParche",
    "OportunidadParcheConCliente",
    "OportunidadPublica",
    "Paso",
    "PasoPublico",
    "SumaAbierta",
    "SumaDelDia",
    "abiertas",
    "borrar",
    "cambiada",
    "cambiar_estado",
    "con_etapa",
    "con_referencia",
    "con_titulo",
    "crear",
    "enlazar_factura",
    "existente",
    "hay_abiertas",
    "hecha",
    "lista",
    "mover",
    "paso",
    "pasos",
    "por_clave",
    "publica",
    "seconds",
]
