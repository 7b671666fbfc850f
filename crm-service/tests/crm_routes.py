"""The routes of the service, from its own OpenAPI document."""

from typing import Any

from crm.app import create_app
from crm.settings import Settings
from storage import Database

DOCUMENT = create_app(Settings(), Database("sqlite:///never-opened.db")).openapi()
ROUTES = [
    (method.upper(), path)
    for path, operations in DOCUMENT["paths"].items()
    for method in operations
    if path.startswith("/api/")
]
OF_SOMETHING = [route for route in ROUTES if "{" in route[1]]
PREFIXES = {
    "cliente_id": "cli",
    "contacto_id": "con",
    "actividad_id": "act",
    "oportunidad_id": "opo",
    "etapa_id": "eta",
    "adjunto_id": "adj",
    "embudo_id": "emb",
    "motivo_id": "mot",
    "fusion_id": "fus",
    "descarte_id": "dsc",
    "campo_id": "cam",
    "importacion_id": "imp",
    "webhook_id": "whk",
}


def required(method: str, path: str) -> dict[str, str]:
    """The query that a route cannot do without."""
    asked = DOCUMENT["paths"][path][method.lower()].get("parameters", [])
    return {each["name"]: "algo" for each in asked if each["in"] == "query" and each["required"]}


def example(method: str, path: str) -> Any:
    """The body that the document shows for a route; None for one that takes none, or a file."""
    body = DOCUMENT["paths"][path][method.lower()].get("requestBody")
    if body is None or "application/json" not in body["content"]:
        return None
    name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return DOCUMENT["components"]["schemas"][name]["example"]
