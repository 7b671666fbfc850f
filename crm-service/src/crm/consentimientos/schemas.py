"""The consents room's shapes on the wire."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import ConfigDict, Field, Strict, StringConstraints

from contratos import Entrada, Salida
from contratos.types import Instante, Opcional, Texto
from http_rules import Paging

MAX_FINALIDADES = 50

_EXAMPLE: dict[str, Any] = {
    "finalidad": "boletín",
    "concedido": True,
    "fecha": "2026-11-24T08:30:00+00:00",
    "medio": "Formulario de la web",
}


class ConsentimientoDado(Entrada):
    """What somebody consented to, or took back."""

    finalidad: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=50),
        Field(description="Para qué: boletín, ofertas por teléfono, ceder los datos…"),
    ]
    concedido: Annotated[bool, Strict()]
    fecha: Annotated[Instante | None, Field(description="Cuándo lo dijo; ahora, si no se da.")] = None
    medio: Annotated[Texto | None, Opcional, Field(description="Cómo lo dijo, y dónde está la prueba.")] = (
        None
    )


Consentimientos = Annotated[
    list[ConsentimientoDado],
    Field(
        max_length=MAX_FINALIDADES,
        description="Uno por finalidad; lo que no se nombra sigue como estaba, y lo anterior se conserva.",
    ),
]


class ConsentimientoVigente(Salida):
    """What somebody says now of a purpose, as the API shows it."""

    finalidad: str
    concedido: bool
    fecha: Instante
    medio: str | None


class FiltrosConsentimientos(Paging):
    """The query of everything that somebody has consented to and taken back."""

    orden: Annotated[
        Literal["-registrado", "registrado"], Query(description="Lo último apuntado primero.")
    ] = "-registrado"


class ConsentimientoPublico(ConsentimientoVigente):
    """A consent given or taken back, and who wrote it down."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"id": "cns_0193e2b0c1d27f3a8b4c5d6e7f809102"}
            | _EXAMPLE
            | {
                "registrado": "2026-11-24T08:30:00+00:00",
                "actor": "usr_0193e2b0c1d27f3a8b4c5d6e7f809102",
            }
        }
    )

    id: str
    registrado: Instante
    actor: str
