"""Who may use the CRM: its own API keys, and whom billing vouches for."""

from .authentication import Authenticator
from .issuer import Issuer
from .metrics import figures
from .models import ClaveApi, ClaveEmisor, RevocacionEmisor
from .service import ClaveNueva, claves, crear_clave, revocar_clave

__all__ = [
    "Authenticator",
    "ClaveApi",
    "ClaveEmisor",
    "ClaveNueva",
    "Issuer",
    "RevocacionEmisor",
    "claves",
    "crear_clave",
    "figures",
    "revocar_clave",
]
