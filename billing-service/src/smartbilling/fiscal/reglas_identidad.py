"""How somebody that a record names is identified: a NIF, or another document with its country."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from contratos import Fault
from contratos.nif import is_valid_nif, nif_kind, normalise_nif

from .nif_iva import es_nif_iva, pais_de, rechazo_por_fecha
from .paises import PAISES
from .propuesta import Destinatario, EmitidaPor, IdOtro
from .textos import faltas_de_texto

NOMBRE_MAXIMO = 120
NIF_IVA = "02"
NO_CENSADO = "07"
_PASAPORTE = "03"
_ID_MAXIMO = 20
_TIPOS_DE_ID = frozenset({NIF_IVA, _PASAPORTE, "04", "05", "06", NO_CENSADO})
_CON_NIF_DENTRO = frozenset({NIF_IVA, NO_CENSADO})


@dataclass(frozen=True, slots=True)
class Campos:
    """Where the request carries the data of somebody."""

    nombre: str
    cif: str
    id_otro: str


@dataclass(frozen=True, slots=True)
class Papel:
    """What somebody is in an invoice, as a fault names it, and the AEAT's codes for it.

    `codigo_aeat` is the block's own; `sin_identificar`, when there is nobody. `admite_no_censado`: whether
    the kind of document 07 may stand.
    """

    quien: str
    codigo_aeat: str
    sin_identificar: str
    admite_no_censado: bool


DESTINATARIO = Papel("destinatario", "1239", "1189", admite_no_censado=True)
TERCERO = Papel("tercero", "1178", "1186", admite_no_censado=False)


def normalizado(quien: Destinatario) -> Destinatario:
    """`quien` with its name trimmed, and its number in capitals without separators."""
    return Destinatario(
        quien.nombre.strip(),
        normalise_nif(quien.nif) if quien.nif else None,
        _documento(quien.id_otro) if quien.id_otro else None,
    )


def tercero(emitida_por: EmitidaPor | None) -> EmitidaPor | None:
    """Who issues in the company's name, as the record names it."""
    if emitida_por is None or emitida_por.quien == "D":
        return emitida_por
    quien = normalizado(persona(emitida_por))
    return EmitidaPor("T", quien.nombre, quien.nif, quien.id_otro)


def persona(emitida_por: EmitidaPor) -> Destinatario:
    """The third party of an `emitida_por`, as anybody else that a record names."""
    return Destinatario(emitida_por.nombre or "", emitida_por.nif, emitida_por.id_otro)


def faltas_de_identidad(quien: Destinatario, campos: Campos, dia: date, papel: Papel) -> Iterator[Fault]:
    """A name and one identification.

    AEAT 1102, 1111, 1122, 1126, 1131, 1211, 1232, 1254, 1255 and those of `papel`.
    """
    yield from faltas_de_texto(campos.nombre, quien.nombre, NOMBRE_MAXIMO)
    if quien.nif and quien.id_otro is not None:
        yield Fault(
            campos.id_otro,
            "identificacion_doble",
            f"Identifica al {papel.quien} de una sola forma: con su NIF o con otro documento.",
        )
    elif quien.id_otro is not None:
        yield from _faltas_de_documento(_documento(quien.id_otro), campos.id_otro, dia, papel)
    elif not quien.nif:
        yield Fault(
            campos.cif,
            f"{papel.quien}_obligatorio",
            f"Identifica al {papel.quien} con su NIF o con otro documento.",
            papel.sin_identificar,
        )
    elif not is_valid_nif(quien.nif):
        yield Fault(
            campos.cif,
            "nif_invalido",
            "El NIF no es válido: revisa el número y su letra o dígito de control.",
            papel.codigo_aeat,
        )


def _documento(id_otro: IdOtro) -> IdOtro:
    numero = normalise_nif(id_otro.id) if id_otro.tipo in _CON_NIF_DENTRO else id_otro.id.strip()
    return replace(id_otro, id=numero)


def _faltas_de_documento(id_otro: IdOtro, campo: str, dia: date, papel: Papel) -> Iterator[Fault]:
    yield from faltas_de_texto(f"{campo}.id", id_otro.id, _ID_MAXIMO)
    if id_otro.tipo not in _TIPOS_DE_ID:
        yield Fault(
            f"{campo}.tipo", "id_otro_tipo_no_valido", "Cambia el tipo de documento: va de 02 a 07.", "1102"
        )
    elif id_otro.tipo == NO_CENSADO and not papel.admite_no_censado:
        yield Fault(
            f"{campo}.tipo",
            "id_otro_tipo_no_valido",
            f"Cambia el tipo de documento: un {papel.quien} no puede ir como no censado (07).",
            "1211",
        )
    elif id_otro.tipo == NIF_IVA:
        yield from _faltas_de_nif_iva(id_otro, campo, dia, papel)
    elif id_otro.pais not in PAISES:
        yield Fault(
            f"{campo}.pais",
            "pais_no_valido",
            "Indica el país con las dos letras mayúsculas de ISO 3166-1, como FR.",
            "1111",
        )
    elif not _pais_admitido(id_otro):
        yield _falta_de_espana(campo, papel)
    elif id_otro.tipo == NO_CENSADO and not _es_persona_fisica(id_otro.id):
        yield Fault(
            f"{campo}.id", "nif_invalido", "Con el tipo 07 se indica el NIF de una persona física.", "1131"
        )


def _pais_admitido(id_otro: IdOtro) -> bool:
    if id_otro.pais == "ES":
        return id_otro.tipo in (_PASAPORTE, NO_CENSADO)
    return id_otro.tipo != NO_CENSADO


def _falta_de_espana(campo: str, papel: Papel) -> Fault:
    if papel.admite_no_censado:
        mensaje, codigo_aeat = (
            "España solo va con pasaporte (03) o no censado (07), y 07 solo con España.",
            "1126",
        )
    else:
        mensaje, codigo_aeat = "España solo va con pasaporte (03): si tiene NIF, indica su NIF.", "1232"
    return Fault(f"{campo}.pais", "pais_incompatible", mensaje, codigo_aeat)


def _faltas_de_nif_iva(id_otro: IdOtro, campo: str, dia: date, papel: Papel) -> Iterator[Fault]:
    if codigo_aeat := rechazo_por_fecha(id_otro.id, dia):
        yield Fault(
            f"{campo}.id",
            "nif_iva_invalido",
            "Ese Estado no daba NIF-IVA en la fecha de la operación: XI vale desde 2021; GB, hasta enero de "
            "2021.",
            codigo_aeat,
        )
    elif not es_nif_iva(id_otro.id):
        yield Fault(
            f"{campo}.id",
            "nif_iva_invalido",
            "El NIF-IVA empieza por las letras de su Estado, como FR12345678901; el español va en el NIF.",
            papel.codigo_aeat,
        )
    elif id_otro.pais and id_otro.pais not in (pais_de(id_otro.id), id_otro.id[:2]):
        yield Fault(
            f"{campo}.pais",
            "pais_incompatible",
            "El país no es el de las letras del NIF-IVA: corrígelo o quítalo.",
            "1122",
        )


def _es_persona_fisica(nif: str) -> bool:
    return is_valid_nif(nif) and nif_kind(nif) == "fisica"
