"""How a client is shown."""

from decimal import Decimal

from sqlmodel import Session

from http_rules import Answer

from . import queries
from .models import Cliente
from .schemas import ClienteCreado, ClienteVisto, Resuelto

_PATH = "/api/crm/clientes"


def shown(cliente: Cliente) -> ClienteVisto:
    """A client as the API shows it."""
    return ClienteVisto.model_validate(_fields(cliente))


def answer(cliente: Cliente) -> Answer:
    """A client with its version."""
    return Answer(shown(cliente), recurso=cliente.id, version=cliente.version)


def created(cliente: Cliente, parecido: str | None) -> Answer:
    """A client just made, and the archived one that looks like it."""
    return Answer(
        ClienteCreado.model_validate(_fields(cliente) | {"archivado_parecido": parecido}),
        status=201,
        recurso=cliente.id,
        location=f"{_PATH}/{cliente.id}",
        version=cliente.version,
    )


def resolved(cliente: Cliente, creado: bool) -> Answer:  # noqa: FBT001 - as the upsert tells it
    """What billing's upsert found or made."""
    return Answer(
        Resuelto(cliente=shown(cliente), creado=creado),
        status=201 if creado else 200,
        location=f"{_PATH}/{cliente.id}" if creado else None,
    )


def reread(session: Session, empresa_id: str, cliente_id: str) -> Answer:
    """A client as it stands, for a key whose first answer is forgotten."""
    return answer(queries.existente(session, empresa_id, cliente_id))


def _fields(cliente: Cliente) -> dict[str, object]:
    return cliente.model_dump() | {"limite_credito": cliente.limite_credito or Decimal("0.00")}
