"""What the record of an issued invoice says now: what was issued, and what was corrected since."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from pydantic import JsonValue
from sqlmodel import Session

from smartbilling.facturas import Factura, FacturaNueva, Fila, Linea, LineaNueva, Subsanada, filas_de

_LINEAS = "lineas"


@dataclass(frozen=True, slots=True)
class Cambio:
    """A field of a record's content that is no longer what it was: `tipo`, or `lineas.0.exencion`."""

    campo: str
    antes: JsonValue
    despues: JsonValue


@dataclass(frozen=True, slots=True)
class Vigente:
    """An issued invoice, with what its record says now and how many corrections that took."""

    factura: Fila
    contenido: FacturaNueva
    correcciones: int


def vigente(session: Session, empresa_id: str, factura_id: str) -> Vigente:
    """The issued invoice. Raises IndexError when there is none."""
    factura = filas_de(session, Factura, empresa_id, [factura_id])[0]
    hechas = sorted(filas_de(session, Subsanada, empresa_id, [factura_id]), key=itemgetter("n"))
    contenido = _emitido(factura, filas_de(session, Linea, empresa_id, [factura_id]))
    cambios = [Cambio(**cambio) for hecha in hechas for cambio in hecha["cambios"]]
    return Vigente(factura, aplicar(contenido, cambios) if cambios else contenido, len(hechas))


def aplicar(contenido: FacturaNueva, cambios: Sequence[Cambio]) -> FacturaNueva:
    """`contenido` after `cambios`, in their order."""
    plano = contenido.model_dump(mode="json")
    for cambio in cambios:
        lista, _, resto = cambio.campo.partition(".")
        if lista == _LINEAS:
            n, _, campo = resto.partition(".")
            plano[_LINEAS][int(n)][campo] = cambio.despues
        else:
            plano[cambio.campo] = cambio.despues
    return FacturaNueva.model_validate(plano)


def diferencias(antes: FacturaNueva, despues: FacturaNueva) -> list[Cambio]:
    """The changes that take `antes` to `despues`, which has as many lines."""
    uno, otro = antes.model_dump(mode="json"), despues.model_dump(mode="json")
    found = _distintos("", uno, otro)
    for n, (linea, otra) in enumerate(zip(uno[_LINEAS], otro[_LINEAS], strict=True)):
        found += _distintos(f"{_LINEAS}.{n}.", linea, otra)
    return found


def _distintos(prefijo: str, antes: dict[str, Any], despues: dict[str, Any]) -> list[Cambio]:
    return [
        Cambio(f"{prefijo}{campo}", valor, despues[campo])
        for campo, valor in antes.items()
        if campo != _LINEAS and valor != despues[campo]
    ]


def _emitido(factura: Fila, lineas: Sequence[Fila]) -> FacturaNueva:
    """What was issued, as it could be sent again."""
    campos = {name: factura[name] for name in FacturaNueva.model_fields if factura.get(name) is not None}
    campos[_LINEAS] = [
        {name: linea[name] for name in LineaNueva.model_fields if linea[name] is not None} for linea in lineas
    ]
    return FacturaNueva.model_validate(campos)
