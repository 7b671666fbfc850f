"""What honest clients did: every operation with its key, each time it was sent and what came back."""

import json
from dataclasses import dataclass, field

RETRIED = frozenset({429, 503})
"""Statuses that ask to come back."""

RETRIED_CONFLICTS = frozenset({"idempotencia_en_curso", "cambio_simultaneo"})


@dataclass(frozen=True)
class Attempt:
    """One time that an operation was sent; instants by this process's own steady clock."""

    sent: float
    ended: float
    status: int | None
    content: bytes = b""
    replayed: bool = False

    @property
    def is_done(self):
        return self.status is not None and 200 <= self.status < 300

    def json(self):
        """Its body."""
        return json.loads(self.content)

    @property
    def problem(self):
        """The `codigo` of a refusal; None when it is not a problem as the contract has them."""
        try:
            document = self.json()
            return document["codigo"] if document["status"] == self.status and document["detail"] else None
        except (ValueError, KeyError, TypeError):
            return None

    @property
    def is_to_be_repeated(self):
        """Whether an honest client sends the same again: nothing came, or it was asked to come back."""
        return (
            self.status is None
            or self.status in RETRIED
            or self.status >= 500
            or (self.status == 409 and self.problem in RETRIED_CONFLICTS)
        )


@dataclass
class Operation:
    """A write under one key, and what is true once it is acknowledged."""

    kind: str
    method: str
    path: str
    body: dict
    key: str
    client: int
    factura: "Factura"
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def done(self):
        """The first acknowledgement, if it came."""
        return next((attempt for attempt in self.attempts if attempt.is_done), None)

    @property
    def refused(self):
        """The refusal that ended it, if one did."""
        last = self.attempts[-1] if self.attempts else None
        return last if last and not last.is_done and not last.is_to_be_repeated else None


@dataclass
class Factura:
    """An invoice as its client must find it, by what was acknowledged."""

    cents: int
    id: str | None = None
    pagos: dict[str, int] = field(default_factory=dict)
    devueltos: set[str] = field(default_factory=set)
    issued: bool = False
    annulled: bool = False

    @property
    def collected(self):
        """Cents that are not given back."""
        return sum(monto for pago_id, monto in self.pagos.items() if pago_id not in self.devueltos)


class History:
    """All operations of a trial, in the order in which they were begun."""

    def __init__(self):
        self.operations: list[Operation] = []
        self.facturas: list[Factura] = []

    @property
    def acknowledged(self):
        return [operation for operation in self.operations if operation.done]

    @property
    def issued(self):
        """Every invoice that has a number."""
        return [factura for factura in self.facturas if factura.issued]

    def plain(self):
        """Every operation and attempt, as JSON has them, for whoever looks into a violation."""
        return [
            {
                **{
                    name: getattr(operation, name)
                    for name in ("client", "kind", "key", "method", "path", "body")
                },
                "attempts": [
                    vars(attempt) | {"content": attempt.content.decode(errors="replace")}
                    for attempt in operation.attempts
                ],
            }
            for operation in self.operations
        ]

    def figures(self):
        """How many operations, acknowledged, refused, sent more than once, and attempts without an answer."""
        attempts = [attempt for operation in self.operations for attempt in operation.attempts]
        return {
            "operaciones": len(self.operations),
            "reconocidas": len(self.acknowledged),
            "rechazadas": sum(operation.refused is not None for operation in self.operations),
            "repetidas": sum(len(operation.attempts) > 1 for operation in self.operations),
            "sin_respuesta": sum(attempt.status is None for attempt in attempts),
        }
