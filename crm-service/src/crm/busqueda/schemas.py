"""The search room's shapes on the wire."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import ConfigDict, Field

from contratos import Salida
from http_rules import Paging

from .models import Tipo
from .ranking import Coincide

_EXAMPLE: dict[str, Any] = {
    "tipo": "cliente",
    "id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "cliente_id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "titulo": "Talleres Ruiz, S.L.",
    "detalle": "B12345674 · administracion@talleresruiz.example",
    "archivado": False,
    "puntuacion": 100,
    "coincide": "exacta",
}


class FiltrosBusqueda(Paging):
    """The query of the search over everything."""

    orden: Annotated[Literal["relevancia"], Query(description="Lo más parecido primero.")] = "relevancia"
    q: Annotated[
        str,
        Query(
            min_length=1,
            max_length=200,
            description="Palabras, o su principio, que deben estar todas: de un nombre, título o texto; un "
            "NIF, un teléfono o un correo, escritos de cualquier manera. Las de cuatro letras o más "
            "admiten una errata, y dos desde ocho. De muchas palabras cuentan las doce más largas.",
            examples=["tayeres ruiz"],
        ),
    ]
    tipo: Annotated[Tipo | None, Query(description="Solo lo de esta clase.")] = None
    archivados: Annotated[bool, Query(description="Con lo archivado, detrás de lo demás.")] = False


class Encontrado(Salida):
    """What was found, whose it is, and how alike."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    tipo: Tipo
    id: str
    cliente_id: str
    titulo: str
    detalle: str | None
    archivado: bool
    puntuacion: Annotated[int, Field(ge=1, le=100, description="Cuánto se parece a lo buscado.")]
    coincide: Annotated[
        Coincide, Field(description="Escrito igual, empieza igual, o se le parece: su peor palabra.")
    ]
