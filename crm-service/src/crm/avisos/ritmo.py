"""How hard webhooks are tried."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

_MINUTE, _HOUR = 60.0, 3600.0
_JITTER = 0.1


@dataclass(frozen=True, slots=True)
class Ritmo:
    """Times in seconds."""

    esperas: Sequence[float] = (
        *(2.0, 10.0, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE),
        *(_HOUR, 2 * _HOUR, 4 * _HOUR, 6 * _HOUR, 10 * _HOUR),
    )
    """From each attempt to the next; together somewhat less than a day, and the last one goes on."""

    plazo: float = 24 * _HOUR
    """How long after the first attempt another one is still made."""

    abandono: float = 3 * 24 * _HOUR
    """How long a webhook may accept nothing before it is deactivated."""

    aguante: int = 3
    """How many failures in a row a webhook has before it is left in peace for a while."""

    descanso: Sequence[float] = (5.0, 15.0, 30.0, _MINUTE, 2 * _MINUTE, 5 * _MINUTE)
    """For how long, growing with each further failure."""

    sondeo: float = 0.5
    """How often it is looked whether there is something to tell."""

    tanda: int = 20
    """How many changes a visit to a webhook tells, at most."""

    visita: float = 15.0
    """How long a visit lasts, but for its last message: what came of it is written down then."""

    pendientes: int = 200
    """How many changes wait for a webhook as rows; the rest wait in the feed."""

    registro: int = 10_000
    """How many attempts of a webhook are remembered, and for how many days."""

    dias: int = 30

    def proximo(
        self, intentos: int, primero: datetime, ahora: datetime, espera: float | None
    ) -> datetime | None:
        """When an attempt is to be made after `intentos` that failed, the first one at `primero`.

        None when it has been tried long enough. `espera`: the least wait, in seconds, the receiver's wish.
        """
        if (ahora - primero).total_seconds() >= self.plazo:
            return None
        wait = self.esperas[min(intentos, len(self.esperas)) - 1]
        jittered = wait * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - nobody gains by guessing it
        return ahora + timedelta(seconds=max(jittered, espera or 0.0))

    def reposo(self, fallos: int) -> float:
        """For how long a webhook is left in peace after so many failures in a row."""
        if fallos < self.aguante:
            return 0.0
        return self.descanso[min(fallos - self.aguante, len(self.descanso) - 1)]
