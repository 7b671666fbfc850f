"""What the Emisor is asked to do: something that ends in a record of the chain."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self

from sqlmodel import Session

from contratos import DomainError
from http_rules import Answer, Identity

from .lote import Lote


class Caducado(DomainError):
    """What was prepared no longer agrees with what is committed: it is to be prepared again."""

    code = "cambio_simultaneo"
    status = 409


@dataclass(frozen=True, slots=True)
class ClaveDeEncargo:
    """The `Idempotency-Key` of a request and the digest of what it asks."""

    clave: str
    peticion: bytes


@dataclass(frozen=True, slots=True)
class Peticion:
    """Who asks for a record, with which key, when, and in which request."""

    quien: Identity
    clave: ClaveDeEncargo | None
    ahora: datetime
    id: str | None = None


class Encargo(ABC):
    """One invoice to issue, one annulment to record. Its id is known before the queue."""

    inmediato: ClassVar[bool] = False
    """Whether it writes at once, and so needs a savepoint to be undone alone."""

    empresa_id: str
    clave: ClaveDeEncargo | None

    @abstractmethod
    def anotar(self, lote: Lote) -> Answer:
        """Check against committed state, take the number, make the record and leave the rows in `lote`.

        Raises the DomainError that refuses it; nothing of it stays then, and no number is spent. Raises
        Caducado when it has to be prepared again.
        """

    @abstractmethod
    def hecho(self, session: Session) -> Answer | None:
        """Its answer if it is already kept: a connection lost at COMMIT may have kept it."""

    @classmethod
    @abstractmethod
    def precargar(cls, lote: Lote, encargos: Sequence[Self]) -> None:
        """Read into `lote.memoria`, at once for all, what each will look at."""
