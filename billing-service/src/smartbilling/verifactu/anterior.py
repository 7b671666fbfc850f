"""What a new record says of the one before it, when that one is damaged.

A broken past never stops invoicing (Orden HAC/1177/2024 art. 7.i): a record names the one before as its
columns say; where what they say is nothing that a record can name, as its bytes do.
"""

from datetime import UTC, date, datetime

from .datos import DatosAnulacion, RegistroAnterior, SistemaInformatico
from .esquema import validar
from .formato import RegistroImposible
from .hallazgos import instante_de
from .lectura import RegistroIlegible, RegistroLeido, abrir, leer
from .registros import construir_anulacion

_UN_DIA = date(2024, 10, 28)
_UN_INSTANTE = datetime(2024, 10, 28, tzinfo=UTC)
_UN_SISTEMA = SistemaInformatico(
    nombre_razon="-",
    nif="B00000000",
    nombre_sistema="-",
    id_sistema="SB",
    version="-",
    numero_instalacion="-",
    multiples_ot=False,
)
_UNA_ANULACION = DatosAnulacion(emisor_nif="B00000000", numero="1", fecha_expedicion=_UN_DIA)


def se_puede_nombrar(anterior: RegistroAnterior) -> bool:
    """Whether the official schema takes a record that follows `anterior`."""
    try:
        hecho = construir_anulacion(_UNA_ANULACION, _UN_SISTEMA, anterior, _UN_INSTANTE)
    except RegistroImposible:
        return False
    return not validar(hecho.xml)


def anterior_de_su_xml(xml: bytes) -> tuple[RegistroAnterior, datetime] | None:
    """What the bytes of a record say of it, and its instant in UTC; None when they say nothing of use."""
    leido = _leido(xml)
    instante = instante_de(leido.fecha_hora_huso) if leido else None
    if leido is None or instante is None:
        return None
    emisor, numero, fecha, huella = leido.propio
    try:
        dia = datetime.strptime(fecha, "%d-%m-%Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
    anterior = RegistroAnterior(emisor, numero, dia, huella)
    return (anterior, instante) if se_puede_nombrar(anterior) else None


def _leido(xml: bytes) -> RegistroLeido | None:
    try:
        return leer(abrir(xml), [])
    except RegistroIlegible:
        return None
