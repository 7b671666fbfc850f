"""Activities: what was done with a client, and what has to be."""

from .externas import restaurar, retirar
from .models import Actividad
from .queries import vencidas
from .schemas import ActividadVista
from .service import crear, modificar

__all__ = ["Actividad", "ActividadVista", "crear", "modificar", "restaurar", "retirar", "vencidas"]
