"""The shape of a change of state."""

from typing import Annotated

from pydantic import ConfigDict

from contratos import Entrada
from contratos.types import Opcional, Texto
from smartbilling.fiscal import Estado


class EstadoNuevo(Entrada):
    """Where an invoice should go; `motivo` is required to annul."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"estado": "anulada", "motivo": "La operación no llegó a realizarse"}}
    )

    estado: Estado
    motivo: Annotated[Texto | None, Opcional] = None
