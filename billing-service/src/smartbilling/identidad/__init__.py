"""Users, sessions, API keys and signing keys."""

from .acceso import Acceso
from .autenticador import Autenticador
from .cambio_de_clave import cambiar_clave_de_firma
from .claves import Claves
from .claves_api import crear as crear_clave_api
from .firmante import Firmante
from .models import ClaveApi, ClaveFirma, Despliegue, Membresia, Sesion, Usuario
from .olvido import olvidar
from .queries import empresas_de, por_nombre
from .schemas import nombre_de_usuario
from .secretos import clave_inventada
from .usuarios import hacer_miembro, primer_administrador

__all__ = [
    "Acceso",
    "Autenticador",
    "ClaveApi",
    "ClaveFirma",
    "Claves",
    "Despliegue",
    "Firmante",
    "Membresia",
    "Sesion",
    "Usuario",
    "cambiar_clave_de_firma",
    "clave_inventada",
    "crear_clave_api",
    "empresas_de",
    "hacer_miembro",
    "nombre_de_usuario",
    "olvidar",
    "por_nombre",
    "primer_administrador",
]
