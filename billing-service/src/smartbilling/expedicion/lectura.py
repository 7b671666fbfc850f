"""A request for an invoice that cannot be read whole: all that is wrong with it, at once.

What its fields look like is looked at before what they mean: a NIF with a wrong letter would hide a rate that
there is not, which would show only once the first was mended. So the fields that cannot be read are left out,
and the rest goes through the fiscal check; what that finds is told, but for what may be due to what was left
out. Nothing is issued of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlmodel import Session

from contratos import Fault, InvalidData
from http_rules import fault_of
from smartbilling.empresas import empresa, hoy
from smartbilling.facturas import FacturaNueva
from smartbilling.fiscal import comprobar

from .propuesta import como_propuesta

_FALTAS_MAXIMAS = 100
"""Faults of form of a request whose meaning is still looked at."""

_LINEAS = "lineas"
_EN_LUGAR_DE = {"descripcion": "-", "cantidad": Decimal(1), "precio_unitario": Decimal(0)}
"""What a line must have, where it cannot be read."""

_DE_SU_LINEA = frozenset({*_EN_LUGAR_DE, "descuento", "irpf"})
"""Fields of a line on which none of its taxes depends."""

_DE_NADA_MAS = frozenset(
    {
        "cliente_nombre",
        "cliente_email",
        "cliente_cif",
        "cliente_id",
        "cliente_direccion",
        "serie",
        "fecha_vencimiento",
        "descripcion",
        "referencia_externa",
        "destinatarios",
    }
)
"""Fields on which no amount depends."""

_DE_TODO = frozenset({"tipo", "estado", "fecha_expedicion", "fecha_operacion"})
"""Fields on which nearly every rule depends."""

_IDENTIFICACION = frozenset({"cliente_cif", "cliente_id_otro", "emitida_por"})
_DEL_TOTAL = frozenset({_LINEAS, "redondeo", "tipo"})
_CODIGOS_AEAT = {
    "tipo": "1106",
    "cliente_cif": "1239",
    "destinatarios.cif": "1239",
    "emitida_por.quien": "1151",
    "emitida_por.cif": "1178",
    "id_otro.pais": "1111",
    "id_otro.tipo": "1102",
    "rectificacion.metodo": "1107",
    "lineas.impuesto": "1218",
    "lineas.clave_regimen": "1246",
    "lineas.calificacion": "1181",
    "lineas.exencion": "1182",
}
"""By field, the AEAT's code for a value that is none of its list."""

_QUE_ESCRIBIR = {
    "1111": "Indica el país con las dos letras mayúsculas de ISO 3166-1, como FR.",
    "1246": "Indica la clave de régimen con sus dos cifras, como 01.",
}
"""What to do about a text that does not look as it should."""

_FUERA_DE_LISTA = frozenset({"valor_no_admitido", "formato_incorrecto", "nif_invalido"})


def todas_las_faltas(
    session: Session, empresa_id: str, contenido: object, error: RequestValidationError, ahora: datetime
) -> InvalidData:
    """What is wrong with `contenido`: its form, as `error` tells it, and what else the fiscal check finds."""
    errores = error.errors()
    faltas = [_con_codigo(falta) for falta in dict.fromkeys(fault_of(e) for e in errores)]
    rutas = [tuple(str(parte) for parte in e["loc"][1:]) or ("",) for e in errores]
    return InvalidData([*faltas, *_las_demas(session, empresa_id, contenido, rutas, ahora)])


def _las_demas(
    session: Session, empresa_id: str, contenido: object, rutas: Sequence[tuple[str, ...]], ahora: datetime
) -> Iterator[Fault]:
    if not isinstance(contenido, dict) or len(rutas) > _FALTAS_MAXIMAS:
        return
    nueva = _legible(contenido, rutas)
    if nueva is None or nueva.estado == "borrador":
        return
    compania = empresa(session, empresa_id)
    dia = hoy(compania, ahora)
    propuesta = como_propuesta(nueva, compania, nueva.fecha_expedicion or dia, dia)
    yield from (falta for falta in comprobar(propuesta) if not _es_debida(falta, rutas))


def _con_codigo(falta: Fault) -> Fault:
    if falta.codigo_aeat is not None or falta.codigo not in _FUERA_DE_LISTA:
        return falta
    campo = ".".join(parte for parte in falta.campo.split(".") if not parte.isdigit())
    for cual in (campo, campo.removeprefix("cliente_"), campo.partition(".")[2]):
        if codigo := _CODIGOS_AEAT.get(cual):
            que = _QUE_ESCRIBIR.get(codigo, falta.mensaje)
            return replace(falta, mensaje=que, codigo_aeat=codigo)
    return falta


def _legible(contenido: Mapping[str, Any], rutas: Sequence[tuple[str, ...]]) -> FacturaNueva | None:
    """What can be read of `contenido`, `rutas` left out; None when that is too little to judge."""
    if any(ruta[0] in _DE_TODO for ruta in rutas):
        return None
    resto = deepcopy(dict(contenido))
    for campo, *dentro in rutas:
        linea = resto[_LINEAS][int(dentro[0])] if campo == _LINEAS in resto and len(dentro) > 1 else None
        if isinstance(linea, dict):
            _sin_campo(linea, dentro[1])
        else:
            resto.pop(campo, None)
    try:
        return FacturaNueva.model_validate(resto, from_attributes=True)
    except ValidationError:
        return None


def _sin_campo(linea: dict[str, Any], campo: str) -> None:
    if campo in _EN_LUGAR_DE:
        linea[campo] = _EN_LUGAR_DE[campo]
    else:
        linea.pop(campo, None)


def _es_debida(falta: Fault, rutas: Sequence[tuple[str, ...]]) -> bool:
    """Whether a fault may be due to what was left out."""
    campo, *dentro = falta.campo.split(".")
    if campo == "empresa" or any(ruta[0] == campo for ruta in rutas if campo != _LINEAS):
        return True
    if campo in _IDENTIFICACION and any(ruta[0] in _IDENTIFICACION for ruta in rutas):
        return True
    if campo == _LINEAS and dentro:
        return any(_alcanza(ruta, dentro) for ruta in rutas)
    return campo in _DEL_TOTAL and any(ruta[0] not in _DE_NADA_MAS for ruta in rutas)


def _alcanza(ruta: tuple[str, ...], dentro: Sequence[str]) -> bool:
    """Whether what could not be read is of the same line, and its taxes depend on it or it is the same."""
    if ruta[0] != _LINEAS:
        return False
    if len(ruta) < 3 or ruta[1] != dentro[0]:  # noqa: PLR2004 - lineas, which one, which field
        return ruta[1:2] in ((), (dentro[0],))
    return ruta[2] not in _DE_SU_LINEA or [ruta[2]] == list(dentro[1:])
