"""What screens ask the CRM while somebody waits: within a second, or told at once that it is not there."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

import structlog

from contratos import Salida
from contratos.crm import ActividadPublica, ClientePublico, ResumenCrm
from http_rules import current_request_id, is_id

from .answers import CrmError, Fusionado, Rechazo, sin_conexion
from .client import CrmClient, Shape, read

WITHIN = 1.0
"""Seconds that any answer of this module takes at most."""

_ONE = 0.95
"""Seconds of one request, less than of all: what is too late for it is the CRM's fault and counts so."""

KNOCK = 0.3
"""Seconds in which a CRM taken for unreachable may say that it is back: each answer tells its own truth."""

_CLIENTES = "/api/crm/clientes/"
_MERGED = 200
"""Merged clients of one that are asked for: more rows of the same client nobody has made."""

_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_log = structlog.get_logger()
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ClienteConsultado:
    """A client asked for: `cliente` is None when the CRM has none of that id."""

    cliente: ClientePublico | None


class _Actividades(Salida):
    datos: list[ActividadPublica]


class _Id(Salida):
    id: str


class _Fusionados(Salida):
    datos: list[_Id]


class Consulta:
    """Reads of the CRM, for one company each. None means that the CRM is not available now."""

    def __init__(self, client: CrmClient | None) -> None:
        self._client = client

    async def disponible(self) -> bool:
        """Whether the CRM answers that it is ready."""
        client = self._client
        return client is not None and await client.listo(KNOCK if client.breaker.is_open else WITHIN)

    async def resumen(self, empresa_id: str) -> ResumenCrm | None:
        """The CRM's figures."""
        return await self._answered(self._read(ResumenCrm, empresa_id, "/api/crm/resumen"))

    async def cliente(self, empresa_id: str, cliente_id: str) -> ClienteConsultado | None:
        """A client; one merged into another is that other."""
        if not is_id(cliente_id, "cli"):
            return ClienteConsultado(None)
        return await self._answered(self._find(empresa_id, cliente_id))

    async def actividades(
        self, empresa_id: str, cliente_id: str, limite: int = 10
    ) -> list[ActividadPublica] | None:
        """A client's last activities, newest first; empty when the CRM has no such client."""
        if not is_id(cliente_id, "cli"):
            return []
        return await self._answered(self._last(empresa_id, cliente_id, limite))

    async def identidad(self, empresa_id: str, cliente_id: str) -> tuple[str, list[str]] | None:
        """Which client that one is now, and the ids of those that were merged into it.

        Nobody waits for a CRM that is taken for unreachable. One that knows of no merges has none.
        """
        if self._client is None or self._client.breaker.is_open or not is_id(cliente_id, "cli"):
            return None
        return await self._answered(self._identity(empresa_id, cliente_id))

    async def _identity(self, empresa_id: str, cliente_id: str) -> tuple[str, list[str]]:
        rest = f"/fusionados?limite={_MERGED}"
        try:
            found = await self._read(_Fusionados, empresa_id, f"{_CLIENTES}{cliente_id}{rest}")
        except Fusionado as moved:
            cliente_id = moved.cliente_id
            found = await self._read(_Fusionados, empresa_id, f"{_CLIENTES}{cliente_id}{rest}")
        except Rechazo as no:
            if no.motivo.status in _GONE:
                return cliente_id, []
            raise
        return cliente_id, [row.id for row in found.datos]

    async def _find(self, empresa_id: str, cliente_id: str) -> ClienteConsultado:
        found = await self._of_client(ClientePublico, empresa_id, cliente_id, "")
        return ClienteConsultado(found)

    async def _last(self, empresa_id: str, cliente_id: str, limite: int) -> list[ActividadPublica]:
        found = await self._of_client(_Actividades, empresa_id, cliente_id, f"/actividades?limite={limite}")
        return found.datos if found else []

    async def _of_client(
        self, shape: type[Shape], empresa_id: str, cliente_id: str, rest: str
    ) -> Shape | None:
        """What the CRM says of a client or, once, of the one it was merged into; None when there is none."""
        try:
            try:
                return await self._read(shape, empresa_id, f"{_CLIENTES}{cliente_id}{rest}")
            except Fusionado as moved:
                return await self._read(shape, empresa_id, f"{_CLIENTES}{moved.cliente_id}{rest}")
        except Rechazo as no:
            if no.motivo.status in _GONE:
                return None
            raise

    async def _read(self, shape: type[Shape], empresa_id: str, path: str) -> Shape:
        client = self._client
        if client is None:
            raise sin_conexion("No hay ningún CRM configurado.")
        if client.breaker.is_open and not await client.listo(KNOCK):
            raise sin_conexion("El CRM no responde: se espera a que vuelva.")
        return read(shape, await client.leer(empresa_id, path, _ONE, current_request_id()))

    async def _answered(self, question: Awaitable[T]) -> T | None:
        try:
            async with asyncio.timeout(WITHIN):
                return await question
        except TimeoutError:
            return None
        except CrmError as error:
            _log.info("crm_no_disponible", status=error.motivo.status, codigo=error.motivo.codigo)
            return None
