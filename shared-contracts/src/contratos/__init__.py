"""What crosses the wire between the services, and the words both use for a refusal."""

from .base import Entrada, Parche, Salida
from .crm import CONTRATO
from .errors import (
    DomainError,
    Fact,
    Fault,
    Forbidden,
    InvalidData,
    Moved,
    NotFound,
    Overloaded,
    StaleVersion,
    TooManyAttempts,
    Unauthenticated,
    invalid,
)
from .identidad import SCOPES_DE_ROL, Rol, Scope

__all__ = [
    "CONTRATO",
    "SCOPES_DE_ROL",
    "DomainError",
    "Entrada",
    "Fact",
    "Fault",
    "Forbidden",
    "InvalidData",
    "Moved",
    "NotFound",
    "Overloaded",
    "Parche",
    "Rol",
    "Salida",
    "Scope",
    "StaleVersion",
    "TooManyAttempts",
    "Unauthenticated",
    "invalid",
]
