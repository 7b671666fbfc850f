"""Figures of a company, its teams and its clients, from what was told."""

from .analysis import FiltrosAnalisis, PorEtapa, PorMotivo
from .client import estadisticas as de_cliente
from .client_schemas import EstadisticasDelCliente
from .service import conversion_de_clientes, responsables, volumen
from .team import cifras_de_etapas as etapas
from .team import velocidad
from .team_schemas import (
    CifrasDeEtapa,
    ConvertidosDeFuente,
    ConvertidosDeMes,
    FiltrosConversion,
    FiltrosResponsables,
    FiltrosVelocidad,
    Responsable,
    Velocidad,
)
from .ventas import analisis
from .volume_schemas import DeResponsable, FiltrosVolumen

__all__ = [
    "CifrasDeEtapa",
    "ConvertidosDeFuente",
    "ConvertidosDeMes",
    "DeResponsable",
    "EstadisticasDelCliente",
    "FiltrosAnalisis",
    "FiltrosConversion",
    "FiltrosResponsables",
    "FiltrosVelocidad",
    "FiltrosVolumen",
    "PorEtapa",
    "PorMotivo",
    "Responsable",
    "Velocidad",
    "analisis",
    "conversion_de_clientes",
    "de_cliente",
    "etapas",
    "responsables",
    "velocidad",
    "volumen",
]
