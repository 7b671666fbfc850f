"""Who did what and when: a row for every change."""

from .models import Auditoria, AuditoriaValores
from .service import Acto, anotar

__all__ = ["Acto", "Auditoria", "AuditoriaValores", "anotar"]
