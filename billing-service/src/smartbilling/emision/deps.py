"""What a route that ends in a record asks for in its signature."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request, Response

from http_rules import Clock, Identity, current_request_id
from smartbilling.deps import Clave, Digesto, Reloj

from .emisor import Emisor
from .encargo import ClaveDeEncargo, Encargo, Peticion


class Emision:
    """Records what one request asks for, at most once per `Idempotency-Key`."""

    def __init__(self, emisor: Emisor, reloj: Clock, quien: Identity, clave: ClaveDeEncargo | None) -> None:
        self._emisor, self._reloj = emisor, reloj
        self._quien, self._clave = quien, clave

    async def __call__(self, preparar: Callable[[Peticion], Encargo | Response]) -> Response:
        """What comes of what `preparar` makes, which may be the answer itself. See `Emisor.emitir`."""

        def preparado() -> Encargo | Response:
            return preparar(Peticion(self._quien, self._clave, self._reloj(), current_request_id()))

        return await self._emisor.emitir(self._quien.empresa_id, self._clave, preparado)


async def _emision(request: Request, reloj: Reloj, clave: Clave, digesto: Digesto) -> Emision:
    suya = ClaveDeEncargo(clave, digesto) if clave else None
    return Emision(request.app.state.emisor, reloj, request.state.identity, suya)


Emite = Annotated[Emision, Depends(_emision)]
"""Stands after the identity in a signature."""
