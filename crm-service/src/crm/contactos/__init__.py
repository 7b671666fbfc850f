"""Contacts: the people one speaks with at a client's."""

from .answers import shown_all
from .keyed import por_clave
from .models import Contacto, Vinculo
from .queries import ORDENES, con_correo, lista
from .schemas import ContactoConCliente, ContactoCreado, ContactoNuevo, ContactoPublico, FiltrosContactos
from .service import crear

__all__ = [
    "ORDENES",
    "Contacto",
    "ContactoConCliente",
    "ContactoCreado",
    "ContactoNuevo",
    "ContactoPublico",
    "FiltrosContactos",
    "Vinculo",
    "con_correo",
    "crear",
    "lista",
    "por_clave",
    "shown_all",
]
