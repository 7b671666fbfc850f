"""Activities: what was done with a client, and what has to be."""

from .answers import created, en_agenda, vistas
from .externas import restaurar, retirar
from .keyed import por_clave
from .keyed_schemas import ActividadConCliente, ActividadParcheConCliente
from .models import Actividad, FacturaSustituida, Participante, Subtipo, SumaDeActividades
from .queries import (
    DE_AGENDA,
    DE_RECORDATORIOS,
    ORDENES,
    agenda,
    de_referencia,
    de_todos,
    en_fecha,
    existente,
    notas,
    recordatorios,
    vencidas,
    vencidas_por_responsable,
)
from .removing import borrar
from .repeticion import Cada, Repeticion
from .schemas import (
    MAX_PARTICIPANTES,
    ActividadDada,
    ActividadEnAgenda,
    ActividadParche,
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
    "ActividadConCliente",
    "ActividadDada",
    "ActividadEnAgenda",
    "ActividadParche",
    "ActividadParcheConCliente",
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
    "borrar",
    "crear",
    "created",
    "de_referencia",
    "de_todos",
    "en_agenda",
    "en_fecha",
    "existente",
    "modificar",
    "notas",
    "por_clave",
    "propios",
    "recordatorios",
    "restaurar",
    "retirar",
    "vencidas",
    "vencidas_por_responsable",
    "vistas",
]
