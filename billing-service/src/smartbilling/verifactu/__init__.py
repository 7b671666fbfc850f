"""VERI*FACTU: records, their chain and its verification. Pure: no clock, no database, no network."""

from .cadena import ZONAS, Alarma, comprobar_anterior, en_zona, instante_siguiente
from .cruce import FacturaGuardada
from .datos import (
    DatosAlta,
    DatosAnulacion,
    RegistroAnterior,
    RegistroConstruido,
    SistemaInformatico,
    TipoRegistro,
)
from .esquema import validar
from .formato import RegistroImposible
from .hallazgos import Hallazgo, RegistroGuardado
from .huella import huella_alta, huella_anulacion, huella_evento
from .qr import HOST_PRODUCCION, HOST_PRUEBAS, url_qr
from .registros import construir_alta, construir_anulacion
from .verificacion import Cabeza, verificar, verificar_cadena

__all__ = [
    "HOST_PRODUCCION",
    "HOST_PRUEBAS",
    "ZONAS",
    "Alarma",
    "Cabeza",
    "DatosAlta",
    "DatosAnulacion",
    "FacturaGuardada",
    "Hallazgo",
    "RegistroAnterior",
    "RegistroConstruido",
    "RegistroGuardado",
    "RegistroImposible",
    "SistemaInformatico",
    "TipoRegistro",
    "comprobar_anterior",
    "construir_alta",
    "construir_anulacion",
    "en_zona",
    "huella_alta",
    "huella_anulacion",
    "huella_evento",
    "instante_siguiente",
    "url_qr",
    "validar",
    "verificar",
    "verificar_cadena",
]
