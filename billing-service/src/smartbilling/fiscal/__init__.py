"""The fiscal rules of an invoice. Pure: no clock, no database, no network."""

from .comprobacion import FacturaComprobada, aprobar, comprobar
from .descripcion import descripcion_de_lineas
from .estados import PERMITIDAS, Estado, TransicionInvalida, mover, permitidas
from .lineas import Linea, resolver_linea
from .money import CENT, CERO, exact, round_cents
from .propuesta import Destinatario, FacturaPropuesta, IdOtro
from .saldo import DevolucionExcesiva, PagoExcesivo, Saldo
from .series import FORMATO, Reinicio, es_numero_valido, faltas_de_formato, formatear
from .totals import GrupoDesglose, Redondeo, Totales, calcular

__all__ = [
    "CENT",
    "CERO",
    "FORMATO",
    "PERMITIDAS",
    "Destinatario",
    "DevolucionExcesiva",
    "Estado",
    "FacturaComprobada",
    "FacturaPropuesta",
    "GrupoDesglose",
    "IdOtro",
    "Linea",
    "PagoExcesivo",
    "Redondeo",
    "Reinicio",
    "Saldo",
    "Totales",
    "TransicionInvalida",
    "aprobar",
    "calcular",
    "comprobar",
    "descripcion_de_lineas",
    "es_numero_valido",
    "exact",
    "faltas_de_formato",
    "formatear",
    "mover",
    "permitidas",
    "resolver_linea",
    "round_cents",
]
