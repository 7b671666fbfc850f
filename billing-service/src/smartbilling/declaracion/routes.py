"""`/api/verifactu/declaracion-responsable`."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response
from sqlmodel import col, select

from http_rules import Orden, Page, Paging, api_router, file_answer, page, problems
from smartbilling.deps import Lectura, Quien
from smartbilling.documentos import IfNoneMatch, Imprenta, Pliego, fichero, sin_cambios

from . import service
from .documento import pliego
from .models import Declaracion
from .schemas import DeclaracionEnLista, DeclaracionPublica, Version
from .texto import Declarante, entera

router = api_router("/api/verifactu/declaracion-responsable", "VERI*FACTU")

_POR_FECHA = Orden(
    (col(Declaracion.sellada), col(Declaracion.version), col(Declaracion.edicion)),
    lambda una: (una.sellada, una.version, una.edicion),
)


async def _declarante(request: Request) -> Declarante:
    found: Declarante = request.app.state.declarante
    return found


Declara = Annotated[Declarante, Depends(_declarante)]


async def _imprenta(request: Request) -> Imprenta:
    found: Imprenta = request.app.state.imprenta_de_declaraciones
    return found


def _pliego(_: Quien, session: Lectura, declara: Declara, version: Version = None) -> tuple[str, Pliego]:
    una = service.una(session, version or declara.version)
    return f"declaracion-responsable-{una.edicion}.pdf", pliego(una)


_PDF = "application/pdf"
_EN_PDF = file_answer("El PDF/A-3b.", _PDF, unchanged="El mismo que ya tienes.")


@router.get("", responses=problems(404))
def declaracion_responsable(
    _: Quien, session: Lectura, declara: Declara, version: Version = None
) -> DeclaracionPublica:
    """La declaración responsable de quien produce este programa (RD 1007/2023 art. 13)."""
    una = service.una(session, version or declara.version)
    return DeclaracionPublica(**una.model_dump(exclude={"datos"}), **una.datos, texto=entera(una.datos))


@router.get(
    "/pdf",
    response_class=Response,
    responses=_EN_PDF | problems(404),
)
async def declaracion_responsable_en_pdf(
    documento: Annotated[tuple[str, Pliego], Depends(_pliego)],
    imprenta: Annotated[Imprenta, Depends(_imprenta)],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """La declaración responsable en PDF, tal como se conserva."""
    nombre, contenido = documento
    huella = imprenta.huella(contenido)
    conocido = sin_cambios(huella, if_none_match)
    if conocido is not None:
        return conocido
    return fichero(await imprenta.imprimir(contenido), _PDF, nombre, huella=huella)


@router.get("/versiones", responses=problems(422))
def declaraciones_conservadas(
    _: Quien, session: Lectura, paging: Annotated[Paging, Query()]
) -> Page[DeclaracionEnLista]:
    """Las declaraciones que se conservan, de esta versión y de las anteriores, la última primero."""
    return page(session, select(Declaracion), _POR_FECHA, paging, _enlistada)


def _enlistada(una: Declaracion) -> DeclaracionEnLista:
    return DeclaracionEnLista(**una.model_dump(exclude={"datos"}), **una.datos)
