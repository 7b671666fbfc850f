"""Activities: what was done with a client, and what has to be."""

from .answers import created, vistas
from .externas import restaurar, retirar
from .models import Actividad, Participante, Subtipo
from .queries import ORDENES, existente, notas, vencidas
from .repeticion import Cada, Repeticion
from .schemas import MAX_PARTICIPANTES, ActividadDada, ActividadVista
from .service import crear, modificar

__all__ = [
    "MAX_PARTICIPANTES",
    "ORDENES",
    "Actividad",
    "ActividadDada",
    "ActividadVista",
    "Cada",
    "Participante",
    "Repeticion",
    "Subtipo",
    "crear",
    "created",
    "existente",
    "modificar",
    "notas",
    "restaurar",
    "retirar",
    "vencidas",
    "vistas",
]
