"""Clients: whom the company sells to, or hopes to."""

from .answers import shown
from .fusionados import ClaveFusionada, ClienteFusionado, Fusionado, actual, fusionados_en
from .keyed import por_clave
from .merging import borrar, completar, identidad, olvidar, poner, recordar, reponer, retirar, tomar
from .models import Cliente, EstadoVivido
from .queries import ORDENES, con_correo, existente, lista, nombrado
from .schemas import (
    ClienteAlta,
    ClienteCreado,
    ClienteDeFuera,
    ClienteParche,
    ClienteVisto,
    FiltrosClientes,
    Forzar,
    Origen,
    Referencia,
    Responsable,
)
from .service import activar, crear, modificar, preparar_venta
from .turns import take as turno
from .twins import check_reference as comprobar_referencia
from .upsert import upsert

__all__ = [
    "ORDENES",
    "ClaveFusionada",
    "Cliente",
    "ClienteAlta",
    "ClienteCreado",
    "ClienteDeFuera",
    "ClienteFusionado",
    "ClienteParche",
    "ClienteVisto",
    "EstadoVivido",
    "FiltrosClientes",
    "Forzar",
    "Fusionado",
    "Origen",
    "Referencia",
    "Responsable",
    "activar",
    "actual",
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
    "nombrado",
    "olvidar",
    "poner",
    "por_clave",
    "preparar_venta",
    "recordar",
    "reponer",
    "retirar",
    "shown",
    "tomar",
    "turno",
    "upsert",
]
