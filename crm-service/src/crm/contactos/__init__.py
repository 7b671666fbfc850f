"""Contacts: the people one speaks with at a client's."""

from .models import Contacto
from .schemas import ContactoNuevo
from .service import crear

__all__ = ["Contacto", "ContactoNuevo", "crear"]
