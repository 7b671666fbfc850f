"""Why an invoice is refused, each by name."""

from collections.abc import Sequence
from datetime import date

from contratos import DomainError, Fault, InvalidData


class FacturaInalterable(DomainError):
    """An issued invoice does not change: it is annulled or rectified (RD 1007/2023 art. 8)."""

    code = "factura_inalterable"
    status = 409


class ReferenciaDuplicada(DomainError):
    """Another invoice of the company bears this external reference; `factura_id` names it."""

    code = "referencia_duplicada"
    status = 409


class FechaAnterior(InvalidData):
    """The issue date is before the last one of its series, whose numbers go in order of time."""

    code = "fecha_anterior"


class TotalNegativo(InvalidData):
    """The invoice adds up to less than nothing: that is for a rectifying one."""

    code = "total_negativo"


_CON_NOMBRE: dict[str, type[InvalidData]] = {kind.code: kind for kind in (FechaAnterior, TotalNegativo)}


def rechazo(faults: Sequence[Fault]) -> InvalidData:
    """The refusal with all its faults; named by what happened when that is all there is."""
    (codigo, *otros) = {fault.codigo for fault in faults}
    kind = _CON_NOMBRE.get(codigo) if not otros else None
    return kind(faults, faults[0].mensaje) if kind else InvalidData(faults)


def falta_de_orden(ultima: date) -> Fault:
    """The date asked for is before `ultima`, that of the last invoice of the series."""
    return Fault(
        "fecha_expedicion",
        FechaAnterior.code,
        f"La última factura de esta serie es del {ultima:%d/%m/%Y}: usa esa fecha o una posterior.",
    )


def referencia_duplicada(referencia: str, factura_id: str) -> ReferenciaDuplicada:
    """`referencia` is already the reference of the invoice `factura_id`."""
    return ReferenciaDuplicada(
        f"Ya hay una factura con la referencia «{referencia}»: usa otra o consulta la primera.",
        factura_id=factura_id,
    )


def inalterable() -> FacturaInalterable:
    """Only drafts are changed or deleted."""
    return FacturaInalterable(
        "Una factura emitida no se modifica ni se borra: anúlala, o emite una rectificativa, según el caso."
    )
