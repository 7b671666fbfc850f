"""The clock of a chain, and the look back that each new record takes at the one before it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from . import hallazgos
from .datos import RegistroAnterior
from .esquema import validar_elemento
from .formato import fecha
from .hallazgos import MARGEN_RELOJ, Hallazgo, RegistroGuardado
from .lectura import Enlace, RegistroIlegible, abrir, leer
from .reconocimiento import es_integro

ZONAS = ("Europe/Madrid", "Atlantic/Canary")
"""The zones in which a company may issue."""


@dataclass(frozen=True, slots=True)
class Alarma:
    """Something that a person must look at, and that stops nothing (Orden HAC/1177/2024 art. 6.f)."""

    codigo: str
    mensaje: str


def instante_siguiente(ahora: datetime, ultimo: datetime | None) -> tuple[datetime, Alarma | None]:
    """The instant of the next record, in whole seconds, with the offset of `ahora`.

    Both are aware. When `ahora` is up to one minute before the chain's last instant, that instant again;
    when it is more, the real time, and an alarm.
    Source: Orden HAC/1177/2024 arts. 7.f, 7.i.
    """
    real = ahora.replace(microsecond=0)
    # two datetimes of one zone compare by the clock on the wall, which repeats an hour each October
    atraso = timedelta(0) if ultimo is None else ultimo.astimezone(UTC) - real.astimezone(UTC)
    if ultimo is None or atraso <= timedelta(0):
        return real, None
    if atraso <= MARGEN_RELOJ:
        return ultimo.astimezone(real.tzinfo), None
    return real, Alarma(
        "reloj_atrasado",
        f"El reloj marca {real.isoformat()} y el último registro es de {ultimo.isoformat()}: "
        "comprueba la hora.",
    )


def en_zona(instante: datetime, zona: str) -> datetime:
    """`instante` with the offset that a company in `zona` (one of ZONAS) had then. Raises ValueError."""
    if zona not in ZONAS:
        raise ValueError(f"{zona} is not a zone in which invoices are issued")
    return instante.astimezone(ZoneInfo(zona))


def comprobar_anterior(
    ultimo: RegistroGuardado, penultimo: RegistroAnterior | None, ahora: datetime
) -> tuple[Hallazgo, ...]:
    """What is wrong with the last record, looked at before making the next one.

    The schema, its huella, columns and sums, that it points at `penultimo` (None: it is the first), and that
    its instant is at most one minute after `ahora`. Never raises for a broken record: a broken past never
    stops invoicing.
    Source: Orden HAC/1177/2024 art. 7.i.
    """
    try:
        raiz = abrir(ultimo.xml)
    except RegistroIlegible:
        return (Hallazgo(ultimo.id, "xml_ilegible", f"No se puede leer el registro de {ultimo.numero}."),)
    faltas = validar_elemento(raiz)
    esperado = None
    if penultimo is not None:
        esperado = Enlace(
            penultimo.emisor_nif, penultimo.numero, fecha(penultimo.fecha_expedicion), penultimo.huella
        )
        instante = hallazgos.instante_de(ultimo.fecha_hora_huso)
        if not faltas and instante == ultimo.instante and es_integro(ultimo, esperado):
            return hallazgos.de_instante(ultimo, instante, None, ahora.astimezone(UTC))
    leido = leer(raiz, faltas)
    instante = hallazgos.instante_de(leido.fecha_hora_huso)
    return (
        *hallazgos.de_esquema(ultimo, leido),
        *hallazgos.de_huella(ultimo, leido),
        *hallazgos.de_columnas(ultimo, leido),
        *hallazgos.de_desglose(ultimo, leido),
        *hallazgos.de_enlace(ultimo, leido, esperado),
        *hallazgos.de_instante(ultimo, instante, None, ahora.astimezone(UTC)),
    )
