"""Activities: what was done with a client, and what has to be."""

from .answers import created, en_agenda, vistas
from .externas import restaurar, retirar
from .models import Actividad, FacturaSustituida, Participante, Subtipo, SumaDeActividades
from .queries import (
    DE_AGENDA,
    DE_RECORDATORIOS,
    ORDENES,
    agenda,
    de_todos,
    existente,
    notas,
    recordatorios,
    vencidas,
    vencidas_por_responsable,
)
from .repeticion import Cada, Repeticion
from .schemas import (
    MAX_PARTICIPANTES,
    ActividadDada,
    ActividadEnAgenda,
    ActividadVista,
    FiltrosActividades,
    FiltrosAgenda,
    FiltrosRecordatorios,
    FiltrosSubtipos,
    SubtipoVisto,
)
from .service import crear, modificar
from .subtipos import ORDENES as DE_SUBTIPOS
from .subtipos import lista as propios

__all__ = [
    "DE_AGENDA",
    "DE_RECORDATORIOS",
    "DE_SUBTIPOS",
    "MAX_PARTICIPANTES",
    "ORDENES",
    "Actividad",
    "ActividadDada",
    "ActividadEnAgenda",
    "ActividadVista",
    "Cada",
    "FacturaSustituida",
    "FiltrosActividades",
    "FiltrosAgenda",
    "FiltrosRecordatorios",
    "FiltrosSubtipos",
    "Participante",
    "Repeticion",
    "Subtipo",
    "SubtipoVisto",
    "SumaDeActividades",
    "agenda",
    "crear",
    "created",
    "de_todos",
    "en_agenda",
    "existente",
    "modificar",
    "notas",
    "propios",
    "recordatorios",
    "restaurar",
    "retirar",
    "vencidas",
    "vencidas_por_responsable",
    "vistas",
]
