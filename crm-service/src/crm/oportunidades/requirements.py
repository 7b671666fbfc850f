"""What a stage asks of an opportunity. Pure: no database."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from contratos import Fault, InvalidData

_NAMES = {
    "cierre_previsto": "la fecha de cierre prevista",
    "descripcion": "la descripción",
    "lineas": "las líneas",
    "origen": "el origen",
    "responsable": "el responsable",
    "valor": "el valor",
}


def check_required(
    etapa: str, obligatorios: Iterable[str], values: Mapping[str, Any], only: Collection[str] | None = None
) -> None:
    """Raises InvalidData that lists what is empty of what the stage asks for; of `only`, if given."""
    lacking = [name for name in obligatorios if not values[name] and (only is None or name in only)]
    if lacking:
        raise InvalidData(
            Fault(name, "requerido_en_etapa", f"Rellena {_NAMES[name]}: la etapa «{etapa}» lo exige.")
            for name in lacking
        )
