"""What the identity room's routes ask for in their signatures."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from sqlmodel import Session

from http_rules import raise_faults
from smartbilling.deps import BaseDeDatos
from storage import Database

from .acceso import Acceso
from .autenticador import Autenticador
from .claves import Claves
from .firmante import Firmante
from .freno import direccion

Result = TypeVar("Result")


class Revocacion:
    """Runs a write that takes something away from somebody: the next request already notices."""

    def __init__(self, database: Database, autenticador: Autenticador) -> None:
        self._database, self._autenticador = database, autenticador

    def __call__(self, write: Callable[[Session], Result]) -> Result:
        """What `write` gives, once committed."""
        with self._database.unit_of_work() as session:
            result = write(session)
        self._autenticador.olvidar()
        return result


async def _acceso(request: Request) -> Acceso:
    found: Acceso = request.app.state.acceso
    return found


async def _claves(request: Request) -> Claves:
    found: Claves = request.app.state.claves
    return found


async def _firmante(request: Request) -> Firmante:
    found: Firmante = request.app.state.firmante
    return found


async def _revocacion(request: Request, database: BaseDeDatos) -> Revocacion:
    return Revocacion(database, request.app.state.authenticate)


async def _desde(request: Request) -> str:
    return direccion(request.client.host if request.client else None)


Puerta = Annotated[Acceso, Depends(_acceso)]
Argon2 = Annotated[Claves, Depends(_claves)]
Firma = Annotated[Firmante, Depends(_firmante)]
Revoca = Annotated[Revocacion, Depends(_revocacion)]

Desde = Annotated[str, Depends(_desde)]
"""The address that a login counts for."""

Anonimo = Depends(raise_faults)
"""For a route that needs no credentials: the soundness of the request is checked all the same."""
