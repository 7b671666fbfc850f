"""One visit to one client: its messages are told to the CRM strictly in order.

A message that may do later holds those behind it. One that the CRM refuses for good is a dead letter: a dead
activity lets the next pass, a dead upsert does not, for the rest would have no client to go to.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar

import structlog
from tenacity import (
    AsyncRetrying,
    retry_if_exception,
    stop_after_attempt,
    stop_any,
    stop_before_delay,
    wait_random_exponential,
)

from http_rules import is_id

from .acciones import es_correccion, es_retirada, sin_accion
from .answers import (
    CampoDesconocido,
    CrmError,
    Fusionado,
    Motivo,
    Pasajero,
    Rechazo,
    SinAutorizacion,
    SinConexion,
)
from .client import CrmClient, Envio
from .outbox import SIN_IDENTIFICAR, dado, se_busca_una_vez
from .visits import Aplazado, Entregado, Fallido, Pendiente, Visita

TRIES = 3
_NO_TRY_AFTER = 6.0
"""Seconds of a call after which no further try begins; one may last `client.TOTAL`."""

TAKES_UP = 3.0
"""Seconds of a visit in which messages are taken up. Two calls of 11 s each still end within the lease."""

LONGEST_WAIT = 60.0
FOLLOWED = 60.0
"""Seconds for which a merge that was followed is taken for granted."""

_log = structlog.get_logger()
P = ParamSpec("P")
T = TypeVar("T")


class Delivery:
    """Visits clients. `going_on` tells whether the worker still wants it; `jitter` is in seconds."""

    def __init__(self, client: CrmClient, going_on: Callable[[], bool], jitter: float) -> None:
        self._client, self._going_on, self._jitter = client, going_on, jitter
        self._moves: dict[tuple[str, str], tuple[str, float]] = {}

    async def visit(self, visita: Visita) -> None:
        """Tell the CRM what waits, and note in `visita` what came of it."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        for mensaje in visita.mensajes:
            if not self._going_on() or loop.time() - started > TAKES_UP:
                return
            visita.actual = mensaje
            if not await self._told(visita, mensaje):
                return

    async def _told(self, visita: Visita, mensaje: Pendiente) -> bool:
        """Whether the next message may follow."""
        try:
            return await self._deliver(visita, mensaje)
        except SinAutorizacion as error:
            visita.pausa = error.motivo
        except SinConexion as error:
            if not self._client.breaker.is_open:  # else nothing was tried that counts
                self._postpone(visita, mensaje, error)
        except CampoDesconocido as error:
            self._client.forget_contrato()
            self._postpone(visita, mensaje, error)
        except Pasajero as error:
            self._postpone(visita, mensaje, error)
        return False

    async def _deliver(self, visita: Visita, mensaje: Pendiente) -> bool:
        envio = Envio(visita.empresa_id, mensaje.id, mensaje.peticion)
        if es_retirada(mensaje.actividad):
            return await self._withdraw(visita, mensaje, envio)
        try:
            cliente_id = await self._client_of(visita, mensaje, envio)
        except Rechazo as error:
            visita.bloqueado_por = mensaje.id
            self._give_up(visita, Fallido(mensaje, "cliente", error.motivo))
            return False
        self._remember(visita, cliente_id)
        try:
            cliente_id = await self._log_activity(visita, cliente_id, mensaje, envio)
        except Rechazo as error:
            self._give_up(visita, Fallido(mensaje, "actividad", error.motivo))
            return True
        visita.entregados.append(Entregado(mensaje, cliente_id))
        return True

    async def _withdraw(self, visita: Visita, mensaje: Pendiente, envio: Envio) -> bool:
        """An activity of no fact leaves the CRM; it is of no client here."""
        try:
            await self._persist(self._client.retirar, mensaje.actividad, envio)
        except Rechazo as error:
            self._give_up(visita, Fallido(mensaje, "actividad", error.motivo))
        else:
            visita.entregados.append(Entregado(mensaje, ""))
        return True

    async def _client_of(self, visita: Visita, mensaje: Pendiente, envio: Envio) -> str:
        """The CRM's id of the client, found by an upsert where the message brings one to find."""
        known = self._survivor(visita, _named(visita, mensaje) or visita.cliente_id)
        cliente = mensaje.cliente
        if cliente is None or dado(visita.clave) or (known and _is_found(visita, cliente)):
            if known is None or not is_id(known, "cli"):
                raise Rechazo(
                    Motivo("cliente_desconocido", "No se sabe de qué cliente del CRM habla este aviso.")
                )
            return known
        try:
            found = await self._persist(self._client.upsert, cliente, envio)
        except Fusionado as moved:
            found = moved.cliente_id
        visita.hallado = cliente
        return found

    async def _log_activity(self, visita: Visita, cliente_id: str, mensaje: Pendiente, envio: Envio) -> str:
        """Log the activity; the client it went to, which is another when this one was merged into it."""
        mends = es_correccion(mensaje.actividad)
        tell = self._client.restaurar if mends else self._client.registrar
        actividad = sin_accion(mensaje.actividad)
        try:
            await self._persist(tell, cliente_id, actividad, envio)
        except Fusionado as moved:
            cliente_id = self._moved(visita, cliente_id, moved.cliente_id)
        else:
            return cliente_id
        try:
            await self._persist(tell, cliente_id, actividad, envio)
        except Fusionado as again:
            self._moved(visita, cliente_id, again.cliente_id)
            raise Pasajero(again.motivo) from again
        return cliente_id

    def _survivor(self, visita: Visita, cliente_id: str | None) -> str | None:
        """Which client that one was, when its merge was last followed: after a while it is asked anew."""
        if cliente_id is None:
            return None
        now = asyncio.get_running_loop().time()
        moved, until = self._moves.get((visita.empresa_id, cliente_id), (cliente_id, now))
        return moved if now < until else cliente_id

    def _moved(self, visita: Visita, antes: str, ahora: str) -> str:
        """Remember for a while that a client is another: its merge may be undone."""
        now = asyncio.get_running_loop().time()
        self._moves = {key: kept for key, kept in self._moves.items() if now < kept[1]}
        self._moves[visita.empresa_id, antes] = (ahora, now + FOLLOWED)
        return self._remember(visita, ahora)

    def _remember(self, visita: Visita, cliente_id: str) -> str:
        if visita.clave != SIN_IDENTIFICAR:
            visita.cliente_id = cliente_id
        return cliente_id

    async def _persist(self, call: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `call` gives, tried a few times. Raises its last CrmError."""
        tries = AsyncRetrying(
            stop=stop_any(stop_after_attempt(TRIES), stop_before_delay(_NO_TRY_AFTER)),
            wait=wait_random_exponential(multiplier=self._jitter, max=1.0),
            retry=retry_if_exception(self._worth_another_try),
            reraise=True,
        )
        return await tries(call, *args, **kwargs)

    def _worth_another_try(self, error: BaseException) -> bool:
        passes = isinstance(error, Pasajero) and not isinstance(error, CampoDesconocido)
        asked_to_wait = isinstance(error, Pasajero) and error.espera is not None
        return passes and not asked_to_wait and not self._client.breaker.is_open and self._going_on()

    def _postpone(self, visita: Visita, mensaje: Pendiente, error: Pasajero) -> None:
        wait = max(growing_wait(mensaje.intentos), error.espera or 0.0)
        visita.aplazado = Aplazado(mensaje, error.motivo, wait)
        self._tell("aviso_crm_aplazado", mensaje, error)

    def _give_up(self, visita: Visita, fallido: Fallido) -> None:
        visita.fallidos.append(fallido)
        self._tell("aviso_crm_fallido", fallido.mensaje, CrmError(fallido.motivo))

    def _tell(self, event: str, mensaje: Pendiente, error: CrmError) -> None:
        """Codes and ids only: the CRM's sentences may name people."""
        motivo = error.motivo
        _log.warning(
            event, mensaje=mensaje.id, peticion=mensaje.peticion, status=motivo.status, codigo=motivo.codigo
        )


def growing_wait(intentos: int) -> float:
    """Seconds until the next try of a message tried in vain `intentos` times before: 1, 2, 4 … 60, spread."""
    longest = min(LONGEST_WAIT, 2.0 ** min(intentos, 10))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads the load, keeps no secret


def _is_found(visita: Visita, cliente: dict[str, Any]) -> bool:
    """Whether to upsert `cliente` would say nothing new: it was, in this same visit, or must not be again."""
    if visita.clave == SIN_IDENTIFICAR:
        return False
    return se_busca_una_vez(visita.clave) or visita.hallado == cliente


def _named(visita: Visita, mensaje: Pendiente) -> str | None:
    """The client that the invoice itself named, or to which it was told of: what follows goes there too."""
    told = _told_already(visita, mensaje.factura_id) or mensaje.cliente_id
    return dado(visita.clave) or (
        told if mensaje.cliente is None or visita.clave == SIN_IDENTIFICAR else None
    )


def _told_already(visita: Visita, factura_id: str) -> str | None:
    """Where this visit told of an unidentified client's invoice."""
    told = [d.cliente_id for d in visita.entregados if d.mensaje.factura_id == factura_id]
    return told[0] if told else None
