"""Contacts: the people one speaks with at a client's."""

from .answers import shown_all
from .keyed import por_clave
from .models import Contacto, Vinculo
from .queries import (
    ORDENES,
    con_correo,
    con_referencia,
    del_cliente,
    donde,
    existente,
    lista,
    principal,
)
from .removing import borrar
from .schemas import (
    ContactoConCliente,
    ContactoCreado,
    ContactoNuevo,
    ContactoParche,
    ContactoPublico,
    FiltrosContactos,
)
from .service import crear, modificar

__all__ = [
    "ORDENES",
    "Contacto",
    "ContactoConCliente",
    "ContactoCreado",
    "ContactoNuevo",
    "ContactoParche",
    "ContactoPublico",
    "FiltrosContactos",
    "Vinculo",
    "borrar",
    "con_correo",
    "con_referencia",
    "crear",
    "del_cliente",
    "donde",
    "existente",
    "lista",
    "modificar",
    "por_clave",
    "principal",
    "shown_all",
]
