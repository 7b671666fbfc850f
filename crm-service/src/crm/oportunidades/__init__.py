"""Opportunities: what may be sold, and how probable that is."""

from .figures import DAY, seconds
from .models import Oportunidad, Paso, SumaAbierta, SumaDelDia
from .queries import ORDENES, abiertas, con_etapa, hay_abiertas, lista
from .schemas import (
    CambioEstado,
    EtapaBreve,
    FiltrosOportunidades,
    OportunidadNueva,
    OportunidadPublica,
    publica,
)
from .service import cambiar_estado, crear, enlazar_factura, mover
from .states import EstadoOportunidad

__all__ = [
    "DAY",
    "ORDENES",
    "CambioEstado",
    "EstadoOportunidad",
    "EtapaBreve",
    "FiltrosOportunidades",
    "Oportunidad",
    "OportunidadNueva",
    "OportunidadPublica",
    "Paso",
    "SumaAbierta",
    "SumaDelDia",
    "abiertas",
    "cambiar_estado",
    "con_etapa",
    "crear",
    "enlazar_factura",
    "hay_abiertas",
    "lista",
    "mover",
    "publica",
    "seconds",
]
