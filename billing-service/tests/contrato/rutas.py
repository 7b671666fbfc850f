"""Every route of the OpenAPI document, as a test walks them."""

from dataclasses import dataclass, field
from typing import Any

METODOS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Ruta:
    """One operation, with what its document says of it."""

    metodo: str
    camino: str
    operacion: dict[str, Any] = field(repr=False)
    documento: dict[str, Any] = field(repr=False)

    def __str__(self) -> str:
        """As people write it."""
        return f"{self.metodo} {self.camino}"

    @property
    def parametros(self):
        """The names of what stands in its path."""
        return [part[1:-1] for part in self.camino.split("/") if part.startswith("{")]

    @property
    def scopes(self):
        """What a caller needs; None when nobody has to say who they are."""
        security = self.operacion.get("security")
        return None if not security else next(iter(security[0].values()))

    @property
    def esquema(self):
        """The schema of its body, or None."""
        content = self.operacion.get("requestBody", {}).get("content", {})
        return content.get("application/json", {}).get("schema")

    @property
    def pide_cuerpo(self):
        return self.operacion.get("requestBody", {}).get("required", False)

    @property
    def ejemplo(self):
        """The example of its body."""
        return ejemplo(self.documento, self.esquema) if self.esquema else None

    def con(self, ids):
        """Its path, with an id for each parameter."""
        return self.camino.format(**{name: ids[name] for name in self.parametros})


def rutas(documento):
    return [
        Ruta(metodo.upper(), camino, operacion, documento)
        for camino, operaciones in documento["paths"].items()
        for metodo, operacion in operaciones.items()
        if metodo in METODOS
    ]


def resolver(documento, esquema):
    """A schema without references, the one that is not null where there is a choice."""
    while True:
        if "$ref" in esquema:
            esquema = documento["components"]["schemas"][esquema["$ref"].rsplit("/", 1)[1]]
        elif "anyOf" in esquema and "examples" not in esquema:
            esquema = next(each for each in esquema["anyOf"] if each.get("type") != "null")
        else:
            return esquema


def ejemplo(documento, esquema):
    found = resolver(documento, esquema)
    return found["example"] if "example" in found else next(iter(found.get("examples", [])), None)
