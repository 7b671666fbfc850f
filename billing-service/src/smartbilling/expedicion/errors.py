"""Why an invoice is not issued, each by name."""

from collections.abc import Sequence
from datetime import date

from contratos import Fault, InvalidData


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


def falta_de_comienzo(serie: str, numero: int, anio: int) -> Fault:
    """The date asked for is of a year before the one in which a series that came from elsewhere goes on."""
    return Fault(
        "fecha_expedicion",
        FechaAnterior.code,
        f"La serie {serie} sigue aquí desde el número {numero} de {anio}: usa una fecha de ese año, o una "
        "serie que empiece en 1.",
    )
