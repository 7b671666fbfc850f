"""What the routes of documents ask for in their signatures."""

from typing import Annotated

from fastapi import Depends, Header, Request

from .imprenta import Imprenta


async def _imprenta(request: Request) -> Imprenta:
    imprenta: Imprenta = request.app.state.imprenta
    return imprenta


LaImprenta = Annotated[Imprenta, Depends(_imprenta)]
"""Where this process makes documents."""

IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match", max_length=2000)]
"""What the caller has already."""
