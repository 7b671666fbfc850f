"""The delivery of invoices and payments to the CRM."""

from .acciones import es_correccion, es_retirada, sin_accion
from .client import CrmClient
from .consulta import ClienteConsultado, Consulta
from .contraste import Contraste, CrmNoDisponible, CrmSinConciliacion
from .correccion import Correccion, borrar, corregir, pendientes_de_retirar, retirar
from .identidades import Identidades
from .integration import IntegracionCrm
from .models import ClienteFusionado, DestinoCrm, EntregaFactura, MensajeCrm, PausaCrm
from .outbox import (
    SIN_IDENTIFICAR,
    Mensaje,
    avisar,
    dado,
    destino_de,
    destino_de_factura,
    facturas_del_cliente,
)
from .routes import Crm, router
from .schemas import Reintentos, ReintentosHechos
from .service import reintentar
from .worker import Pace, Worker

__all__ = [
    "SIN_IDENTIFICAR",
    "ClienteConsultado",
    "ClienteFusionado",
    "Consulta",
    "Contraste",
    "Correccion",
    "Crm",
    "CrmClient",
    "CrmNoDisponible",
    "CrmSinConciliacion",
    "DestinoCrm",
    "EntregaFactura",
    "Identidades",
    "IntegracionCrm",
    "Mensaje",
    "MensajeCrm",
    "Pace",
    "PausaCrm",
    "Reintentos",
    "ReintentosHechos",
    "Worker",
    "avisar",
    "borrar",
    "corregir",
    "dado",
    "destino_de",
    "destino_de_factura",
    "es_correccion",
    "es_retirada",
    "facturas_del_cliente",
    "pendientes_de_retirar",
    "reintentar",
    "retirar",
    "router",
    "sin_accion",
]
