"""The audit trail: who did what and when."""

from .models import Auditoria, AuditoriaValores
from .service import anotar, apunte

__all__ = ["Auditoria", "AuditoriaValores", "anotar", "apunte"]
