"""Companies: whose data the CRM keeps."""

from .models import Empresa
from .service import EmpresaNueva, asegurar, dias, existente, todas, zona

__all__ = ["Empresa", "EmpresaNueva", "asegurar", "dias", "existente", "todas", "zona"]
