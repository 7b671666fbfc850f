"""Who receives the invoice: what each type needs and how a recipient is identified."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from contratos import Fault
from contratos.nif import is_valid_nif, nif_kind, normalise_nif

from .nif_iva import es_nif_iva, pais_de
from .paises import PAISES
from .propuesta import Destinatario, FacturaPropuesta, IdOtro
from .textos import faltas_de_texto

NOMBRE_MAXIMO = 120
DESTINATARIOS_MAXIMOS = 1000
_ID_MAXIMO = 20

_NIF_IVA = "02"
_NO_CENSADO = "07"
_TIPOS_DE_ID = frozenset({_NIF_IVA, "03", "04", "05", "06", _NO_CENSADO})
_TIPOS_ESPANOLES = frozenset({"03", _NO_CENSADO})
_CON_NIF_DENTRO = frozenset({_NIF_IVA, _NO_CENSADO})


@dataclass(frozen=True, slots=True)
class _Campos:
    """Where the request carries the data of one recipient."""

    nombre: str
    cif: str
    id_otro: str


_CLIENTE = _Campos("cliente_nombre", "cliente_cif", "cliente_id_otro")


def identificados(propuesta: FacturaPropuesta) -> tuple[Destinatario, ...]:
    """The recipients that a record names, their numbers in capitals without separators.

    The customer is among them when identified by NIF or IDOtro: a name alone, as in F2, is not recorded.
    """
    otros = (replace(d, nombre=d.nombre.strip()) for d in propuesta.destinatarios)
    cliente = Destinatario(
        (propuesta.cliente_nombre or "").strip(), propuesta.cliente_cif, propuesta.cliente_id_otro
    )
    todos = (cliente, *otros) if _identificado(cliente) else tuple(otros)
    return tuple(
        Destinatario(
            d.nombre,
            normalise_nif(d.nif) if d.nif else None,
            _normalizado(d.id_otro) if d.id_otro else None,
        )
        for d in todos
    )


def faltas_de_destinatarios(propuesta: FacturaPropuesta) -> Iterator[Fault]:
    """AEAT 1189, 1190 (who must be there) and 1111, 1122, 1126, 1131, 1239 (how each is identified)."""
    cliente = Destinatario(propuesta.cliente_nombre or "", propuesta.cliente_cif, propuesta.cliente_id_otro)
    simplificada = propuesta.tipo == "F2"
    if _identificado(cliente):
        yield from _faltas_de_uno(cliente, _CLIENTE, propuesta.fecha_fiscal)
    elif simplificada:
        if propuesta.cliente_nombre:
            yield from faltas_de_texto("cliente_nombre", propuesta.cliente_nombre, NOMBRE_MAXIMO)
        if propuesta.destinatarios:
            yield Fault(
                "destinatarios",
                "destinatario_no_admitido",
                "Una factura simplificada no lleva más destinatarios: identifica al cliente o emite una F1.",
                "1190",
            )
    else:
        yield from faltas_de_texto("cliente_nombre", propuesta.cliente_nombre, NOMBRE_MAXIMO)
        yield Fault(
            "cliente_cif",
            "destinatario_obligatorio",
            "Identifica al cliente con su NIF o con otro documento, o emite una simplificada (F2).",
            "1189",
        )
    if len(propuesta.destinatarios) >= DESTINATARIOS_MAXIMOS:
        yield Fault(
            "destinatarios",
            "demasiados_destinatarios",
            f"Una factura admite hasta {DESTINATARIOS_MAXIMOS} destinatarios, el cliente incluido.",
        )
        return
    for i, otro in enumerate(propuesta.destinatarios):
        ruta = f"destinatarios.{i}"
        campos = _Campos(f"{ruta}.nombre", f"{ruta}.cif", f"{ruta}.id_otro")
        yield from _faltas_de_uno(otro, campos, propuesta.fecha_fiscal)


def _identificado(destinatario: Destinatario) -> bool:
    return bool(destinatario.nif) or destinatario.id_otro is not None


def _normalizado(id_otro: IdOtro) -> IdOtro:
    numero = normalise_nif(id_otro.id) if id_otro.tipo in _CON_NIF_DENTRO else id_otro.id.strip()
    return replace(id_otro, id=numero)


def _faltas_de_uno(destinatario: Destinatario, campos: _Campos, dia: date) -> Iterator[Fault]:
    yield from faltas_de_texto(campos.nombre, destinatario.nombre, NOMBRE_MAXIMO)
    if destinatario.nif and destinatario.id_otro is not None:
        yield Fault(
            campos.id_otro,
            "identificacion_doble",
            "Identifica al destinatario de una sola forma: con su NIF o con otro documento.",
        )
    elif destinatario.id_otro is not None:
        yield from _faltas_de_id_otro(_normalizado(destinatario.id_otro), campos.id_otro, dia)
    elif not destinatario.nif:
        yield Fault(
            campos.cif,
            "destinatario_obligatorio",
            "Identifica al destinatario con su NIF o con otro documento.",
            "1189",
        )
    elif not is_valid_nif(destinatario.nif):
        yield Fault(
            campos.cif,
            "nif_invalido",
            "El NIF no es válido: revisa el número y su letra o dígito de control.",
            "1239",
        )


def _faltas_de_id_otro(id_otro: IdOtro, campo: str, dia: date) -> Iterator[Fault]:
    yield from faltas_de_texto(f"{campo}.id", id_otro.id, _ID_MAXIMO)
    if id_otro.tipo not in _TIPOS_DE_ID:
        yield Fault(f"{campo}.tipo", "id_otro_tipo_no_valido", "El tipo de documento va de 02 a 07.")
    elif id_otro.tipo == _NIF_IVA:
        yield from _faltas_de_nif_iva(id_otro, campo, dia)
    elif id_otro.pais not in PAISES:
        yield Fault(
            f"{campo}.pais",
            "pais_no_valido",
            "Indica el país con las dos letras mayúsculas de ISO 3166-1, como FR.",
            "1111",
        )
    elif not _pais_admitido(id_otro):
        yield Fault(
            f"{campo}.pais",
            "pais_incompatible",
            "España solo va con pasaporte (03) o no censado (07), y 07 solo con España.",
            "1126",
        )
    elif id_otro.tipo == _NO_CENSADO and not _es_persona_fisica(id_otro.id):
        yield Fault(
            f"{campo}.id", "nif_invalido", "Con el tipo 07 se indica el NIF de una persona física.", "1131"
        )


def _faltas_de_nif_iva(id_otro: IdOtro, campo: str, dia: date) -> Iterator[Fault]:
    if not es_nif_iva(id_otro.id, dia):
        yield Fault(
            f"{campo}.id",
            "nif_iva_invalido",
            "El NIF-IVA empieza por las letras de su Estado, como FR12345678901; el español va en el NIF.",
            "1239",
        )
    elif id_otro.pais and id_otro.pais not in (pais_de(id_otro.id), id_otro.id[:2]):
        yield Fault(
            f"{campo}.pais",
            "pais_incompatible",
            "El país no es el de las letras del NIF-IVA: corrígelo o quítalo.",
            "1122",
        )


def _pais_admitido(id_otro: IdOtro) -> bool:
    if id_otro.pais == "ES":
        return id_otro.tipo in _TIPOS_ESPANOLES
    return id_otro.tipo != _NO_CENSADO


def _es_persona_fisica(nif: str) -> bool:
    return is_valid_nif(nif) and nif_kind(nif) == "fisica"
