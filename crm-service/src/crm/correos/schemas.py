"""The e-mail room's shapes on the wire."""

import re
from typing import Annotated, Any

from fastapi import Query
from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from contratos import Salida
from crm.actividades import ActividadVista

_PART: dict[str, Any] = {
    "numero": 1,
    "nombre": "Pedido.pdf",
    "tipo": "application/pdf",
    "tamano": 48213,
    "adjunto_id": "adj_0193e2b0c1d27f3a8b4c5d6e7f809102",
}

_CHOICE = re.compile(r"(ninguno|todos|[1-9][0-9]{0,2}(,[1-9][0-9]{0,2})*)")


def _choice(value: str) -> str:
    if not _CHOICE.fullmatch(value):
        raise PydanticCustomError("formato_incorrecto", "Escribe `ninguno`, `todos` o números, como `1,3`.")
    return value


Cliente = Annotated[
    str | None,
    Query(max_length=64, description="De quién es; sin decirlo, se busca por las direcciones del correo."),
]
Eleccion = Annotated[
    str,
    Query(
        max_length=500,
        json_schema_extra={"pattern": f"^{_CHOICE.pattern}$"},
        description="Qué ficheros del correo se guardan: `ninguno`, `todos`, o sus números: `1,3`.",
        examples=["1,3"],
    ),
    AfterValidator(_choice),
]


class ParteVista(Salida):
    """A file that came with an e-mail, kept or not."""

    model_config = ConfigDict(json_schema_extra={"example": _PART})

    numero: int
    nombre: str
    tipo: Annotated[str | None, Field(description="`null` si es de los que no se guardan.")]
    tamano: int
    adjunto_id: Annotated[str | None, Field(description="Dónde quedó, si se guardó.")]


class CorreoRegistrado(Salida):
    """An e-mail that was logged: the activity that tells of it, and the files that came with it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "actividad": ActividadVista.model_config["json_schema_extra"]["example"],  # type: ignore[index]
                "ficheros": [_PART],
                "otros_clientes": [],
            }
        }
    )

    actividad: ActividadVista
    ficheros: list[ParteVista]
    otros_clientes: Annotated[
        list[str], Field(description="Otros clientes con alguna de las direcciones del correo.")
    ]
