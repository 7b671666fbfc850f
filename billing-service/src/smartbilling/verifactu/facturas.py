"""Stored invoices as the checks look at them, read from the plain JSON in which they are exported.

The same shape comes from the database and from an export: dates, instants and amounts are texts, and what an
invoice has none of is left out.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from .datos import DatosAlta, FacturaReferida, ImporteRectificacion, Interviniente
from .hallazgos import RegistroGuardado

Json = Mapping[str, Any]

Valor = TypeVar("Valor")

ERRORES_DE_FORMA = (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What reading plain JSON of another shape raises."""

_EN_UNA_LINEA = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
_DE_UN_MOTIVO = 200
_NUNCA = datetime.min.replace(tzinfo=UTC)
_IMPOSIBLE = Decimal("0.001")


class FacturaIlegible(ValueError):
    """An exported invoice that has not the shape of one."""


class OtroId(NamedTuple):
    """Who has no Spanish NIF."""

    tipo: str
    id: str
    pais: str | None


class Parte(NamedTuple):
    """Somebody named in a record."""

    nombre: str
    nif: str | None
    id_otro: OtroId | None


class Grupo(NamedTuple):
    """A row of the tax breakdown."""

    impuesto: str
    clave_regimen: str
    calificacion: str | None
    exencion: str | None
    tipo_iva: Decimal | None
    base: Decimal
    cuota: Decimal
    recargo_equivalencia: Decimal | None
    recargo: Decimal
    base_a_coste: Decimal | None


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


@dataclass(frozen=True, slots=True, kw_only=True)
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


def texto_canonico(contenido: Json) -> str:
    """The one text of an invoice's content: what is exported, and what its digest is of."""
    return _EN_UNA_LINEA(contenido)


def resumen(xml: bytes, contenido: str) -> bytes:
    """The digest of a record together with its invoice (empty text: none): 32 bytes."""
    return resumen_de(hashlib.sha256(xml).digest(), hashlib.sha256(contenido.encode()).digest())


def resumen_de(del_registro: bytes, de_la_factura: bytes) -> bytes:
    """As `resumen`, of the SHA-256 of both."""
    return hashlib.sha256(del_registro + de_la_factura).digest()


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
        registro_id = _texto(contenido["registro_id"])
        return FacturaGuardada(
            contenido=contenido,
            id=_texto(contenido["id"]),
            numero=_texto(contenido["numero"]),
            serie=_texto(contenido["serie"]),
            anio=_entero(contenido["anio"]),
            secuencia=_entero(contenido["secuencia"]),
            fecha_expedicion=date.fromisoformat(contenido["fecha_expedicion"]),
            estado=_texto(estado),
            registro_id=registro_id,
            registros=registros,
            altas=altas,
            subsanaciones=subsanaciones,
            sellos={registro_id: _sello(contenido)}
            | {_texto(fila["registro_id"]): _sello(fila) for fila in subsanaciones},
        )
    except ERRORES_DE_FORMA as error:
        raise FacturaIlegible(f"{type(error).__name__}: {error}"[:_DE_UN_MOTIVO]) from error


def leer_factura(contenido: Json, situacion: Json) -> FacturaGuardada:
    """An invoice from the halves in which it is exported: what is frozen, and what moves or is derived.

    Raises FacturaIlegible.
    """
    try:
        registros = [RegistroPropio(_texto(r["id"]), _texto(r["tipo"])) for r in situacion["registros"]]
        dichas = dict(situacion["altas"])
        altas = Altas([_texto(ident) for ident in dichas], lambda ident: alta_de_json(dichas[ident]))
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
        id=_texto(fila["id"]),
        secuencia=_entero(fila["secuencia"]),
        tipo=fila["tipo"],
        factura_id=_texto(fila["factura_id"]),
        orden=_entero(fila["orden"]),
        emisor_nif=_texto(fila["emisor_nif"]),
        numero=_texto(fila["numero"]),
        fecha_expedicion=_o_ninguno(date.fromisoformat, fila["fecha_expedicion"], date.min),
        xml=xml,
        huella=_texto(fila["huella"]),
        huella_anterior=_texto(fila["huella_anterior"]),
        fecha_hora_huso=_texto(fila["fecha_hora_huso"]),
        instante=_o_ninguno(_instante, fila["instante"], _NUNCA),
        cuota_total=_importe(fila.get("cuota_total")),
        importe_total=_importe(fila.get("importe_total")),
    )


def alta_como_json(datos: DatosAlta) -> dict[str, Any]:
    """What a RegistroAlta is made of, as plain JSON; nothing that is absent."""
    valores = {
        "emisor_nif": datos.emisor_nif,
        "emisor_nombre": datos.emisor_nombre,
        "numero": datos.numero,
        "fecha_expedicion": datos.fecha_expedicion.isoformat(),
        "tipo": datos.tipo,
        "descripcion": datos.descripcion,
        "desglose": [_presentes(_grupo_como_json(grupo)) for grupo in datos.desglose],
        "destinatarios": [_parte_como_json(parte) for parte in datos.destinatarios],
        "fecha_operacion": datos.fecha_operacion.isoformat() if datos.fecha_operacion else None,
        "ref_externa": datos.ref_externa,
        "tipo_rectificativa": datos.tipo_rectificativa,
        "rectificadas": [_referida_como_json(una) for una in datos.rectificadas],
        "importe_rectificacion": _importe_como_json(datos.importe_rectificacion),
        "sustituidas": [_referida_como_json(una) for una in datos.sustituidas],
        "subsanacion": datos.subsanacion,
        "rechazo_previo": datos.rechazo_previo,
        "emitida_por": _interviniente_como_json(datos.emitida_por),
        "sin_identificar": datos.sin_identificar,
        "acuerdo_facturacion": datos.acuerdo_facturacion,
        "acuerdo_sistema": datos.acuerdo_sistema,
        "cupon": datos.cupon,
    }
    return {name: value for name, value in valores.items() if value not in (None, False, [])}


def alta_de_json(json_: Json) -> DatosAlta:
    """The other way round. Raises what a wrong shape raises (ERRORES_DE_FORMA)."""
    operacion = json_.get("fecha_operacion")
    return DatosAlta(
        emisor_nif=_texto(json_["emisor_nif"]),
        emisor_nombre=_texto(json_["emisor_nombre"]),
        numero=_texto(json_["numero"]),
        fecha_expedicion=date.fromisoformat(json_["fecha_expedicion"]),
        tipo=_texto(json_["tipo"]),
        descripcion=_texto(json_["descripcion"]),
        desglose=[grupo_de_json(grupo) for grupo in json_["desglose"]],
        destinatarios=[_parte_de_json(parte) for parte in json_.get("destinatarios", ())],
        fecha_operacion=date.fromisoformat(operacion) if operacion else None,
        ref_externa=json_.get("ref_externa"),
        tipo_rectificativa=json_.get("tipo_rectificativa"),
        rectificadas=[_referida_de_json(una) for una in json_.get("rectificadas", ())],
        importe_rectificacion=_importe_de_json(json_.get("importe_rectificacion")),
        sustituidas=[_referida_de_json(una) for una in json_.get("sustituidas", ())],
        subsanacion=json_.get("subsanacion") is True,
        rechazo_previo=json_.get("rechazo_previo"),
        emitida_por=_interviniente_de_json(json_.get("emitida_por")),
        sin_identificar=json_.get("sin_identificar") is True,
        acuerdo_facturacion=json_.get("acuerdo_facturacion"),
        acuerdo_sistema=json_.get("acuerdo_sistema"),
        cupon=json_.get("cupon") is True,
    )


def grupo_de_json(fila: Json) -> Grupo:
    """A row of the tax breakdown. Raises as `alta_de_json` does."""
    return Grupo(
        _texto(fila["impuesto"]),
        _texto(fila["clave_regimen"]),
        fila.get("calificacion"),
        fila.get("exencion"),
        _quizas(fila.get("tipo_iva")),
        euros(fila["base"]),
        euros(fila["cuota"]),
        _quizas(fila.get("recargo_equivalencia")),
        euros(fila["recargo"]),
        _quizas(fila.get("base_a_coste")),
    )


@lru_cache(maxsize=20_000)
def euros(texto: Any) -> Decimal:
    """An amount of an export; most come again and again. Raises TypeError, ValueError if it is no number."""
    try:
        valor = Decimal(_texto(texto))
    except InvalidOperation as error:
        raise ValueError(f"{texto!r:.40} is no amount") from error
    if not valor.is_finite():
        raise ValueError("an amount that is not finite")
    return valor


def _instante(texto: Any) -> datetime:
    instante = datetime.fromisoformat(texto)
    if instante.tzinfo is None:
        raise ValueError("an instant without a zone")
    return instante


def _o_ninguno(lee: Callable[[Any], Valor], dato: Any, ninguno: Valor) -> Valor:
    try:
        return lee(dato)
    except ValueError:
        return ninguno


def _importe(texto: Any) -> Decimal | None:
    return None if texto is None else _o_ninguno(euros, texto, _IMPOSIBLE)


def _quizas(texto: Any) -> Decimal | None:
    return None if texto is None else euros(texto)


def _texto(valor: Any) -> str:
    if not isinstance(valor, str):
        raise TypeError(f"{type(valor).__name__} where a text must stand")
    return valor


def _entero(valor: Any) -> int:
    if type(valor) is not int:
        raise TypeError(f"{type(valor).__name__} where a whole number must stand")
    return valor


def _sello(fila: Json) -> Sello:
    return Sello(_texto(fila["huella"]), _texto(fila["huella_anterior"]), _texto(fila["fecha_hora_huso"]))


def _presentes(valores: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in valores.items() if value is not None}


def _grupo_como_json(grupo: Any) -> dict[str, Any]:
    return {
        name: value if value is None or isinstance(value, str) else str(value)
        for name, value in ((name, getattr(grupo, name)) for name in Grupo._fields)
    }


def _parte_como_json(parte: Any) -> dict[str, Any]:
    otro = parte.id_otro
    return _presentes(
        {
            "nombre": parte.nombre,
            "nif": parte.nif,
            "id_otro": _presentes({"tipo": otro.tipo, "id": otro.id, "pais": otro.pais}) if otro else None,
        }
    )


def _parte_de_json(parte: Json) -> Parte:
    return Parte(_texto(parte["nombre"]), parte.get("nif"), _otro_de_json(parte.get("id_otro")))


def _otro_de_json(otro: Json | None) -> OtroId | None:
    return None if otro is None else OtroId(_texto(otro["tipo"]), _texto(otro["id"]), otro.get("pais"))


def _referida_como_json(una: FacturaReferida) -> dict[str, str]:
    return {
        "emisor_nif": una.emisor_nif,
        "numero": una.numero,
        "fecha_expedicion": una.fecha_expedicion.isoformat(),
    }


def _referida_de_json(una: Json) -> FacturaReferida:
    fecha = date.fromisoformat(una["fecha_expedicion"])
    return FacturaReferida(_texto(una["emisor_nif"]), _texto(una["numero"]), fecha)


def _importe_como_json(importe: ImporteRectificacion | None) -> dict[str, str] | None:
    if importe is None:
        return None
    recargo = None if importe.recargo is None else str(importe.recargo)
    return _presentes({"base": str(importe.base), "cuota": str(importe.cuota), "recargo": recargo})


def _importe_de_json(importe: Json | None) -> ImporteRectificacion | None:
    if importe is None:
        return None
    return ImporteRectificacion(
        euros(importe["base"]), euros(importe["cuota"]), _quizas(importe.get("recargo"))
    )


def _interviniente_como_json(quien: Interviniente | None) -> dict[str, Any] | None:
    if quien is None:
        return None
    return {"quien": quien.quien} | _parte_como_json(quien)


def _interviniente_de_json(quien: Json | None) -> Interviniente | None:
    if quien is None:
        return None
    return Interviniente(
        quien["quien"], quien.get("nombre"), quien.get("nif"), _otro_de_json(quien.get("id_otro"))
    )
