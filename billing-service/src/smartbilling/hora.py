"""The clock of this machine against a trusted server's, looked at again and again.

The law allows a minute (Orden HAC/1177/2024 art. 7.f); the AEAT marks records that are further than 240
seconds from its own clock (2004). An alarm is raised for every company, and stays until a person attends to
it. A server that cannot be reached tells nothing: that is no alarm.
"""

import math
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from email.utils import parsedate_to_datetime

import httpx
import structlog
from prometheus_client import Gauge
from sqlmodel import select

from http_rules import Clock
from storage import Database

from .alarmas import Motivo, alarmar
from .empresas import Empresa
from .periodico import cada

MARGEN = 60.0
"""Seconds from which a person is warned."""

_ESPERA = 5.0
_FRESCA = {"Cache-Control": "no-cache"}
_MEDIO_SEGUNDO = 0.5
"""`Date` leaves out the fraction: on average it is half a second before what the server's clock showed."""

DRIFT = Gauge(
    "clock_trusted_drift_seconds",
    "The wall clock less that of BILLING_HORA_URL; not a number while there is none or it does not answer.",
)
DRIFT.set(math.nan)
_log = structlog.get_logger()


def vigilar_hora(
    database: Database, clock: Clock, url: str, segundos: float
) -> Callable[[], AbstractAsyncContextManager[None]]:
    """Compares the clock with that of `url` while it runs, at once and every so many seconds."""

    def comparar_hora() -> None:
        desvio = medir(url, clock)
        DRIFT.set(math.nan if desvio is None else desvio)
        if desvio is None or abs(desvio) <= MARGEN:
            return
        ahora, motivo = clock(), _motivo(desvio, url)
        with database.unit_of_work() as session:
            for empresa_id in session.exec(select(Empresa.id).order_by(Empresa.id)).all():
                alarmar(session, empresa_id, [motivo], ahora)

    return cada(segundos, comparar_hora)


def medir(url: str, clock: Clock) -> float | None:
    """By how many seconds `clock` is ahead of the server's, half of the way there and back allowed for.

    None when the server does not answer in time, tells no hour, or answers out of a store.
    """
    try:
        with httpx.Client(timeout=_ESPERA, headers=_FRESCA, trust_env=False) as client:
            antes = clock()
            answer = client.head(url)
            despues = clock()
        if int(answer.headers.get("Age", "0")) > 0:
            return None
        suya = parsedate_to_datetime(answer.headers["Date"])
        return ((antes - suya) + (despues - antes) / 2).total_seconds() - _MEDIO_SEGUNDO
    except (httpx.HTTPError, httpx.InvalidURL, KeyError, ValueError, TypeError) as error:
        _log.warning("hora_no_comparada", url=url, motivo=f"{type(error).__name__}: {error}")
        return None


def _motivo(desvio: float, url: str) -> Motivo:
    sentido = "adelantado" if desvio > 0 else "atrasado"
    return Motivo(
        "reloj_desviado",
        f"El reloj de este servicio va {abs(desvio):.0f} s {sentido} respecto al de {url}. La ley admite "
        "un minuto, y la AEAT marca con el error 2004 los registros que se apartan más de 240 s: corrige la "
        "hora de la máquina y su sincronización.",
    )
