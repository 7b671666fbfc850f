"""Stages of the sales pipelines, each with the probability that what stands in it is won."""

from .models import Embudo, Etapa
from .queries import ORDENES, abierto, de_empresa, elegida, embudo, entrada
from .schemas import CampoObligatorio, EtapaDeEmbudo, EtapaPublica, FiltrosEtapas, Posicion
from .service import INICIALES, agregar, colocar, contar_movidas, crear_iniciales

__all__ = [
    "INICIALES",
    "ORDENES",
    "CampoObligatorio",
    "Embudo",
    "Etapa",
    "EtapaDeEmbudo",
    "EtapaPublica",
    "FiltrosEtapas",
    "Posicion",
    "abierto",
    "agregar",
    "colocar",
    "contar_movidas",
    "crear_iniciales",
    "de_empresa",
    "elegida",
    "embudo",
    "entrada",
]
