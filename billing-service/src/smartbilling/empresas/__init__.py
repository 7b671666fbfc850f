"""Companies and their installations."""

from .models import Empresa, Instalacion
from .schemas import (
    EmpresaCambios,
    EmpresaCreada,
    EmpresaNueva,
    EmpresaPublica,
    InstalacionPublica,
    ZonaHoraria,
)
from .service import (
    DatosFiscalesFijados,
    Entorno,
    NifDuplicado,
    cambiar,
    crear,
    empresa,
    hoy,
    instalacion,
    mostrar,
    primera_instalacion,
    zona,
)

__all__ = [
    "DatosFiscalesFijados",
    "Empresa",
    "EmpresaCambios",
    "EmpresaCreada",
    "EmpresaNueva",
    "EmpresaPublica",
    "Entorno",
    "Instalacion",
    "InstalacionPublica",
    "NifDuplicado",
    "ZonaHoraria",
    "cambiar",
    "crear",
    "empresa",
    "hoy",
    "instalacion",
    "mostrar",
    "primera_instalacion",
    "zona",
]
