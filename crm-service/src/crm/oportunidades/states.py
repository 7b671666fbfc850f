"""How an opportunity ends, and begins again. Pure: no database."""

from collections.abc import Mapping
from enum import StrEnum

from contratos import DomainError, invalid


class EstadoOportunidad(StrEnum):
    """How an opportunity stands."""

    ABIERTA = "abierta"
    GANADA = "ganada"
    PERDIDA = "perdida"


MOVES: Mapping[EstadoOportunidad, tuple[EstadoOportunidad, ...]] = {
    EstadoOportunidad.ABIERTA: (EstadoOportunidad.GANADA, EstadoOportunidad.PERDIDA),
    EstadoOportunidad.GANADA: (EstadoOportunidad.ABIERTA,),
    EstadoOportunidad.PERDIDA: (EstadoOportunidad.ABIERTA,),
}
"""From each state, those it may go to."""


class TransicionInvalida(DomainError):
    """From this state there is no way to that one."""

    code = "transicion_invalida"
    status = 409


class OportunidadCerrada(DomainError):
    """Only an open opportunity moves on the board."""

    code = "oportunidad_cerrada"
    status = 409


def check_move(now: EstadoOportunidad, to: EstadoOportunidad, motivo: str | None) -> None:
    """Raises TransicionInvalida, or InvalidData when it is won or lost without saying why."""
    allowed = MOVES[now]
    if to not in allowed:
        raise TransicionInvalida(
            f"Una oportunidad {now} no puede pasar a {to}; puede pasar a: {', '.join(allowed)}.",
            estado=now,
            permitidas=[str(state) for state in allowed],
        )
    if to is not EstadoOportunidad.ABIERTA and motivo is None:
        raise invalid("motivo", "requerido", "Di por qué se ha ganado o perdido.")
