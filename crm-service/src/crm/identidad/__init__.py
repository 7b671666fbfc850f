"""Who may use the CRM: its own API keys, and whom billing vouches for."""

from .authentication import Authenticator
from .issuer import Issuer
from .models import ClaveApi, ClaveEmisor
from .service import ClaveNueva, crear_clave

__all__ = ["Authenticator", "ClaveApi", "ClaveEmisor", "ClaveNueva", "Issuer", "crear_clave"]
