"""Invoices are issued: checked, numbered, written with their record."""

from .alta import Alta
from .conocidas import Conocidas
from .datos import datos_de_alta
from .deps import Firma
from .lectura import todas_las_faltas
from .propuesta import Aprobada, como_propuesta
from .service import preparar_alta, preparar_emision_de_borrador, preparar_rectificadora
from .sistema import ID_SISTEMA, NOMBRE_SISTEMA, Productor, sello

__all__ = [
    "ID_SISTEMA",
    "NOMBRE_SISTEMA",
    "Alta",
    "Aprobada",
    "Conocidas",
    "Firma",
    "Productor",
    "como_propuesta",
    "datos_de_alta",
    "preparar_alta",
    "preparar_emision_de_borrador",
    "preparar_rectificadora",
    "sello",
    "todas_las_faltas",
]
