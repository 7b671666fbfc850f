"""How an invoice whose record was corrected looks: as issued, with the huella of its last record."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

Fila = Mapping[str, Any]

_DEL_REGISTRO = ("huella", "huella_anterior", "fecha_hora_huso", "qr_url", "avisos")


def al_dia(factura: Fila, subsanadas: Sequence[Fila]) -> Fila:
    """The row of an invoice with what its last record says of itself; `subsanadas` are its corrections."""
    if not subsanadas:
        return factura
    hechas = sorted(subsanadas, key=itemgetter("n"))
    ultima = {name: hechas[-1][name] for name in _DEL_REGISTRO}
    return {**factura, **ultima, "subsanaciones": hechas}


def por_factura(subsanadas: Sequence[Fila]) -> dict[str, list[Fila]]:
    """The corrections of several invoices, those of each together."""
    found: dict[str, list[Fila]] = {}
    for subsanada in subsanadas:
        found.setdefault(subsanada["factura_id"], []).append(subsanada)
    return found
