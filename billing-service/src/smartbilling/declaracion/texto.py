"""What the producer declares: title and letters a–l, in the order of Orden HAC/1177/2024 art. 15.1."""

from dataclasses import dataclass
from datetime import date
from typing import Any

TITULO = "DECLARACIÓN RESPONSABLE DEL SISTEMA INFORMÁTICO DE FACTURACIÓN"

_COMPONENTES = (
    "Software: el servicio de facturación, con su API web, sobre una base de datos SQLite o PostgreSQL. No "
    "incluye hardware. Emite facturas completas, simplificadas y rectificativas, las numera, y genera en la "
    "misma operación su registro de facturación de alta o de anulación, con su huella, encadenado al "
    "anterior; conserva los registros inalterados, los comprueba, avisa de lo que no cuadra, los muestra y "
    "los exporta; imprime en cada factura su código QR."
)
_SOLO_VERIFACTU = "No. La modalidad se fija para cada instalación cuando se crea y no cambia después."
_VARIOS_OBLIGADOS = (
    "Sí. Varios obligados tributarios pueden facturar con él, cada uno con sus instalaciones, sus cadenas de "
    "registros y sus datos separados de los demás."
)
_FIRMAS = (
    "Ninguna en esta versión: solo crea instalaciones que funcionan como «VERI*FACTU», que no firman sus "
    "registros, y no admite otras."
)
_CUMPLE = (
    "La entidad productora hace constar que este sistema informático, en la versión indicada, cumple con lo "
    "dispuesto en el artículo 29.2.j) de la Ley 58/2003, de 17 de diciembre, General Tributaria, en el "
    "Reglamento aprobado por el Real Decreto 1007/2023, de 5 de diciembre, en la Orden HAC/1177/2024, de 17 "
    "de octubre, y en la sede electrónica de la Agencia Estatal de Administración Tributaria para todo "
    "aquello que complete las especificaciones de dicha orden"
)
_SALVO = ", salvo en lo que esta versión no hace todavía, por lo que no debe usarse aún para cumplirlos: {}."
SALVEDADES = (
    (
        "remision_a_la_aeat",
        "no remite los registros a la Agencia Tributaria (artículo 16 del reglamento; 16 y 17 de la orden)",
    ),
    (
        "registro_de_eventos",
        "no lleva el registro de eventos (artículos 8.3 del reglamento y 9 de la orden)",
    ),
    (
        "firma_de_los_registros",
        "no firma electrónicamente los registros (artículos 12 del reglamento y 14 de la orden)",
    ),
)
"""What the law asks and this version does not do yet, each with its name: a producer may not certify more."""

_ENUNCIADOS = (
    "Nombre del sistema informático",
    "Código identificador del sistema informático",
    "Identificador completo de la versión del sistema informático",
    "Componentes del sistema informático y sus principales funcionalidades",
    "Si el sistema informático solo puede funcionar exclusivamente como «VERI*FACTU»",
    "Si el sistema informático permite ser usado por varios obligados tributarios",
    "Tipos de firma de los registros de facturación y de evento cuando no se use como «VERI*FACTU»",
    "Nombre o razón social de la persona o entidad productora del sistema informático",
    "Número de identificación fiscal (NIF) de la persona o entidad productora",
    "Dirección postal completa de contacto de la persona o entidad productora",
    "Manifestación de cumplimiento",
    "Fecha y lugar en que se suscribe esta declaración responsable",
)
_FALTA = "(por completar)"


@dataclass(frozen=True, slots=True)
class Declarante:
    """The system, its producer, and where and when the declaration is signed (None: the day it is kept).

    `por_completar` names the settings that nobody has set, whose place the text shows, and `salvedades` what
    the law asks and the version does not do: its names and words.
    """

    sistema: str
    id_sistema: str
    version: str
    nombre: str
    nif: str
    direccion: str | None
    lugar: str | None
    fecha: date | None
    por_completar: tuple[str, ...] = ()
    salvedades: tuple[tuple[str, str], ...] = SALVEDADES


def redactar(declarante: Declarante, fecha: date) -> dict[str, Any]:
    """The declaration as plain JSON: what is kept, shown and printed. `fecha`: when it is signed."""
    textos = (
        declarante.sistema,
        declarante.id_sistema,
        declarante.version,
        _COMPONENTES,
        _SOLO_VERIFACTU,
        _VARIOS_OBLIGADOS,
        _FIRMAS,
        declarante.nombre,
        declarante.nif,
        declarante.direccion or _FALTA,
        _cumple(declarante),
        f"{fecha:%d-%m-%Y}, {declarante.lugar or _FALTA}",
    )
    return {
        "titulo": TITULO,
        "partes": [
            {"letra": letra, "enunciado": enunciado, "texto": texto}
            for letra, enunciado, texto in zip("abcdefghijkl", _ENUNCIADOS, textos, strict=True)
        ],
        "fecha": fecha.isoformat(),
        "por_completar": [*declarante.por_completar, *(nombre for nombre, _ in declarante.salvedades)],
    }


def _cumple(declarante: Declarante) -> str:
    dichas = "; ".join(texto for _, texto in declarante.salvedades)
    return _CUMPLE + (_SALVO.format(dichas) if dichas else ".")


def entera(datos: dict[str, Any]) -> str:
    """The whole text of a kept declaration, as people read it."""
    partes = [f"{parte['letra']}) {parte['enunciado']}:\n{parte['texto']}" for parte in datos["partes"]]
    return "\n\n".join([datos["titulo"], *partes]) + "\n"
