"""Who asks, for which company, and what they may do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from fastapi import Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import APIKeyHeader, HTTPBearer, SecurityScopes

from contratos import Forbidden, Scope, Unauthenticated

from .strict import raise_faults

_bearer = HTTPBearer(auto_error=False, description="Token de `POST /api/auth/login`.")
_api_key = APIKeyHeader(name="X-API-Key", auto_error=False, description="Clave de API de una empresa.")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is asking, and for which company. Nothing in a body or path changes the company.

    `emitido`: when the token that says so was issued; a revocation voids those issued until it.
    """

    sub: str
    empresa_id: str
    scopes: frozenset[Scope]
    rol: str | None = None
    clave_id: str | None = None
    emitido: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What came with the request: a bearer token or an API key."""

    token: str | None = None
    api_key: str | None = None


Authenticate = Callable[[Credentials], Identity]
"""Given what came, says who it is. Raises Unauthenticated. Each service has its own, in `app.state`."""

Recall = Callable[[Credentials], Identity | None]
"""Says who it is when that is known without asking any database: no thread of the pool is needed then."""


def nobody(_: Credentials) -> None:
    """The memory of a service that asks its database about every request."""


def _credentials(request: Request) -> Credentials:
    key = request.headers.get("x-api-key")
    if key:
        return Credentials(api_key=key)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return Credentials(token=token.strip())
    raise Unauthenticated(
        "Identifícate con «Authorization: Bearer …» o con «X-API-Key»; un token se pide en /api/auth/login."
    )


async def known(request: Request) -> Identity:
    """Who asks, whatever they may do. Raises Unauthenticated."""
    recall: Recall = request.app.state.recall
    authenticate: Authenticate = request.app.state.authenticate
    credentials = _credentials(request)
    identity = recall(credentials)
    return identity if identity is not None else await run_in_threadpool(authenticate, credentials)


async def identified(request: Request, security: SecurityScopes) -> Identity:
    """Who asks, once credentials, scopes and the soundness of the request are checked, in this order.

    Raises Unauthenticated, Forbidden, or what `raise_faults` does.
    """
    identity = await known(request)
    missing = [scope for scope in security.scopes if scope not in identity.scopes]
    if missing:
        raise Forbidden("Tus permisos no incluyen esta operación.", falta=missing)
    raise_faults(request)
    request.state.identity = identity
    return identity


def requires(*scopes: Scope) -> Any:
    """Who asks, provided that their scopes allow it: for `Annotated[Identity, …]` in a signature."""
    return Security(_documented, scopes=[str(scope) for scope in scopes])


async def _documented(
    request: Request,
    security: SecurityScopes,
    _token: Annotated[Any, Security(_bearer)],
    _key: Annotated[Any, Security(_api_key)],
) -> Identity:
    return await identified(request, security)
