"""How somebody is reached: phones in E.164, e-mails and postal addresses. Pure: no database."""

from .correos import email_key
from .schemas import (
    Correos,
    CorreoVisto,
    Direcciones,
    DireccionVista,
    Idioma,
    Telefonos,
    TelefonoVisto,
    Web,
)
from .telefonos import Telefono, e164

__all__ = [
    "CorreoVisto",
    "Correos",
    "DireccionVista",
    "Direcciones",
    "Idioma",
    "Telefono",
    "TelefonoVisto",
    "Telefonos",
    "Web",
    "e164",
    "email_key",
]
