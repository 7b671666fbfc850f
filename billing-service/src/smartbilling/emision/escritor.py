"""A writer: takes what waits in its queue and records it, one transaction per company and batch."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import structlog
from fastapi import Response
from prometheus_client import Histogram
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

from contratos import DomainError
from http_rules import Clock, Reread, to_response
from smartbilling.alarmas import alarmar
from storage import Database

from .cadenas import CadenaIlegible, ilegible
from .claves import Claves
from .cola import Cola, Trabajo
from .encargo import Encargo
from .lote import Lote

LOTE = 64
"""How many items share a transaction at most."""

INSISTE = 5.0
"""Seconds during which a batch is tried again while the database does not answer."""

BATCH = Histogram("emisor_batch_size", "Items in one transaction.", buckets=(1, 2, 4, 8, 16, 32, 64))
COMMIT_SECONDS = Histogram("emisor_commit_seconds", "Seconds that a batch takes, commit included.")

_SIN_BASE_DE_DATOS = (OperationalError, InterfaceError, PoolTimeout)
_log = structlog.get_logger()


class Escritor:
    """Records batches. Whatever happens to one, its callers hear of it and the writer lives on."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        rereads: Mapping[str, Reread],
        on_commit: Callable[[], None],
    ) -> None:
        self._database, self._clock, self._rereads = database, clock, rereads
        self._on_commit = on_commit

    def trabajar(self, cola: Cola) -> None:
        """Record what `cola` brings until it is closed and empty. However this ends, nobody waits in vain."""
        trabajos: list[Trabajo] = []
        try:
            while trabajos := cola.tomar(LOTE):
                for grupo in _por_empresa(trabajos):
                    BATCH.observe(len(grupo))
                    with COMMIT_SECONDS.time():
                        self._registrar(grupo)
        finally:
            cola.abandonar(trabajos)

    def _registrar(self, grupo: Sequence[Trabajo]) -> None:
        """Record a company's group and answer each caller; what cannot be done together, one by one."""
        try:
            self._con_reintentos(grupo)
        except (DomainError, *_SIN_BASE_DE_DATOS) as error:
            if isinstance(error, CadenaIlegible):
                self._alarmar_aparte(grupo[0].encargo.empresa_id)
            _fallar(grupo, error)
        except Exception:  # noqa: BLE001 - said below by those whose it is
            for trabajo in _sin_respuesta(grupo):
                self._registrar_solo(trabajo)

    def _registrar_solo(self, trabajo: Trabajo) -> None:
        """Record one item by itself, in a transaction that sees what spoiled the first one.

        That may have been itself: a commit that was thought lost, kept late.
        """
        try:
            self._con_reintentos([trabajo], en_duda=True)
        except Exception as error:  # noqa: BLE001 - its caller hears of it
            _fallar([trabajo], error)

    def _alarmar_aparte(self, empresa_id: str) -> None:
        """Raise the alarm of chains that cannot be read: there is no record whose transaction keeps it."""
        try:
            with self._database.unit_of_work() as session:
                alarmar(session, empresa_id, [ilegible()], self._clock())
        except (SQLAlchemyError, DomainError) as error:  # it is found again at the next invoice
            _log.error("alarma_no_guardada", empresa=empresa_id, exc_info=error)

    def _con_reintentos(self, grupo: Sequence[Trabajo], *, en_duda: bool = False) -> None:
        """Record a group, again while the database does not answer; never again what was kept after all."""
        for intento in Retrying(
            retry=retry_if_exception_type(_SIN_BASE_DE_DATOS),
            stop=stop_after_delay(INSISTE),
            wait=wait_random_exponential(multiplier=0.1, max=1),
            reraise=True,
        ):
            with intento:
                if en_duda or intento.retry_state.attempt_number > 1:
                    self._responder_a_los_hechos(grupo)
                faltan = _sin_respuesta(grupo)
                if faltan:
                    resultados = self._transaccion([trabajo.encargo for trabajo in faltan])
                    for trabajo, resultado in zip(faltan, resultados, strict=True):
                        trabajo.responder(resultado)
                    self._on_commit()

    def _responder_a_los_hechos(self, grupo: Sequence[Trabajo]) -> None:
        """After a commit whose end is unknown: answer those that were kept."""
        with self._database.reading() as session:
            for trabajo in _sin_respuesta(grupo):
                answer = trabajo.encargo.hecho(session)
                if answer is not None:
                    trabajo.responder(to_response(answer))

    def _transaccion(self, encargos: Sequence[Encargo]) -> list[Response | DomainError]:
        """One company's transaction: an answer or a refusal for each item, all of it committed."""
        with self._database.unit_of_work() as session:
            ahora = self._clock()
            lote = Lote(session, encargos[0].empresa_id, ahora)
            claves = Claves(session, encargos, ahora, self._rereads)
            nuevos = [encargo for encargo in encargos if claves.es_nuevo(encargo)]
            for clase in dict.fromkeys(type(encargo) for encargo in nuevos):
                clase.precargar(lote, [encargo for encargo in nuevos if type(encargo) is clase])
            resultados = [
                _anotar(lote, encargo, claves) if claves.es_nuevo(encargo) else claves.repetida(encargo)
                for encargo in encargos
            ]
            lote.escribir()
            claves.guardar()
        return resultados


def _anotar(lote: Lote, encargo: Encargo, claves: Claves) -> Response | DomainError:
    """Record one item, or put everything back as it was before it."""
    marca = lote.marca()
    try:
        if encargo.inmediato:
            with lote.session.begin_nested():
                answer = encargo.anotar(lote)
        else:
            answer = encargo.anotar(lote)
    except DomainError as refusal:
        lote.volver(marca)
        claves.soltar(encargo)
        return refusal
    response = to_response(answer)
    claves.recordar(encargo, answer, response)
    return response


def _por_empresa(trabajos: Sequence[Trabajo]) -> Iterator[list[Trabajo]]:
    grupos: dict[str, list[Trabajo]] = {}
    for trabajo in trabajos:
        grupos.setdefault(trabajo.encargo.empresa_id, []).append(trabajo)
    yield from grupos.values()


def _sin_respuesta(grupo: Sequence[Trabajo]) -> list[Trabajo]:
    return [trabajo for trabajo in grupo if not trabajo.futuro.done()]


def _fallar(grupo: Sequence[Trabajo], error: Exception) -> None:
    if not isinstance(error, DomainError):
        _log.error("emision_fallida", encargos=len(grupo), exc_info=error)
    for trabajo in grupo:
        trabajo.responder(error)
