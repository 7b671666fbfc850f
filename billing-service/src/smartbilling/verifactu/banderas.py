"""Which flags a correction carries: what the AEAT holds of the invoice decides, not who asks."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal


class EnAeat(StrEnum):
    """What the AEAT holds of an invoice: its last accepted record; one still unanswered counts as held."""

    NADA = "nada"
    ALTA = "alta"
    ANULACION = "anulacion"


@dataclass(frozen=True, slots=True)
class Banderas:
    """What a record says of those before it; `rechazo_previo` is `S` (or `X`, in an alta) or nothing."""

    subsanacion: bool = False
    sin_registro_previo: bool = False
    rechazo_previo: Literal["S", "X"] | None = None


_ALTA = MappingProxyType(
    {
        (EnAeat.NADA, False): Banderas(subsanacion=True, rechazo_previo="X"),
        (EnAeat.NADA, True): Banderas(subsanacion=True, rechazo_previo="X"),
        (EnAeat.ALTA, False): Banderas(subsanacion=True),
        (EnAeat.ALTA, True): Banderas(subsanacion=True, rechazo_previo="S"),
        (EnAeat.ANULACION, False): Banderas(subsanacion=True),
        (EnAeat.ANULACION, True): Banderas(subsanacion=True),
    }
)
_ANULACION = MappingProxyType(
    {
        (EnAeat.NADA, False): Banderas(sin_registro_previo=True),
        (EnAeat.NADA, True): Banderas(sin_registro_previo=True, rechazo_previo="S"),
        (EnAeat.ALTA, False): Banderas(),
        (EnAeat.ALTA, True): Banderas(rechazo_previo="S"),
    }
)


def banderas_de_alta(en_aeat: EnAeat, *, hay_registros: bool, rechazada: bool = False) -> Banderas:
    """The flags of an alta whose invoice stands so with the AEAT.

    `hay_registros`: whether the invoice has a record of ours, of any kind; without one it is a plain alta.
    `rechazada`: whether its last correction was rejected. A first alta that came back 3000 was not: it is
    held.
    Source: AEAT, "Validaciones y errores" 1.2, and its developers' FAQ, 17.
    """
    if not hay_registros:
        return Banderas()
    return _ALTA[en_aeat, rechazada]


def banderas_de_anulacion(en_aeat: EnAeat, *, rechazada: bool = False) -> Banderas:
    """The flags of an annulment whose invoice stands so with the AEAT.

    `rechazada`: whether the last annulment of it was rejected. Raises ValueError when the AEAT already holds
    one: there is nothing to annul.
    """
    if en_aeat is EnAeat.ANULACION:
        raise ValueError("the invoice is already annulled")
    return _ANULACION[en_aeat, rechazada]
