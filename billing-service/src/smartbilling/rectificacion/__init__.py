"""Invoices that rectify or replace others: which they name, what they settle, their series."""

from .citas import RECTIFICATIVAS, Cita, buscar, pedidas, vinculos_vivos
from .compensacion import DIFERENCIA, SUSTITUCION, deshacer, exclusiva, reajustar
from .enlace import Enlace
from .importes import con_lo_que_sustituye
from .recuperacion import RecuperacionImposible, lo_que_impide_recuperar, rehacer
from .serie import de_la_empresa as serie_de_rectificativas
from .serie import por_crear as serie_por_crear

__all__ = [
    "DIFERENCIA",
    "RECTIFICATIVAS",
    "SUSTITUCION",
    "Cita",
    "Enlace",
    "RecuperacionImposible",
    "buscar",
    "con_lo_que_sustituye",
    "deshacer",
    "exclusiva",
    "lo_que_impide_recuperar",
    "pedidas",
    "reajustar",
    "rehacer",
    "serie_de_rectificativas",
    "serie_por_crear",
    "vinculos_vivos",
]
