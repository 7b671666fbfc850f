"""Clients: whom the company sells to, or hopes to."""

from .models import Cliente
from .queries import con_correo, existente
from .schemas import ClienteAlta
from .service import crear, modificar
from .turns import take as turno
from .upsert import upsert

__all__ = ["Cliente", "ClienteAlta", "con_correo", "crear", "existente", "modificar", "turno", "upsert"]
