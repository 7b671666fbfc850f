"""VERI*FACTU: records, their chain and its verification. Pure: no clock, no database, no network."""

from .altas import Grupo, OtroId, Parte, alta_como_json, grupo_de_json
from .anterior import anterior_de_su_xml, se_puede_nombrar
from .banderas import Banderas, EnAeat, banderas_de_alta, banderas_de_anulacion
from .cadena import ZONAS, Alarma, comprobar_anterior, en_zona, instante_siguiente
from .contexto import Asiento, Cabeza, Comienzo, Contexto
from .datos import (
    DatosAlta,
    DatosAnulacion,
    FacturaReferida,
    ImporteRectificacion,
    Interviniente,
    RegistroAnterior,
    RegistroConstruido,
    SistemaInformatico,
    TipoRegistro,
)
from .esquema import validar
from .facturas import (
    Altas,
    FacturaGuardada,
    FacturaIlegible,
    RegistroPropio,
    factura_guardada,
    leer_factura,
    leer_registro,
    situacion_de,
)
from .formato import RegistroImposible
from .hallazgos import Hallazgo, RegistroGuardado
from .huella import huella_alta, huella_anulacion, huella_evento
from .numeracion import Cuenta, Cuentas
from .puntos import CAMPOS_DE_PUNTO, DIGESTO, Punto, Vigia
from .qr import HOST_PRODUCCION, HOST_PRUEBAS, url_qr
from .registros import construir_alta, construir_anulacion
from .remision import remision
from .resumen import resumen, resumen_de, texto_canonico
from .valores import ERRORES_DE_FORMA, euros
from .vecinos import Vecindad, comprobar_vecinos
from .verificacion import Sano, Tramo, Visto, examinar, verificar, verificar_tramos

__all__ = [
    "CAMPOS_DE_PUNTO",
    "DIGESTO",
    "ERRORES_DE_FORMA",
    "HOST_PRODUCCION",
    "HOST_PRUEBAS",
    "ZONAS",
    "Alarma",
    "Altas",
    "Asiento",
    "Banderas",
    "Cabeza",
    "Comienzo",
    "Contexto",
    "Cuenta",
    "Cuentas",
    "DatosAlta",
    "DatosAnulacion",
    "EnAeat",
    "FacturaGuardada",
    "FacturaIlegible",
    "FacturaReferida",
    "Grupo",
    "Hallazgo",
    "ImporteRectificacion",
    "Interviniente",
    "OtroId",
    "Parte",
    "Punto",
    "RegistroAnterior",
    "RegistroConstruido",
    "RegistroGuardado",
    "RegistroImposible",
    "RegistroPropio",
    "Sano",
    "SistemaInformatico",
    "TipoRegistro",
    "Tramo",
    "Vecindad",
    "Vigia",
    "Visto",
    "alta_como_json",
    "anterior_de_su_xml",
    "banderas_de_alta",
    "banderas_de_anulacion",
    "comprobar_anterior",
    "comprobar_vecinos",
    "construir_alta",
    "construir_anulacion",
    "en_zona",
    "euros",
    "examinar",
    "factura_guardada",
    "grupo_de_json",
    "huella_alta",
    "huella_anulacion",
    "huella_evento",
    "instante_siguiente",
    "leer_factura",
    "leer_registro",
    "remision",
    "resumen",
    "resumen_de",
    "se_puede_nombrar",
    "situacion_de",
    "texto_canonico",
    "url_qr",
    "validar",
    "verificar",
    "verificar_tramos",
]
