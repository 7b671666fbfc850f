"""Roles and scopes, and the claims of the tokens that open both services."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Scope(StrEnum):
    """What a caller may do."""

    FACTURAS_LEER = "facturas:leer"
    FACTURAS_ESCRIBIR = "facturas:escribir"
    CRM_LEER = "crm:leer"
    CRM_ESCRIBIR = "crm:escribir"
    EMPRESA_ADMINISTRAR = "empresa:administrar"
    PLATAFORMA = "plataforma"


class Rol(StrEnum):
    """What a user is in a company."""

    ADMIN = "admin"
    FACTURACION = "facturacion"
    COMERCIAL = "comercial"
    LECTURA = "lectura"


_READ = frozenset({Scope.FACTURAS_LEER, Scope.CRM_LEER})
_CRM = frozenset({Scope.CRM_LEER, Scope.CRM_ESCRIBIR})
_INVOICES = frozenset({Scope.FACTURAS_LEER, Scope.FACTURAS_ESCRIBIR})

SCOPES_DE_ROL: Mapping[Rol, frozenset[Scope]] = MappingProxyType(
    {
        Rol.ADMIN: _INVOICES | _CRM | {Scope.EMPRESA_ADMINISTRAR},
        Rol.FACTURACION: _INVOICES | _CRM,
        Rol.COMERCIAL: _CRM | {Scope.FACTURAS_LEER},
        Rol.LECTURA: _READ,
    }
)

AUDIENCIA_BILLING = "billing"
AUDIENCIA_CRM = "crm"
SERVICIO_BILLING = "servicio:billing"
SCOPES_DEL_SERVICIO = _CRM
