"""The fiscal rules of an invoice. Pure: no clock, no database, no network."""

from .comprobacion import FacturaComprobada, aprobar, comprobar
from .correcciones import Correccion, Via, correcciones
from .descripcion import descripcion_de_lineas
from .estados import PERMITIDAS, Estado, TransicionInvalida, mover, permitidas
from .lineas import Linea, resolver_linea
from .money import CENT, CERO, exact, round_cents
from .motivos_de_correccion import ANULAR, CAMBIAR, RECTIFICAR, YA_ANULADA
from .propuesta import Destinatario, EmitidaPor, FacturaCitada, FacturaPropuesta, IdOtro, Rectificacion
from .rectificables import obligan_a_rectificar
from .reglas_destinatarios import identificados
from .reglas_identidad import tercero
from .saldo import DevolucionExcesiva, PagoExcesivo, Saldo
from .series import FORMATO, Reinicio, es_numero_valido, faltas_de_formato, formatear
from .totals import GrupoDesglose, Redondeo, Totales, calcular

__all__ = [
    "ANULAR",
    "CAMBIAR",
    "CENT",
    "CERO",
    "FORMATO",
    "PERMITIDAS",
    "RECTIFICAR",
    "YA_ANULADA",
    "Correccion",
    "Destinatario",
    "DevolucionExcesiva",
    "EmitidaPor",
    "Estado",
    "FacturaCitada",
    "FacturaComprobada",
    "FacturaPropuesta",
    "GrupoDesglose",
    "IdOtro",
    "Linea",
    "PagoExcesivo",
    "Rectificacion",
    "Redondeo",
    "Reinicio",
    "Saldo",
    "Totales",
    "TransicionInvalida",
    "Via",
    "aprobar",
    "calcular",
    "comprobar",
    "correcciones",
    "descripcion_de_lineas",
    "es_numero_valido",
    "exact",
    "faltas_de_formato",
    "formatear",
    "identificados",
    "mover",
    "obligan_a_rectificar",
    "permitidas",
    "resolver_linea",
    "round_cents",
    "tercero",
]
