"""Stages of the sales pipelines, each with the probability that what stands in it is won."""

from .models import Embudo, Etapa
from .queries import abierto, de_empresa, elegida, embudo, entrada
from .schemas import CampoObligatorio, EtapaDeEmbudo, Posicion
from .service import INICIALES, agregar, colocar, crear_iniciales

__all__ = [
    "INICIALES",
    "CampoObligatorio",
    "Embudo",
    "Etapa",
    "EtapaDeEmbudo",
    "Posicion",
    "abierto",
    "agregar",
    "colocar",
    "crear_iniciales",
    "de_empresa",
    "elegida",
    "embudo",
    "entrada",
]
