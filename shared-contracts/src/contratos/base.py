"""How the shapes on the wire behave."""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class Entrada(BaseModel):
    """What a caller sends: an unknown field is a fault, `null` in an optional one is leaving it out."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: Any) -> Any:
        if not isinstance(data, dict) or None not in data.values():
            return data
        optional = {name for name, field in cls.model_fields.items() if not field.is_required()}
        return {name: value for name, value in data.items() if value is not None or name not in optional}


class Parche(BaseModel):
    """What a caller sends to PATCH: only the fields given change, and `null` clears one.

    `model_fields_set` tells which were given.
    """

    model_config = ConfigDict(extra="forbid")


class Salida(BaseModel):
    """What a service answers; read leniently by the other service, so that either may be newer."""

    model_config = ConfigDict(extra="ignore", from_attributes=True)
