"""The merges room's shapes on the wire."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_type_hints

from fastapi import Query
from pydantic import ConfigDict, Field, JsonValue, WrapValidator, create_model

from contratos import Entrada, Parche, Salida
from contratos.types import Instante
from crm.clientes import ClienteParche, ClienteVisto
from http_rules import Paging

from .fields import LISTAS, SIMPLES, De, Lado

_ESTE, _OTRO = "cli_0193e2b0c1d27f3a8b4c5d6e7f809102", "cli_0193e2b0c1d27f3a8b4c5d6e7f809103"
_SHOWN: dict[str, Any] = ClienteVisto.model_config["json_schema_extra"]["example"]  # type: ignore[index,assignment]
_MOVIDO: Any = {"actividades": 12, "contactos": 2, "vinculos": 2, "historial": 31}
_FUSION: dict[str, Any] = {
    "id": "fus_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "cliente_id": _ESTE,
    "fusionado_id": _OTRO,
    "nombre": "RUIZ TALLERES",
    "movido": _MOVIDO,
    "actor": "usr_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "creada": "2026-11-24T08:30:00+00:00",
    "deshecha": None,
    "deshecha_por": None,
    "conservado": [],
}
_SIDES: tuple[Lado, ...] = ("este", "otro")
ClienteId = Annotated[str, Field(max_length=64, examples=[_OTRO])]


def _side_or_value(value: Any, read: Any) -> Any:
    return De(value) if value in _SIDES else read(value)


def _choice(name: str) -> tuple[Any, Any]:
    """A field that takes a side, or what a PATCH of the client takes."""
    kind = _HINTS[name]
    choose = WrapValidator(_side_or_value, json_schema_input_type=Lado | kind)
    told = Field(description="`este`, `otro` o un valor; `null` lo vacía.")
    return Annotated[kind, choose, told], None


_HINTS = get_type_hints(ClienteParche, include_extras=True)
_CHOICES: dict[str, Any] = {name: _choice(name) for name in (*SIMPLES, *LISTAS)}
_OWN = Field(description="De quién valen los campos propios que tienen los dos.")
_CHOICES["campos"] = (Annotated[Lado | None, _OWN], None)
CamposElegidos: type[Parche] = create_model(
    "CamposElegidos",
    __base__=Parche,
    __doc__="De cada campo, `este`, `otro` o un valor; `null` lo vacía.",
    **_CHOICES,
)


class FusionNueva(Entrada):
    """Which client goes, and how the fields of both become one."""

    model_config = ConfigDict(json_schema_extra={"example": {"cliente_id": _OTRO}})

    cliente_id: ClienteId = Field(description="El cliente que desaparece.")
    campos: CamposElegidos | None = Field(  # type: ignore[valid-type]
        default=None, description="Cómo queda cada campo; los que no se digan, como dice la ruta."
    )

    def elegido(self) -> Mapping[str, Any]:
        """What was chosen, as `fields.resultado` takes it."""
        if self.campos is None:
            return {}
        given = {name: getattr(self.campos, name) for name in self.campos.model_fields_set}
        sides = {name: value for name, value in given.items() if isinstance(value, De)}
        if given.get("campos"):
            sides["campos"] = De(given["campos"])
        values = {name: value for name, value in given.items() if name not in sides and name != "campos"}
        return sides | ClienteParche.model_validate(values).values()


class FiltrosFusiones(Paging):
    """The query of the list of merges."""

    orden: Annotated[Literal["-creada", "creada"], Query(description="Las últimas primero.")] = "-creada"
    cliente_id: Annotated[
        str | None, Query(max_length=64, description="Las que se quedó, o en las que se fusionó.")
    ] = None
    deshechas: Annotated[bool | None, Query(description="Solo las deshechas, o solo las demás.")] = None


class FiltrosFusionados(Paging):
    """The query of the clients that are another one now."""

    orden: Annotated[Literal["id", "-id"], Query(description="Por su identificador.")] = "id"


class CampoConservado(Salida):
    """A field that the undoing of a merge left as people had changed it since."""

    recurso: str = Field(description="El identificador de lo que cambió.")
    campo: str = Field(description="El campo que sigue como se dejó.")


class FusionPublica(Salida):
    """A merge: which client stayed, which went into it, how many rows of each kind moved."""

    model_config = ConfigDict(json_schema_extra={"example": _FUSION})

    id: str = Field(description="El `fus_…` de la fusión.")
    cliente_id: str = Field(description="El cliente que se quedó.")
    fusionado_id: str = Field(description="El que se fusionó con él.")
    nombre: str = Field(description="El del cliente que se fusionó.")
    movido: dict[str, int] = Field(description="Cuántas filas de cada clase pasaron.")
    actor: str = Field(description="Quién la hizo.")
    creada: Instante = Field(description="Cuándo se hizo.")
    deshecha: Instante | None = Field(description="Cuándo se deshizo; null si no.")
    deshecha_por: str | None = Field(description="Quién la deshizo.")
    conservado: list[CampoConservado] = Field(
        description="Al deshacerla, lo que alguien había cambiado después y sigue como lo dejó."
    )


class FusionHecha(FusionPublica):
    """A merge just made or undone, and the client that stays as it is now."""

    model_config = ConfigDict(json_schema_extra={"example": _FUSION | {"cliente": _SHOWN}})

    cliente: ClienteVisto = Field(description="El cliente que se queda, como está ahora.")


class CampoComparado(Salida):
    """A field of both clients, and what would come of it."""

    campo: str = Field(description="El campo.")
    este: JsonValue = Field(description="Lo que dice el que se queda.")
    otro: JsonValue = Field(description="Lo que dice el que desaparece.")
    resultado: JsonValue = Field(description="Cómo quedaría.")
    conflicto: bool = Field(description="Los dos dicen algo, y no lo mismo.")


class FusionPrevia(Salida):
    """What a merge would do: nothing is changed yet."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "cliente_id": _ESTE,
                "fusionado_id": _OTRO,
                "campos": [
                    {
                        "campo": "nombre_completo",
                        "este": "Talleres Ruiz, S.L.",
                        "otro": "RUIZ TALLERES",
                        "resultado": "Talleres Ruiz, S.L.",
                        "conflicto": True,
                    }
                ],
                "mueve": _MOVIDO,
            }
        }
    )

    cliente_id: str = Field(description="El cliente que se quedaría.")
    fusionado_id: str = Field(description="El que desaparecería.")
    campos: list[CampoComparado] = Field(description="Los campos de los dos.")
    mueve: dict[str, int] = Field(description="Cuántas filas de cada clase pasarían a este cliente.")


class FusionadoPublico(Salida):
    """A client that is another one now: its id answers 308 to that one."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": _OTRO,
                "nombre_completo": "RUIZ TALLERES",
                "fusion_id": _FUSION["id"],
                "creado": "2026-11-24T08:30:00+00:00",
            }
        }
    )

    id: str = Field(description="Su identificador, que ahora responde 308.")
    nombre_completo: str = Field(description="Cómo se llamaba.")
    fusion_id: str = Field(description="La fusión en que pasó.")
    creado: Instante = Field(description="Cuándo se fusionó.")
