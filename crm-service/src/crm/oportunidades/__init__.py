"""Opportunities: what may be sold, and how probable that is."""

from .figures import DAY, seconds
from .models import Oportunidad, Paso, SumaAbierta, SumaDelDia
from .queries import abiertas, con_etapa, hay_abiertas
from .schemas import CambioEstado, EtapaBreve, OportunidadNueva, OportunidadPublica, publica
from .service import cambiar_estado, crear, enlazar_factura, mover
from .states import EstadoOportunidad

__all__ = [
    "DAY",
    "CambioEstado",
    "EstadoOportunidad",
    "EtapaBreve",
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
    "mover",
    "publica",
    "seconds",
]
