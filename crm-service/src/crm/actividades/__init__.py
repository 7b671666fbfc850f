"""Activities: what was done with a client, and what has to be."""

from .models import Actividad
from .queries import vencidas
from .service import crear, modificar

__all__ = ["Actividad", "crear", "modificar", "vencidas"]
