"""`/api/verifactu`: exports, checkpoints and the key that signs them."""

import base64
from collections.abc import Iterator
from typing import Annotated

from fastapi import Query, Response

from contratos import invalid
from http_rules import Page, api_router, file_answer, page, problems
from smartbilling.deps import BaseDeDatos, Lectura, LeeFacturas, Reloj
from smartbilling.empresas import empresa

from . import claves, exportacion, queries
from .models import PuntoControl
from .puntos import como_punto
from .respuesta import AlVuelo, empezado, turno
from .schemas import ClaveDeEvidencia, ClavePublica, FiltroPuntos, PeriodoExportado, PuntoPublico

router = api_router("/api/verifactu", "VERI*FACTU")

_ZIP = file_answer("El zip, que se comprueba con el programa «verificar».", "application/zip")


@router.get("/exportacion", response_class=Response, responses=_ZIP | problems(422, 503))
def exportar(
    quien: LeeFacturas,
    database: BaseDeDatos,
    reloj: Reloj,
    pedido: Annotated[PeriodoExportado, Query()],
) -> Response:
    """Los registros hechos en un periodo, con sus facturas y lo que demuestra que están todos, en un zip.

    Firmado, y comprobable sin este servicio. Sin fechas, todos.
    """
    if pedido.desde and pedido.hasta and pedido.desde > pedido.hasta:
        raise invalid("hasta", "periodo_invalido", "El periodo termina antes de empezar.")
    periodo = exportacion.Periodo(pedido.desde, pedido.hasta)
    firma, ahora = claves.asegurar(database, reloj()), reloj()

    def trozos() -> Iterator[bytes]:
        with turno(), database.reading() as session:
            yield from exportacion.exportar(session, quien.empresa_id, periodo, firma, ahora)

    with database.reading() as session:
        nif = empresa(session, quien.empresa_id).nif
    nombre = f"verifactu-{nif}-{pedido.desde or 'inicio'}-{pedido.hasta or 'hoy'}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{nombre}"'}
    return AlVuelo(empezado(trozos()), headers=headers, media_type="application/zip")


@router.get("/clave-evidencia")
def clave_de_evidencia(
    quien: LeeFacturas,  # noqa: ARG001 - who may ask; the key is everybody's
    database: BaseDeDatos,
    reloj: Reloj,
) -> ClaveDeEvidencia:
    """La clave pública que firma exportaciones y puntos de control: apunta fuera de aquí su huella."""
    claves.asegurar(database, reloj())
    with database.reading() as session:
        todas = [ClavePublica.model_validate(una) for una in claves.publicas(session)]
    [actual] = [una for una in todas if una.activa]
    return ClaveDeEvidencia(**actual.model_dump(), anteriores=[una for una in todas if not una.activa])


@router.get("/puntos-de-control", responses=problems(409, 422))
def listar_puntos(
    quien: LeeFacturas, session: Lectura, filtro: Annotated[FiltroPuntos, Query()]
) -> Page[PuntoPublico]:
    """Los puntos de control de las cadenas de la empresa, los últimos primero."""
    return page(session, queries.lista(quien.empresa_id, filtro), queries.ORDEN, filtro, _publico)


def _publico(row: PuntoControl) -> PuntoPublico:
    punto = como_punto(row)
    return PuntoPublico(
        instalacion=row.instalacion,
        n=row.n,
        dia=row.dia,
        instante=row.instante,
        desde=row.desde,
        secuencia=row.secuencia,
        huella=row.huella,
        anterior=row.anterior,
        kid=row.kid,
        texto=punto.texto().decode(),
        firma=base64.b64encode(row.firma).decode(),
    )
