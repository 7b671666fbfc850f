"""The duplicates room's shapes on the wire."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import ConfigDict, Field

from contratos import Entrada, Salida
from contratos.crm import TipoCliente
from contratos.types import Instante
from crm.coincidencias import MINIMO
from http_rules import Paging

Razon = Literal["nif", "email", "telefono", "nombre"]
ClienteId = Annotated[str, Field(max_length=64, examples=["cli_0193e2b0c1d27f3a8b4c5d6e7f809102"])]

_ONE: dict[str, Any] = {
    "id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "nombre_completo": "Talleres Ruiz, S.L.",
    "cif_nif": "B12345674",
    "email": "administracion@talleresruiz.example",
    "telefono": "+34912345678",
    "tipo_cliente": "empresa",
    "archivado": False,
    "creado": "2026-11-24T08:30:00+00:00",
}
_OTHER = _ONE | {
    "id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809103",
    "nombre_completo": "RUIZ TALLERES",
    "cif_nif": None,
    "email": None,
}


class FiltrosDuplicados(Paging):
    """The query of the list of likely duplicates."""

    orden: Annotated[
        Literal["-puntuacion", "puntuacion"], Query(description="Los más parecidos primero.")
    ] = "-puntuacion"
    razon: Annotated[Razon | None, Query(description="Los que coinciden en eso, entre otras cosas.")] = None
    minimo: Annotated[
        float,
        Query(ge=0, le=1, description=f"Puntuación mínima. Por debajo de {MINIMO / 1000} no se guardan."),
    ] = MINIMO / 1000
    cliente_id: Annotated[
        str | None, Query(max_length=64, description="Las parejas en que está este cliente.")
    ] = None
    archivados: Annotated[bool, Query(description="También con los archivados.")] = False


class FiltrosDescartes(Paging):
    """The query of the pairs that are no duplicates."""

    orden: Annotated[Literal["-creado", "creado"], Query(description="Los últimos primero.")] = "-creado"
    cliente_id: Annotated[
        str | None, Query(max_length=64, description="Las parejas en que está este cliente.")
    ] = None


class ClienteBreve(Salida):
    """What tells one client from another at a glance."""

    id: str = Field(description="El `cli_…` del cliente.")
    nombre_completo: str = Field(description="Su nombre o razón social.")
    cif_nif: str | None = Field(description="Su NIF; null si no se sabe.")
    email: str | None = Field(description="Su correo principal.")
    telefono: str | None = Field(description="Su teléfono principal.")
    tipo_cliente: TipoCliente = Field(description="Qué clase de cliente es.")
    archivado: bool = Field(description="Si está archivado.")
    creado: Instante = Field(description="Cuándo se dio de alta.")


class DuplicadoPublico(Salida):
    """Two clients that may be the same; `razon` is the strongest of `razones`."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "dup_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "clientes": [_ONE, _OTHER],
                "razon": "telefono",
                "razones": ["telefono", "nombre"],
                "puntuacion": 0.95,
                "explicacion": "Tienen el mismo teléfono y el mismo nombre.",
            }
        }
    )

    id: str = Field(description="El `dup_…` de la pareja.")
    clientes: list[ClienteBreve] = Field(description="Los dos clientes.")
    razon: Razon = Field(description="La más fuerte de `razones`.")
    razones: list[Razon] = Field(description="En qué coinciden.")
    puntuacion: Annotated[float, Field(ge=0, le=1)] = Field(
        description="Cuánto se parecen: 1, sin duda el mismo."
    )
    explicacion: str = Field(description="Por qué, en una frase.")


class DescarteNuevo(Entrada):
    """Two clients that are not the same."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"cliente_id": _ONE["id"], "otro_id": _OTHER["id"]}}
    )

    cliente_id: ClienteId = Field(description="Un cliente.")
    otro_id: ClienteId = Field(description="El otro, que no es el mismo.")


class DescartePublico(Salida):
    """Two clients of whom somebody said that they are not the same."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "dsc_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "clientes": [_ONE, _OTHER],
                "actor": "usr_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "creado": "2026-11-24T08:30:00+00:00",
            }
        }
    )

    id: str = Field(description="El `dsc_…` de lo dicho.")
    clientes: list[ClienteBreve] = Field(description="Los dos clientes.")
    actor: str = Field(description="Quién lo dijo.")
    creado: Instante = Field(description="Cuándo lo dijo.")


def duplicado(row: Sequence[Any]) -> DuplicadoPublico:
    """A pair as the API shows it."""
    pair, first, second = row
    reasons = [each for each in ("nif", "email", "telefono", "nombre") if getattr(pair, f"por_{each}")]
    shown = {"clientes": [first.model_dump(), second.model_dump()], "razones": reasons}
    return DuplicadoPublico.model_validate(pair.model_dump() | shown | {"puntuacion": pair.puntos / 1000})


def descarte(row: Sequence[Any]) -> DescartePublico:
    """Two that are not the same, as the API shows it."""
    pair, first, second = row
    shown = {"clientes": [first.model_dump(), second.model_dump()]}
    return DescartePublico.model_validate(pair.model_dump() | shown)
