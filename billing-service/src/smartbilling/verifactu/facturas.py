"""Stored invoices and records as the checks look at them, read from the JSON in which they are exported."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from .altas import alta_como_json, alta_de_json
from .datos import DatosAlta
from .hallazgos import RegistroGuardado
from .valores import ERRORES_DE_FORMA, Json, entero, euros, fecha, instante, o_ninguno, texto

_DE_UN_MOTIVO = 200
_NUNCA = datetime.min.replace(tzinfo=UTC)
_IMPOSIBLE = Decimal("0.001")


class FacturaIlegible(ValueError):
    """An exported invoice that has not the shape of one."""


class Altas(Mapping[str, DatosAlta]):
    """What each RegistroAlta of an invoice is made of, by record, worked out when somebody asks.

    `hacer` gives one by its record's id; asking may raise what a wrong shape raises (ERRORES_DE_FORMA).
    """

    def __init__(self, ids: Sequence[str], hacer: Callable[[str], DatosAlta]) -> None:
        self._ids, self._hacer = ids, hacer

    def __getitem__(self, ident: str) -> DatosAlta:
        """Raises KeyError for a record that is none of the invoice's."""
        if ident not in self._ids:
            raise KeyError(ident)
        return self._hacer(ident)

    def __contains__(self, ident: object) -> bool:
        """Without working it out."""
        return ident in self._ids

    def __iter__(self) -> Iterator[str]:
        """The records, in their order."""
        return iter(self._ids)

    def __len__(self) -> int:
        """How many they are."""
        return len(self._ids)


class RegistroPropio(NamedTuple):
    """One of the records of an invoice."""

    id: str
    tipo: str


class Sello(NamedTuple):
    """What an invoice remembers of one of its records."""

    huella: str
    huella_anterior: str
    fecha_hora_huso: str


@dataclass(slots=True, kw_only=True)  # frozen would take five times as long to make, for each record
class FacturaGuardada:
    """An issued invoice, with what its records must say of it.

    `contenido` is all that was frozen with it, as exported. `secuencia` is its number within `serie` and
    `anio` (0 in a series that never restarts). `registro_id` is its first record; `registros` all of them, in
    the order in which they were made. `altas` gives, by record, what each RegistroAlta is made of; `sellos`,
    what the invoice remembers of each.
    """

    contenido: Json
    id: str
    numero: str
    serie: str
    anio: int
    secuencia: int
    fecha_expedicion: date
    estado: str
    registro_id: str
    registros: Sequence[RegistroPropio]
    altas: Mapping[str, DatosAlta]
    sellos: Mapping[str, Sello]
    subsanaciones: Sequence[Json] = ()


def factura_guardada(
    contenido: Json,
    *,
    estado: str,
    registros: Sequence[RegistroPropio],
    altas: Mapping[str, DatosAlta],
    subsanaciones: Sequence[Json] = (),
) -> FacturaGuardada:
    """An invoice from what was frozen with it and what else is known. Raises FacturaIlegible."""
    try:
        registro_id = texto(contenido["registro_id"])
        return FacturaGuardada(
            contenido=contenido,
            id=texto(contenido["id"]),
            numero=texto(contenido["numero"]),
            serie=texto(contenido["serie"]),
            anio=entero(contenido["anio"]),
            secuencia=entero(contenido["secuencia"]),
            fecha_expedicion=fecha(contenido["fecha_expedicion"]),
            estado=texto(estado),
            registro_id=registro_id,
            registros=registros,
            altas=altas,
            subsanaciones=subsanaciones,
            sellos={registro_id: _sello(contenido)}
            | {texto(fila["registro_id"]): _sello(fila) for fila in subsanaciones},
        )
    except ERRORES_DE_FORMA as error:
        raise FacturaIlegible(f"{type(error).__name__}: {error}"[:_DE_UN_MOTIVO]) from error


def leer_factura(contenido: Json, situacion: Json) -> FacturaGuardada:
    """An invoice from the halves in which it is exported: what is frozen, and what moves or is derived.

    Raises FacturaIlegible.
    """
    try:
        registros = [RegistroPropio(texto(r["id"]), texto(r["tipo"])) for r in situacion["registros"]]
        dichas = dict(situacion["altas"])
        altas = Altas([texto(ident) for ident in dichas], lambda ident: alta_de_json(dichas[ident]))
        subsanaciones = list(situacion["subsanaciones"])
        estado = situacion["estado"]
    except ERRORES_DE_FORMA as error:
        raise FacturaIlegible(f"{type(error).__name__}: {error}"[:_DE_UN_MOTIVO]) from error
    return factura_guardada(
        contenido, estado=estado, registros=registros, altas=altas, subsanaciones=subsanaciones
    )


def situacion_de(factura: FacturaGuardada) -> dict[str, Any]:
    """The half of an export that `leer_factura` takes beside the content."""
    return {
        "estado": factura.estado,
        "registros": [registro._asdict() for registro in factura.registros],
        "altas": {ident: alta_como_json(alta) for ident, alta in factura.altas.items()},
        "subsanaciones": list(factura.subsanaciones),
    }


def leer_registro(fila: Json, xml: bytes) -> RegistroGuardado:
    """A record from its exported columns and its bytes.

    A date, instant or amount that cannot be read stands as one that no record bears. Raises KeyError,
    TypeError when a column is missing or of another kind.
    """
    return RegistroGuardado(
        id=texto(fila["id"]),
        secuencia=entero(fila["secuencia"]),
        tipo=fila["tipo"],
        factura_id=texto(fila["factura_id"]),
        orden=entero(fila["orden"]),
        emisor_nif=texto(fila["emisor_nif"]),
        numero=texto(fila["numero"]),
        fecha_expedicion=o_ninguno(fecha, fila["fecha_expedicion"], date.min),
        xml=xml,
        huella=texto(fila["huella"]),
        huella_anterior=texto(fila["huella_anterior"]),
        fecha_hora_huso=texto(fila["fecha_hora_huso"]),
        instante=o_ninguno(instante, fila["instante"], _NUNCA),
        cuota_total=_importe(fila.get("cuota_total")),
        importe_total=_importe(fila.get("importe_total")),
    )


def _importe(texto: Any) -> Decimal | None:
    return None if texto is None else o_ninguno(euros, texto, _IMPOSIBLE)


def _sello(fila: Json) -> Sello:
    return Sello(texto(fila["huella"]), texto(fila["huella_anterior"]), texto(fila["fecha_hora_huso"]))
