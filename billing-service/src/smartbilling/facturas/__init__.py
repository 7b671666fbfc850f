"""Invoices and their drafts: issued, read, listed, annulled."""

from .borradores import crear as crear_borrador
from .conocidas import Conocidas
from .deps import Firma
from .ejemplos import EN_LISTA as EJEMPLO_EN_LISTA
from .models import (
    Desglose,
    Factura,
    FacturaSituacion,
    Linea,
)
from .para_crm import cliente_del_crm
from .queries import del_cliente, en_lista, releer, respuesta, una
from .schemas import FacturaEnLista, FacturaNueva, FacturaPublica
from .service import (
    emitida,
    preparar_alta,
    preparar_anulacion,
    preparar_emision_de_borrador,
    situacion,
)
from .sistema import Productor

__all__ = [
    "EJEMPLO_EN_LISTA",
    "Conocidas",
    "Desglose",
    "Factura",
    "FacturaEnLista",
    "FacturaNueva",
    "FacturaPublica",
    "FacturaSituacion",
    "Firma",
    "Linea",
    "Productor",
    "cliente_del_crm",
    "crear_borrador",
    "del_cliente",
    "emitida",
    "en_lista",
    "preparar_alta",
    "preparar_anulacion",
    "preparar_emision_de_borrador",
    "releer",
    "respuesta",
    "situacion",
    "una",
]
