"""Clients: whom the company sells to, or hopes to."""

from .answers import shown
from .estados import ORDENES as DE_ESTADOS
from .estados import of_client as estados_de
from .fusionados import ClaveFusionada, ClienteFusionado, Fusionado, actual, fusionados_en
from .fusionados import con_clave as fusionado_con
from .keyed import comprobar_el_mismo, por_clave
from .merging import borrar, completar, identidad, olvidar, poner, recordar, reponer, retirar, tomar
from .models import Cliente, EstadoVivido
from .presence import Presencia, claves_de_alta, presentes
from .queries import ORDENES, con_correo, existente, lista, nombrado
from .schemas import (
    ClienteAlta,
    ClienteCreado,
    ClienteDeFuera,
    ClienteParche,
    ClienteVisto,
    EstadoPublico,
    FiltrosClientes,
    FiltrosEstados,
    Forzar,
    Origen,
    Referencia,
    Responsable,
)
from .service import activar, crear, modificar, preparar_venta
from .turns import take as turno
from .twins import check_reference as comprobar_referencia
from .twins import con_email as con_algun_correo
from .upsert import upsert

__all__ = [
    "DE_ESTADOS",
    "ORDENES",
    "ClaveFusionada",
    "Cliente",
    "ClienteAlta",
    "ClienteCreado",
    "ClienteDeFuera",
    "ClienteFusionado",
    "ClienteParche",
    "ClienteVisto",
    "EstadoPublico",
    "EstadoVivido",
    "FiltrosClientes",
    "FiltrosEstados",
    "Forzar",
    "Fusionado",
    "Origen",
    "Presencia",
    "Referencia",
    "Responsable",
    "activar",
    "actual",
    "borrar",
    "claves_de_alta",
    "completar",
    "comprobar_el_mismo",
    "comprobar_referencia",
    "con_algun_correo",
    "con_correo",
    "crear",
    "estados_de",
    "existente",
    "fusionado_con",
    "fusionados_en",
    "identidad",
    "lista",
    "modificar",
    "nombrado",
    "olvidar",
    "poner",
    "por_clave",
    "preparar_venta",
    "presentes",
    "recordar",
    "reponer",
    "retirar",
    "shown",
    "tomar",
    "turno",
    "upsert",
]
