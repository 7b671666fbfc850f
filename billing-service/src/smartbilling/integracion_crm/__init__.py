"""The delivery of invoices and payments to the CRM."""

from .client import CrmClient
from .consulta import ClienteConsultado, Consulta
from .integration import IntegracionCrm
from .models import DestinoCrm, EntregaFactura, MensajeCrm, PausaCrm
from .outbox import Mensaje, avisar, destino_de, destino_de_factura, facturas_del_cliente
from .routes import router
from .worker import Pace, Worker

__all__ = [
    "ClienteConsultado",
    "Consulta",
    "CrmClient",
    "DestinoCrm",
    "EntregaFactura",
    "IntegracionCrm",
    "Mensaje",
    "MensajeCrm",
    "Pace",
    "PausaCrm",
    "Worker",
    "avisar",
    "destino_de",
    "destino_de_factura",
    "facturas_del_cliente",
    "router",
]
