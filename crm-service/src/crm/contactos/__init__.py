"""Contacts: the people one speaks with at a client's."""

from .models import Contacto
from .queries import con_correo
from .schemas import ContactoNuevo
from .service import crear

__all__ = ["Contacto", "ContactoNuevo", "con_correo", "crear"]
