"""Clients: whom the company sells to, or hopes to."""

from .answers import shown
from .fusionados import ClaveFusionada, ClienteFusionado, Fusionado, fusionados_en
from .merging import borrar, completar, identidad, olvidar, poner, recordar, reponer, retirar, tomar
from .models import Cliente, EstadoVivido
from .queries import ORDENES, con_correo, existente, lista
from .schemas import (
    ClienteAlta,
    ClienteDeFuera,
    ClienteParche,
    ClienteVisto,
    FiltrosClientes,
    Origen,
    Referencia,
    Responsable,
)
from .service import crear, modificar
from .turns import take as turno
from .twins import check_reference as comprobar_referencia
from .upsert import upsert

__all__ = [
    "ORDENES",
    "ClaveFusionada",
    "Cliente",
    "ClienteAlta",
    "ClienteDeFuera",
    "ClienteFusionado",
    "ClienteParche",
    "ClienteVisto",
    "EstadoVivido",
    "FiltrosClientes",
    "Fusionado",
    "Origen",
    "Referencia",
    "Responsable",
    "borrar",
    "completar",
    "comprobar_referencia",
    "con_correo",
    "crear",
    "existente",
    "fusionados_en",
    "identidad",
    "lista",
    "modificar",
    "olvidar",
    "poner",
    "recordar",
    "reponer",
    "retirar",
    "shown",
    "tomar",
    "turno",
    "upsert",
]
