"""The shapes of an opportunity that another program tells of by its key."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from contratos.types import Opcional, Texto
from crm.parche import NOT_GIVEN

from .schemas import EmbudoId, OportunidadNueva, OportunidadParche
from .states import EstadoOportunidad

DeCliente = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64),
    Field(description="El cliente de la oportunidad; no se cambia por otro."),
]


class OportunidadConCliente(OportunidadNueva):
    """What a caller sends of one among many opportunities: of which client, and how it ended, too."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "origen": "erp",
                "referencia_externa": "O-318",
                "cliente_id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "titulo": "Renovación del mantenimiento",
                "valor": "4800.00",
                "estado": "ganada",
                "motivo": "Mejor plazo",
            }
        }
    )

    cliente_id: DeCliente
    estado: EstadoOportunidad | None = Field(default=None, description="Si falta, sigue como esté.")
    motivo: Annotated[Texto | None, Opcional] = Field(
        default=None, description="Por qué se ganó o se perdió."
    )


class OportunidadParcheConCliente(OportunidadParche):
    """The same of one that is there: the fields given; `embudo_id` is for one that is made."""

    cliente_id: DeCliente | None = None
    embudo_id: EmbudoId | None = None
    estado: EstadoOportunidad = Field(default=NOT_GIVEN)

    def values(self) -> dict[str, Any]:
        """What was given of the opportunity itself."""
        told = super().values()
        return {name: told[name] for name in told.keys() & OportunidadParche.model_fields.keys()}
