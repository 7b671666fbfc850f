"""What a route that makes a record of an invoice asks for in its signature."""

from typing import Annotated

from fastapi import Depends, Request

from .conocidas import Conocidas
from .sistema import Productor


async def _productor(request: Request) -> Productor:
    made: Productor = request.app.state.productor
    return made


Firma = Annotated[Productor, Depends(_productor)]
"""Who makes this software, as each record names it."""


async def _conocidas(request: Request) -> Conocidas:
    kept: Conocidas = request.app.state.conocidas
    return kept


Memoria = Annotated[Conocidas, Depends(_conocidas)]
"""The companies and series that invoices were issued for lately."""
