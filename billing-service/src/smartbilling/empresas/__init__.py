"""Companies and their installations."""

from .imagen import BYTES_MAXIMOS as BYTES_DE_LOGO
from .imagen import TIPOS as TIPOS_DE_LOGO
from .imagen import Imagen, limpia
from .logos import etiqueta as etiqueta_de_logo
from .logos import logo, sin_logo
from .logos import poner as poner_logo
from .logos import quitar as quitar_logo
from .models import Empresa, Instalacion, Logo
from .obligacion import FechasDeObligacion
from .queries import instalaciones_de
from .schemas import (
    EmpresaCambios,
    EmpresaCreada,
    EmpresaNueva,
    EmpresaPublica,
    InstalacionNueva,
    InstalacionPublica,
    LogoPublico,
    ZonaHoraria,
)
from .service import (
    DatosFiscalesFijados,
    Entorno,
    NifDuplicado,
    cambiar,
    crear,
    crear_instalacion,
    empresa,
    hoy,
    instalacion,
    mostrar,
    primera_instalacion,
    zona,
)

__all__ = [
    "BYTES_DE_LOGO",
    "TIPOS_DE_LOGO",
    "DatosFiscalesFijados",
    "Empresa",
    "EmpresaCambios",
    "EmpresaCreada",
    "EmpresaNueva",
    "EmpresaPublica",
    "Entorno",
    "FechasDeObligacion",
    "Imagen",
    "Instalacion",
    "InstalacionNueva",
    "InstalacionPublica",
    "Logo",
    "LogoPublico",
    "NifDuplicado",
    "ZonaHoraria",
    "cambiar",
    "crear",
    "crear_instalacion",
    "empresa",
    "etiqueta_de_logo",
    "hoy",
    "instalacion",
    "instalaciones_de",
    "limpia",
    "logo",
    "mostrar",
    "poner_logo",
    "primera_instalacion",
    "quitar_logo",
    "sin_logo",
    "zona",
]
