"""What may be wrong with one stored record, found and named; nothing here raises for a broken record."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from . import formato
from .datos import RegistroAnterior, TipoRegistro
from .lectura import Enlace, RegistroLeido

MARGEN_RELOJ = timedelta(minutes=1)
"""How far a clock may be off (Orden HAC/1177/2024 arts. 7.f, 7.i)."""

_INSTANTE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Hallazgo:
    """One thing that is wrong: with which record (or, where it has none, which invoice), and why."""

    registro: str
    codigo: str
    mensaje: str


@dataclass(slots=True, kw_only=True)  # frozen would take five times as long to make, for each record
class RegistroGuardado:
    """A record as the database keeps it: its bytes, and the columns copied from them.

    `secuencia` counts 1, 2, 3… within the installation, `orden` among the records of its kind of its invoice.
    `huella_anterior` is empty in the first. Totals in euros, two decimals; None in an anulación.
    """

    id: str
    secuencia: int
    tipo: TipoRegistro
    factura_id: str
    emisor_nif: str
    numero: str
    fecha_expedicion: date
    xml: bytes
    huella: str
    huella_anterior: str
    fecha_hora_huso: str
    instante: datetime
    orden: int = 1
    cuota_total: Decimal | None = None
    importe_total: Decimal | None = None

    def como_anterior(self) -> RegistroAnterior:
        """What the next record of the chain says of this one."""
        return RegistroAnterior(self.emisor_nif, self.numero, self.fecha_expedicion, self.huella)


Hallazgos = tuple[Hallazgo, ...]

_NADA: Hallazgos = ()
_COLUMNAS = (
    "tipo",
    "emisor_nif",
    "numero",
    "fecha_expedicion",
    "huella",
    "huella_anterior",
    "fecha_hora_huso",
    "instante",
    "cuota_total",
    "importe_total",
)
_IMPORTES = frozenset({"cuota_total", "importe_total"})


def de_esquema(registro: RegistroGuardado, leido: RegistroLeido) -> Hallazgos:
    """The official schema refuses the record."""
    if not leido.faltas:
        return _NADA
    mensaje = f"El registro de {registro.numero} no cumple el esquema oficial: {leido.faltas[0]}"
    return (Hallazgo(registro.id, "xsd_invalido", mensaje),)


def de_huella(registro: RegistroGuardado, leido: RegistroLeido) -> Hallazgos:
    """The huella in the XML is not the one its fields give."""
    if leido.propio.huella == leido.huella() or leido.propio.huella in leido.huellas():
        return _NADA
    mensaje = f"La huella del registro de {registro.numero} no es la de su contenido: se ha alterado."
    return (Hallazgo(registro.id, "huella_incorrecta", mensaje),)


def de_columnas(registro: RegistroGuardado, leido: RegistroLeido) -> Hallazgos:
    """A column kept beside the XML says another thing than the XML."""
    guardado = (
        registro.tipo,
        registro.emisor_nif,
        registro.numero,
        formato.fecha(registro.fecha_expedicion),
        registro.huella,
        registro.huella_anterior,
        registro.fecha_hora_huso,
        registro.instante,
        "" if registro.cuota_total is None else str(registro.cuota_total),
        "" if registro.importe_total is None else str(registro.importe_total),
    )
    escrito = (
        leido.tipo,
        leido.propio.emisor,
        leido.propio.numero,
        leido.propio.fecha,
        leido.propio.huella,
        leido.anterior.huella if leido.anterior else "",
        leido.fecha_hora_huso,
        instante_de(leido.fecha_hora_huso) or registro.instante,
        leido.cuota_total,
        leido.importe_total,
    )
    if guardado == escrito:
        return _NADA
    comparados = zip(_COLUMNAS, guardado, escrito, strict=True)
    distintas = [
        n for n, a, b in comparados if a != b and not (n in _IMPORTES and mismo_importe(str(a), str(b)))
    ]
    if not distintas:
        return _NADA
    mensaje = (
        f"Los datos guardados del registro de {registro.numero} no son los de su XML: {', '.join(distintas)}."
    )
    return (Hallazgo(registro.id, "columnas_distintas", mensaje),)


def de_enlace(
    registro: RegistroGuardado, leido: RegistroLeido, esperado: Enlace | None, otras: tuple[str, ...] = ()
) -> Hallazgos:
    """The record does not point at the one before it, which is `esperado` (None: there is none).

    `otras` are huellas that the one before could also bear, so that a huella altered there is told once.
    """
    dicho = leido.anterior
    if dicho == esperado:
        return _NADA
    if dicho is None:
        mensaje = f"El registro de {registro.numero} se declara primero de su cadena y no lo es."
        return (Hallazgo(registro.id, "primer_registro_repetido", mensaje),)
    if esperado is None:
        mensaje = f"El registro de {registro.numero} abre la cadena y señala a otro anterior, que no está."
        return (Hallazgo(registro.id, "primer_registro_ausente", mensaje),)
    encontrados = _NADA
    if dicho.huella != esperado.huella and dicho.huella not in otras:
        mensaje = (
            f"El registro de {registro.numero} no lleva la huella del anterior, el de {esperado.numero}."
        )
        encontrados += (Hallazgo(registro.id, "enlace_roto", mensaje),)
    if dicho[:3] != esperado[:3]:
        mensaje = (
            f"El registro de {registro.numero} dice seguir al de {dicho.numero or '(ninguno)'}, y sigue al "
            f"de {esperado.numero}."
        )
        encontrados += (Hallazgo(registro.id, "enlace_con_otra_factura", mensaje),)
    return encontrados


def de_desglose(registro: RegistroGuardado, leido: RegistroLeido) -> Hallazgos:
    """The totals are not the sum of the tax rows, which the huella does not cover."""
    if leido.tipo == "anulacion" or leido.faltas:
        return _NADA
    cuota = sum(map(centimos, leido.cuotas + leido.recargos))
    total = cuota + sum(map(centimos, leido.bases))
    if (cuota, total) == (centimos(leido.cuota_total), centimos(leido.importe_total)):
        return _NADA
    mensaje = f"Los totales del registro de {registro.numero} no son la suma de su desglose: se ha alterado."
    return (Hallazgo(registro.id, "desglose_no_cuadra", mensaje),)


def de_instante(
    registro: RegistroGuardado, instante: datetime | None, anterior: datetime | None, ahora: datetime | None
) -> Hallazgos:
    """The instant cannot be read, is before the record before it, or over a minute after `ahora` (UTC)."""
    if instante is None:
        mensaje = (
            f"El instante del registro de {registro.numero} no tiene la forma AAAA-MM-DDThh:mm:ss+hh:mm."
        )
        return (Hallazgo(registro.id, "instante_no_valido", mensaje),)
    encontrados = _NADA
    if anterior is not None and instante < anterior:
        mensaje = f"El registro de {registro.numero} es anterior en el tiempo al que lo precede."
        encontrados += (Hallazgo(registro.id, "instante_retrocede", mensaje),)
    if ahora is not None and instante > ahora + MARGEN_RELOJ:
        mensaje = f"El registro de {registro.numero} lleva un instante posterior a la hora actual."
        encontrados += (Hallazgo(registro.id, "instante_futuro", mensaje),)
    return encontrados


def instante_de(texto: str) -> datetime | None:
    """The instant that a record writes, or None when it is not `YYYY-MM-DDThh:mm:ss+hh:mm`."""
    if _INSTANTE.fullmatch(texto) is None:
        return None
    try:
        return datetime.fromisoformat(texto)
    except ValueError:
        return None


def mismo_importe(a: str, b: str) -> bool:
    """Whether two texts are the same euros, each with as many decimals as it likes."""
    try:
        return Decimal(a) == Decimal(b)
    except InvalidOperation:
        return False


def centimos(texto: str) -> int:
    """The cents of an amount that the schema took. Raises ValueError for any other text."""
    if texto[-3:-2] == ".":
        return int(texto[:-3] + texto[-2:])
    entero, _, decimales = texto.partition(".")
    return int(entero + (decimales + "00")[:2])
