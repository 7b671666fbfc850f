"""Custom fields: what a company wants to know of its clients and contacts, each of a type."""

from .models import Campo
from .queries import vivos
from .schemas import Valores
from .service import comprobados
from .tipos import Entidad

__all__ = ["Campo", "Entidad", "Valores", "comprobados", "vivos"]
