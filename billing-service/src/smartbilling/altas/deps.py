"""What the routes of companies ask for in their signatures."""

from typing import Annotated

from fastapi import Depends, Request

from smartbilling.empresas import Entorno


async def _entorno(request: Request) -> Entorno:
    entorno: Entorno = request.app.state.entorno
    return entorno


EntornoPropio = Annotated[Entorno, Depends(_entorno)]
"""The AEAT's environment of this deployment, which an installation has unless it says another."""
