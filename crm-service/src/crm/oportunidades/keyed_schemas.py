"""The shapes of an opportunity that another program tells of by its key."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from contratos.types import Opcional, Texto
from crm.parche import NOT_GIVEN

from .schemas import EmbudoId, OportunidadNueva, OportunidadParche
from .states import EstadoOportunidad

DeCliente = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64),
    Field(description="El cliente de la oportunidad; no se cambia por otro."),
]

_NEVER_EMPTY = frozenset({"valor", "etapa_id", "estado", "motivo"})


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
    """The same of one that is there: the fields given; `embudo_id` is for one that is made.

    `null` empties a field; of what a new one may leave out and none can be without, it is leaving it out.
    """

    cliente_id: DeCliente | None = None
    embudo_id: EmbudoId | None = None
    estado: EstadoOportunidad = Field(default=NOT_GIVEN)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if value is not None or name not in _NEVER_EMPTY}

    def values(self) -> dict[str, Any]:
        """What was given of the opportunity itself."""
        told = super().values()
        return {name: told[name] for name in told.keys() & OportunidadParche.model_fields.keys()}
