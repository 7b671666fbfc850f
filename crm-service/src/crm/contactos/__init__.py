"""Contacts: the people one speaks with at a client's."""

from .answers import shown_all
from .models import Contacto, Vinculo
from .queries import ORDENES, con_correo, lista
from .schemas import ContactoNuevo, ContactoPublico, FiltrosContactos
from .service import crear

__all__ = [
    "ORDENES",
    "Contacto",
    "ContactoNuevo",
    "ContactoPublico",
    "FiltrosContactos",
    "Vinculo",
    "con_correo",
    "crear",
    "lista",
    "shown_all",
]
