"""The shapes of an activity that another program tells of by its key."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from .schemas import ActividadDada, ActividadParche, UnId

DeCliente = Annotated[UnId, Field(description="El cliente de la actividad; no se cambia por otro.")]


class ActividadConCliente(ActividadDada):
    """What a caller sends of one among many activities: the client that it is of, too."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "origen": "erp",
                "referencia_externa": "V-2026-118",
                "cliente_id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "tipo": "llamada",
                "titulo": "Hablado del pedido de enero",
                "fecha": "2026-11-24T09:30:00+01:00",
                "completada": True,
            }
        }
    )

    cliente_id: DeCliente


class ActividadParcheConCliente(ActividadParche):
    """The same of one that is there: the fields given."""

    cliente_id: DeCliente | None = None
    origen: Annotated[str, Field(min_length=1, max_length=50)] | None = None
    referencia_externa: Annotated[str, Field(min_length=1, max_length=200)] | None = None

    def values(self) -> dict[str, Any]:
        """What was given of the activity itself."""
        told = super().values()
        return {name: told[name] for name in told.keys() & ActividadParche.model_fields.keys()}
