"""A visit: one client, claimed by one worker, what has to be told about it and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from .answers import Motivo

Paso = Literal["cliente", "actividad"]
"""What the CRM was asked for when it refused."""


@dataclass(frozen=True, slots=True)
class Pendiente:
    """A message to deliver, as plain values; `cliente_id` is where its invoice went, where that matters."""

    id: str
    factura_id: str
    cliente: dict[str, Any] | None
    actividad: dict[str, Any]
    intentos: int
    creado: datetime
    peticion: str | None
    cliente_id: str | None = None

    @property
    def es_venta(self) -> bool:
        """Whether it is the invoice's own message."""
        return bool(self.actividad.get("referencia_externa") == self.factura_id)


@dataclass(frozen=True, slots=True)
class Entregado:
    """The CRM has it, for the client `cliente_id`."""

    mensaje: Pendiente
    cliente_id: str


@dataclass(frozen=True, slots=True)
class Fallido:
    """The CRM refused it for good: a dead letter."""

    mensaje: Pendiente
    paso: Paso
    motivo: Motivo


@dataclass(frozen=True, slots=True)
class Aplazado:
    """It was tried in vain and waits `espera` seconds."""

    mensaje: Pendiente
    motivo: Motivo
    espera: float


@dataclass(slots=True)
class Visita:
    """A client claimed until `hasta`, with its first messages in order. Results are added to it."""

    empresa_id: str
    clave: str
    cliente_id: str | None
    hasta: datetime
    mensajes: Sequence[Pendiente]
    entregados: list[Entregado] = field(default_factory=list)
    fallidos: list[Fallido] = field(default_factory=list)
    aplazado: Aplazado | None = None
    bloqueado_por: str | None = None
    pausa: Motivo | None = None
    hallado: dict[str, Any] | None = None
    actual: Pendiente | None = None

    @property
    def autorizada(self) -> bool:
        """Whether the CRM took the company's credentials."""
        return bool(self.entregados or self.fallidos)
