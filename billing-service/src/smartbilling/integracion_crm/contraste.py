"""What the CRM shows of each day, asked for to be compared. Nobody's thread waits meanwhile.

Unlike `consulta`, it may take long: each question up to `WITHIN` seconds, a page of days or of activities.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from http import HTTPStatus
from typing import Generic, TypeVar
from urllib.parse import urlencode

import httpx

from contratos import DomainError, Salida
from contratos.conciliacion import DiaConciliado, ReferenciaConciliada
from contratos.crm import ORIGEN_BILLING
from http_rules import current_request_id, is_id

from .answers import CrmError, Fusionado, Rechazo
from .client import CrmClient, read

WITHIN = 30.0
"""Seconds that one question may take."""

AT_ONCE = 2
"""Comparisons that run together in a process; others wait for their turn."""

_KNOCK = 1.0
_DAYS = 31
_ROWS = 200
_MOVES = 10
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_PATH = "/api/crm/conciliacion"
Row = TypeVar("Row", bound=Salida)


class CrmNoDisponible(DomainError):
    """The CRM does not answer, or not to this company; nothing was compared nor changed."""

    code = "crm_no_disponible"
    status = 503


class CrmSinConciliacion(DomainError):
    """The CRM is older than this question."""

    code = "crm_sin_conciliacion"
    status = 503


class _Pagina(Salida, Generic[Row]):
    datos: list[Row]
    siguiente: str | None


class _Cliente(Salida):
    id: str


class Contraste:
    """The CRM's side of the comparison. Raises CrmNoDisponible, and CrmSinConciliacion when it is too old."""

    def __init__(self, client: CrmClient | None) -> None:
        self.turno = asyncio.Semaphore(AT_ONCE)
        self._client = client

    async def dias(
        self, empresa_id: str, desde: date | None, hasta: date | None
    ) -> dict[date, DiaConciliado]:
        """What stands in the CRM for each day of the period."""
        ends = {"desde": desde, "hasta": hasta}
        period = {name: day.isoformat() for name, day in ends.items() if day is not None}
        query = period | {"limite": str(_DAYS), "orden": "dia"}
        return {row.dia: row async for row in self._rows(_Pagina[DiaConciliado], empresa_id, query)}

    async def del_dia(self, empresa_id: str, dia: date) -> list[ReferenciaConciliada]:
        """Every activity of one day."""
        query = {"dia": dia.isoformat(), "limite": str(_ROWS)}
        return [row async for row in self._rows(_Pagina[ReferenciaConciliada], empresa_id, query)]

    async def cliente_actual(self, empresa_id: str, cliente_id: str) -> str | None:
        """Which client that one is now, after merges; None when the CRM has none of that id."""
        for _ in range(_MOVES):
            if not is_id(cliente_id, "cli"):
                return None
            try:
                return read(_Cliente, await self._read(empresa_id, f"/api/crm/clientes/{cliente_id}")).id
            except Fusionado as moved:
                cliente_id = moved.cliente_id
            except Rechazo as no:
                if no.motivo.status in _GONE:
                    return None
                raise _away(no) from no
            except CrmError as error:
                raise _away(error) from error
        return None

    async def _rows(
        self, shape: type[_Pagina[Row]], empresa_id: str, query: dict[str, str]
    ) -> AsyncIterator[Row]:
        cursor: dict[str, str] = {}
        while True:
            asked = urlencode({"origen": ORIGEN_BILLING} | query | cursor)
            try:
                found = read(shape, await self._read(empresa_id, f"{_PATH}?{asked}"))
            except Rechazo as no:
                if no.motivo.status == HTTPStatus.NOT_FOUND:
                    raise CrmSinConciliacion(
                        "El CRM es de una versión que no sabe conciliar: actualízalo y repite la petición."
                    ) from no
                raise _away(no) from no
            except CrmError as error:
                raise _away(error) from error
            for row in found.datos:
                yield row
            if found.siguiente is None:
                return
            cursor = {"cursor": found.siguiente}

    async def _read(self, empresa_id: str, path: str) -> httpx.Response:
        client = self._client
        if client is None:
            raise CrmNoDisponible("Este despliegue no tiene ningún CRM con el que conciliar.")
        if client.breaker.is_open and not await client.listo(_KNOCK):
            raise CrmNoDisponible("El CRM no responde: no se ha comparado nada. Inténtalo cuando vuelva.")
        return await client.leer(empresa_id, path, WITHIN, current_request_id())


def _away(error: CrmError) -> CrmNoDisponible:
    motivo = error.motivo
    return CrmNoDisponible(
        f"El CRM no ha respondido como se esperaba ({motivo.codigo}: {motivo.detail}) "
        "No se ha cambiado nada: inténtalo de nuevo dentro de un momento."
    )
